import Foundation
import TestSupport

/// The repository's files, as the tests of its architecture read them.
enum Repository {
    struct SourceFile: Sendable {
        var target: String
        /// Below the repository's root.
        var path: String
        var lines: [String]
    }

    /// Every Swift file below Sources.
    static let sources: [SourceFile] = {
        let root = Fixture.repository.path
        let paths = (FileManager.default.subpaths(atPath: root + "/Sources") ?? []).sorted()
        return paths.filter { $0.hasSuffix(".swift") }.compactMap { path in
            guard let text = try? String(contentsOfFile: "\(root)/Sources/\(path)", encoding: .utf8) else { return nil }
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            return SourceFile(target: String(path.prefix { $0 != "/" }), path: "Sources/\(path)", lines: lines)
        }
    }()

    /// The modules that a line imports, whatever its access level or attributes: `@testable public import struct A.B` → `A`.
    static func importedModule(_ line: String) -> String? {
        var words = line.split(separator: " ").map(String.init)
        while let first = words.first, first.hasPrefix("@") || ["public", "package", "internal", "fileprivate", "private"].contains(first) {
            words.removeFirst()
        }
        guard words.first == "import", words.count > 1 else { return nil }
        let kinds: Set<String> = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
        let name = kinds.contains(words[1]) && words.count > 2 ? words[2] : words[1]
        return name.split(separator: ".").first.map(String.init)
    }
}
