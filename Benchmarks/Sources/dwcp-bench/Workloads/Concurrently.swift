import Dispatch
import Synchronization

/// Independent pieces of work on several threads.
enum Concurrently {
    /// Starts the jobs in their order, each as soon as one of `threads` is free, and returns when all have ended.
    static func perform(_ jobs: [@Sendable () throws -> Void], threads: Int) throws {
        let waiting = Mutex(jobs[...])
        let failure = Mutex<(any Error)?>(nil)
        DispatchQueue.concurrentPerform(iterations: min(threads, jobs.count)) { _ in
            while let job = waiting.withLock({ $0.popFirst() }) {
                do { try job() } catch { failure.withLock { $0 = error } }
            }
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }
}
