import Failures
import Foundation

/// Ends a trainer whose orchestrator is gone.
///
/// The orchestrator holds the writing end of the trainer's standard input and never writes. Its death, SIGKILL included,
/// closes the pipe, and the read below returns.
public enum ParentWatch {
    /// Starts the watch. Call it once, early, in a process that was started with `--supervised`.
    public static func exitWhenInputCloses(descriptor: Int32 = 0) {
        let thread = Thread {
            var byte: UInt8 = 0
            while true {
                let count = read(descriptor, &byte, 1)
                if count > 0 || (count < 0 && errno == EINTR) { continue }
                // No cleanup: atomic files leave nothing half written, and the training state on disk is whole.
                _exit(FailureCategory.interrupted.rawValue)
            }
        }
        thread.start()
    }
}
