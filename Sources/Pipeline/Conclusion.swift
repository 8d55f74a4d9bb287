//  Pipeline owns a run: options, child processes, progress, run folders, manifests, reports and exit codes. It composes every
//  other target and computes nothing of its own; it must never import ArgumentParser, and nothing but dwcp imports it.

public import Failures
import Foundation
import Synchronization
import Telemetry

/// How a command ended: the process exit code and the last line on standard error, which says why and what to do next.
/// Every exit code of the program is made here or is a `FailureCategory`.
public struct Conclusion: Sendable, Equatable {
    public var exitCode: Int32
    /// One line, without the leading `dwcp:`.
    public var lastLine: String

    public init(exitCode: Int32, lastLine: String) {
        self.exitCode = exitCode
        self.lastLine = lastLine
    }

    /// The command did what it was asked to; for a training or evaluation: every target was met.
    public static func success(_ line: String) -> Conclusion { Conclusion(exitCode: 0, lastLine: line) }

    /// The command finished, but a target was missed or stayed undecided.
    public static func targetsMissed(_ line: String) -> Conclusion { Conclusion(exitCode: 1, lastLine: line) }

    public static func failure(_ category: FailureCategory, _ line: String) -> Conclusion {
        Conclusion(exitCode: category.rawValue, lastLine: line)
    }

    /// The conclusion of a command that threw.
    public init(of error: any Error) {
        switch error {
        case let error as RejectedData:
            let count = error.report.findings.count { $0.severity == .error }
            self = .failure(
                error.category,
                "\(error.description)\ndwcp: data rejected: \(count) error\(count == 1 ? "" : "s") in \(error.report.path), "
                    + "listed above; correct the file, or leave a model out with --models")
        case let error as any ExplainedError: self = .failure(error.category, error.description)
        case is CancellationError: self = .failure(.interrupted, "interrupted; run the same command again")
        default:
            self = .failure(
                .failure, "unexpected failure: \(error); run again, and if it happens again report it with the run's logs")
        }
    }
}

/// The last line on standard error, which is written once whoever comes first: the command or a signal.
public enum LastLine {
    private static let written = Mutex(false)

    public static func write(_ text: String) {
        let isFirst = written.withLock { already in
            defer { already = true }
            return !already
        }
        guard isFirst else { return }
        // A list of findings stays a list; the line that a script reads is the last.
        FileHandle.standardError.write(Data("dwcp: \(text)\n".utf8))
    }
}
