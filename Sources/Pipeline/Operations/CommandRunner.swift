import Foundation

/// Runs a command from its parsed options to its exit code: signals, the result on standard output, the last line on standard
/// error.
public enum CommandRunner {
    /// - Parameters:
    ///   - style: with `.json` the result is one JSON object, so that standard output stays one object a line.
    ///   - advice: the last line after a signal.
    /// - Returns: the process exit code.
    public static func run(
        style: ProgressStyle = .quiet, advice: String = "interrupted; run the same command again",
        atDeadline: @escaping @Sendable () -> Void = {}, _ command: @escaping @Sendable () async throws -> CommandResult
    ) async -> Int32 {
        let result: CommandResult
        do {
            result = try await Interruption.guarding(advice: advice, atDeadline: atDeadline, command)
        } catch {
            atDeadline()
            result = CommandResult(output: "", conclusion: Conclusion(of: error))
        }
        let output = style == .json ? result.jsonLine : result.output
        FileHandle.standardOutput.write(Data(output.utf8))
        LastLine.write(result.conclusion.lastLine)
        return result.conclusion.exitCode
    }
}

extension CommandResult {
    private struct Line: Encodable {
        let event = "result"
        let exitCode: Int32
        let message: String
        let output: String

        enum CodingKeys: String, CodingKey {
            case event, message, output
            case exitCode = "exit_code"
        }
    }

    /// `{"event":"result","exit_code":0,…}`
    var jsonLine: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let line = Line(exitCode: conclusion.exitCode, message: conclusion.lastLine, output: output)
        // Strings and an integer always encode.
        guard let data = try? encoder.encode(line) else { return "" }
        return String(decoding: data, as: UTF8.self) + "\n"
    }
}
