import Synchronization

/// How many threads a piece of work may use at the moment.
///
/// Whoever shares out the processor's cores may change the number from any thread while the work runs. The work reads it,
/// without a lock, wherever it could change its number of threads, and gives the same bits whatever it reads.
public final class ThreadBudget: Sendable, ExpressibleByIntegerLiteral {
    private let threads: Atomic<Int>

    /// - Precondition: at least one thread.
    public init(_ threads: Int) {
        precondition(threads >= 1, "work needs a thread, not \(threads)")
        self.threads = Atomic(threads)
    }

    public convenience init(integerLiteral threads: Int) { self.init(threads) }

    /// The number at this moment; it may change at any time.
    public var current: Int { threads.load(ordering: .relaxed) }

    /// - Precondition: at least one thread.
    public func change(to threads: Int) {
        precondition(threads >= 1, "work needs a thread, not \(threads)")
        self.threads.store(threads, ordering: .relaxed)
    }
}
