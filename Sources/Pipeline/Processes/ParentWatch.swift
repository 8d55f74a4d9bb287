import Failures
import Foundation
import TensorCore

/// Listens, in a trainer, to the orchestrator that started it.
///
/// The orchestrator holds the other end of the trainer's standard input and writes to it only how many threads the trainer
/// may use (`ThreadAllotment`). Its death, SIGKILL included, closes the connection: the read below ends, and with it the
/// trainer.
enum ParentWatch {
    /// Starts the watch. Call it once, early, in a process that was started with `--supervised`.
    static func start(descriptor: Int32 = 0, changing threads: ThreadBudget) {
        let thread = Thread {
            var lines = LineSplitter()
            var bytes = [UInt8](repeating: 0, count: 256)
            while true {
                let count = read(descriptor, &bytes, bytes.count)
                if count > 0 {
                    for line in lines.append(bytes[..<count]) {
                        if let allotment = ThreadAllotment(line: line) { threads.change(to: allotment.threads) }
                    }
                } else if count == 0 || errno != EINTR {
                    // No cleanup: atomic files leave nothing half written, and the training state on disk is whole.
                    _exit(FailureCategory.interrupted.rawValue)
                }
            }
        }
        thread.start()
    }
}
