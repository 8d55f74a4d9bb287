import Failures
import Files
import Foundation
import Synchronization

/// A trainer's log, `logs/<model>.log`: everything the process said, line by line, as it was said.
///
/// The one file of a run that is not written through `AtomicFile`: it must be readable while the trainer works and survive
/// its crash.
final class WorkerLog: Sendable {
    private let descriptor: Int32
    private let lastLine = Mutex("")

    /// Opens the log for appending.
    /// - Throws: `FileError` when the file cannot be created.
    init(path: String) throws {
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError(.cannotCreate, path: path, doing: "create", errno: errno) }
    }

    deinit { close(descriptor) }

    /// Appends a line. A full disk must not stop a trainer, so a failed write is ignored: the artifacts will tell.
    func append(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }

    /// Appends a line of standard error and remembers it as the trainer's last words.
    func appendError(_ line: String) {
        append(line)
        let words = line.trimmingCharacters(in: .whitespaces)
        if !words.isEmpty { lastLine.withLock { $0 = String(words.prefix(1_000)) } }
    }

    /// The last non-empty line of standard error.
    var lastWords: String { lastLine.withLock { $0 } }
}
