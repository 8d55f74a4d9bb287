import Foundation
import Synchronization
import SystemPackage

/// The standard input of one trainer, seen from the orchestrator. The trainer ends itself when it is closed (`ParentWatch`).
///
/// It is a socket and no pipe: telling a trainer that has just ended fails then instead of raising SIGPIPE here, and telling
/// one that does not read never waits.
final class WorkerInput: Sendable {
    /// For the trainer's process; whoever starts it closes this process' copy.
    let trainersEnd: FileDescriptor
    /// Nil once closed.
    private let ownEnd: Mutex<FileDescriptor?>

    /// - Throws: `Errno` when the process has no descriptors left.
    init() throws(Errno) {
        var ends: [Int32] = [-1, -1]
        // Closed in every process that is started: no trainer may hold another one's input open.
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw Errno(rawValue: errno) }
        trainersEnd = FileDescriptor(rawValue: ends[0])
        ownEnd = Mutex(FileDescriptor(rawValue: ends[1]))
    }

    deinit { close() }

    /// Writes a line, if the trainer still lives.
    func send(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        ownEnd.withLock { end in
            guard let end else { return }
            _ = Foundation.send(end.rawValue, bytes, bytes.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
        }
    }

    func close() {
        ownEnd.withLock { end in
            try? end?.close()
            end = nil
        }
    }
}
