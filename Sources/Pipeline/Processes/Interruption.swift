public import Failures
import Foundation
import Synchronization

/// What happens at SIGINT and SIGTERM: the running operation is cancelled and gets `patience` to unwind (terminate trainers,
/// restore the terminal); then the program ends anyway, so that it always stops within a second.
public enum Interruption {
    /// Thrown, or turned into an exit code, when a signal stopped an operation.
    public struct Interrupted: ExplainedError, Equatable {
        public let category = FailureCategory.interrupted
        public let description: String

        public init(_ description: String) { self.description = description }
    }

    /// Runs `operation`; a signal cancels its task.
    /// - Parameter atDeadline: called on another thread when the operation did not end in time, right before the exit.
    /// - Throws: what `operation` throws, or `Interrupted` if a signal came and the operation threw.
    public static func guarding<Result: Sendable>(
        advice: String, patience: Duration = .milliseconds(850), atDeadline: @escaping @Sendable () -> Void = {},
        _ operation: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let running = Mutex<Task<Result, any Error>?>(nil)
        let requested = Mutex(false)
        let queue = DispatchQueue(label: "signals")
        var sources: [any DispatchSourceSignal] = []
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                let isFirst = requested.withLock { already in
                    defer { already = true }
                    return !already
                }
                running.withLock { $0?.cancel() }
                // A second signal means: now.
                let delay = isFirst ? patience / .seconds(1) : 0
                queue.asyncAfter(deadline: .now() + delay) {
                    atDeadline()
                    LastLine.write(advice)
                    _exit(FailureCategory.interrupted.rawValue)
                }
            }
            sources.append(source)
            await withCheckedContinuation { registered in
                source.setRegistrationHandler { registered.resume() }
                source.resume()
            }
        }
        defer { for source in sources { source.cancel() } }
        // Started only now: a signal must never find the operation running and the handlers absent.
        let task = Task { try await operation() }
        running.withLock { $0 = task }
        if requested.withLock({ $0 }) { task.cancel() }
        do {
            return try await task.value
        } catch {
            if requested.withLock({ $0 }) { throw Interrupted(advice) }
            throw error
        }
    }
}
