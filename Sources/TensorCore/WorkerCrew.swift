import CKernels
import Foundation
import Synchronization

/// Threads that stay and share the parts of one recurring piece of work, for example the shards of a batch.
///
/// Which thread does which part is open, so the work must give the same result whoever does it; parts must not touch the
/// same memory. Between pieces of work a thread spins for some 20 µs, then sleeps: crews that share cores do not starve each
/// other.
public final class WorkerCrew {
    /// Does the part of a number, on the thread of a number: the caller is thread 0, and no two threads that work at the
    /// same time share a number.
    public typealias Work = @Sendable (_ part: Int, _ thread: Int) -> Void

    private let budget: ThreadBudget
    private let most: Int
    private let prepare: (Int) -> Void
    private let work: Work
    /// Nil while the caller works alone.
    private var helpers: Helpers?

    /// - Parameters:
    ///   - budget: how many threads work, the caller of `perform` among them; asked at each `perform`.
    ///   - most: more threads than this are never used, whatever the budget allows.
    ///   - prepare: called by the caller of `perform` with the number of threads when it changes; at first it is one.
    public init(
        threads budget: ThreadBudget, atMost most: Int = .max, prepare: @escaping (_ threads: Int) -> Void = { _ in },
        work: @escaping Work
    ) {
        precondition(most >= 1, "a crew needs a thread")
        self.budget = budget
        self.most = most
        self.prepare = prepare
        self.work = work
    }

    /// For work to which it does not matter which thread does it.
    public convenience init(
        threads budget: ThreadBudget, atMost most: Int = .max, work: @escaping @Sendable (_ part: Int) -> Void
    ) {
        self.init(threads: budget, atMost: most, work: { part, _ in work(part) })
    }

    deinit { helpers?.dismiss() }

    /// Does parts 0 ..< `parts` and returns when all are done. Not to be called by two threads at once.
    public func perform(parts: Int) {
        let threads = min(budget.current, most)
        if threads != helpers?.threads ?? 1 {
            helpers?.dismiss()
            prepare(threads)
            helpers = threads > 1 ? Helpers(threads: threads, work: work) : nil
        }
        if let helpers, parts > 1 {
            helpers.perform(parts: parts)
        } else {
            for part in 0 ..< parts { work(part, 0) }
        }
    }

    /// The threads beside the caller and what they share with it; it outlives the crew until the last thread has left.
    private final class Helpers: Sendable {
        /// The caller among them.
        let threads: Int
        private let work: Work
        private let round = Atomic<Int>(0)
        /// Parts that nobody has taken; below zero when more threads asked than there were parts.
        private let untaken = Atomic<Int>(0)
        private let unfinished = Atomic<Int>(0)
        private let sleepers = Atomic<Int>(0)
        private let dismissed = Atomic<Bool>(false)
        private let bell = NSCondition()

        init(threads: Int, work: @escaping Work) {
            self.threads = threads
            self.work = work
            for number in 1 ..< threads {
                let thread = Thread { self.serve(as: number) }
                thread.name = "worker \(number)"
                thread.stackSize = 1 << 20
                thread.start()
            }
        }

        func perform(parts: Int) {
            unfinished.store(parts, ordering: .relaxed)
            untaken.store(parts, ordering: .releasing)
            startRound()
            takeParts(as: 0)
            wait { unfinished.load(ordering: .sequentiallyConsistent) == 0 }
        }

        func dismiss() {
            dismissed.store(true, ordering: .sequentiallyConsistent)
            startRound()
        }

        private func serve(as thread: Int) {
            var seen = 0
            while true {
                wait { round.load(ordering: .sequentiallyConsistent) != seen }
                seen = round.load(ordering: .acquiring)
                if dismissed.load(ordering: .acquiring) { return }
                takeParts(as: thread)
            }
        }

        private func startRound() {
            round.wrappingAdd(1, ordering: .sequentiallyConsistent)
            ring()
        }

        /// A thread that comes late may take a part of the next round: the part is as good as any, its inputs were published
        /// before `untaken` was.
        private func takeParts(as thread: Int) {
            while true {
                let left = untaken.wrappingSubtract(1, ordering: .acquiringAndReleasing).oldValue
                guard left > 0 else { return }
                work(left - 1, thread)
                if unfinished.wrappingSubtract(1, ordering: .sequentiallyConsistent).newValue == 0 { ring() }
            }
        }

        private func ring() {
            guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
            bell.lock()
            bell.broadcast()
            bell.unlock()
        }

        /// Spins, then sleeps until the bell rings. A sleeper counts itself before it looks a last time, and `ring` looks
        /// for sleepers after the change: one of the two sees the other.
        private func wait(until done: () -> Bool) {
            for _ in 0 ..< 1000 {
                if done() { return }
                ck_spin_hint()
            }
            bell.lock()
            sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
            while !done() { bell.wait() }
            sleepers.wrappingSubtract(1, ordering: .sequentiallyConsistent)
            bell.unlock()
        }
    }
}
