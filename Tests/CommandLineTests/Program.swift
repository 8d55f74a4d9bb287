import Foundation
import Subprocess
import SystemPackage

/// The built `dwcp`, run as a user would.
enum Program {
    struct Result: Sendable {
        var exitCode: Int32
        var output: String
        var errors: String
        /// What the exit code means, in words.
        var lastLine: String { errors.split(separator: "\n").last.map(String.init) ?? "" }
    }

    /// Test bundle and program are built into the same folder.
    static let path: String = {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent("dwcp").path
    }()

    /// - Parameter environment: added to that of the tests.
    static func run(_ arguments: [String], environment: [String: String] = [:]) async throws -> Result {
        let variables: [Environment.Key: String?] = environment.reduce(into: [:]) { $0[.init(stringLiteral: $1.key)] = $1.value }
        let result = try await Subprocess.run(
            .path(FilePath(path)), arguments: .init(arguments), environment: .inherit.updating(variables), input: .none,
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        let code: Int32 =
            switch result.terminationStatus {
            case .exited(let code): code
            case .signaled(let signal): -signal
            }
        return Result(exitCode: code, output: result.standardOutput, errors: result.standardError)
    }
}
