import CKernels
import Foundation
import Synchronization

/// Threads that stay and share the parts of one recurring piece of work, for example the shards of a batch.
///
/// Which thread does which part is open, so the work must give the same result whoever does it; parts must not touch the
/// same memory, nor must pieces of a part. Between rounds a thread spins for some 20 µs, then sleeps: crews that share cores
/// do not starve each other.
public final class WorkerCrew {
    /// Does the part of a number, on the thread of a number: the caller is thread 0, and no two threads that work at the
    /// same time share a number.
    public typealias Work = @Sendable (_ part: Int, _ thread: Int) -> Void
    /// Does the piece of a number of the part that the thread of a number is at, on any thread.
    public typealias Piece = @Sendable (_ piece: Int, _ thread: Int) -> Void

    private let budget: ThreadBudget
    private let most: Int
    private let prepare: (Int) -> Void
    private let work: Work
    private let piece: Piece
    /// Nil while the caller works alone.
    private var helpers: Helpers?

    /// - Parameters:
    ///   - budget: how many threads work, the caller of `perform` among them; asked at each `perform`.
    ///   - most: more threads than this are never used, whatever the budget allows.
    ///   - prepare: called by the caller of `perform` with the number of threads when it changes; at first it is one.
    ///   - piece: what `share` shares; it must give the same result whoever does it, as the parts.
    public init(
        threads budget: ThreadBudget, atMost most: Int = .max, prepare: @escaping (_ threads: Int) -> Void = { _ in },
        work: @escaping Work, piece: @escaping Piece = { _, _ in }
    ) {
        precondition(most >= 1, "a crew needs a thread")
        self.budget = budget
        self.most = most
        self.prepare = prepare
        self.work = work
        self.piece = piece
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
            helpers = threads > 1 ? Helpers(threads: threads, work: work, piece: piece) : nil
        }
        if let helpers, parts > 1 {
            helpers.perform(parts: parts)
        } else {
            for part in 0 ..< parts { work(part, 0) }
        }
    }

    /// Does pieces 0 ..< `pieces` of the part that `thread` is at, in this order, and returns when all are done. To be called
    /// by the work on a part; threads for which no part is left help, so that the faster of two cores does not wait for the
    /// slower.
    public func share(pieces: Int, of thread: Int) {
        if let helpers, pieces > 1 {
            helpers.share(pieces: pieces, of: thread)
        } else {
            for number in 0 ..< pieces { piece(number, thread) }
        }
    }

    /// Numbers of parts or pieces that threads take one by one, from either end.
    private final class Supply: Sendable {
        /// Those from `low` to below `high` are left.
        private struct Untaken: AtomicRepresentable {
            var low: UInt32
            var high: UInt32

            static func encodeAtomicRepresentation(_ value: consuming Untaken) -> UInt64.AtomicRepresentation {
                UInt64.encodeAtomicRepresentation(UInt64(value.high) << 32 | UInt64(value.low))
            }

            static func decodeAtomicRepresentation(_ storage: consuming UInt64.AtomicRepresentation) -> Untaken {
                let both = UInt64.decodeAtomicRepresentation(storage)
                return Untaken(low: UInt32(truncatingIfNeeded: both), high: UInt32(both >> 32))
            }
        }

        private let untaken = Atomic(Untaken(low: 0, high: 0))
        private let unfinished = Atomic<Int>(0)

        var isDone: Bool { unfinished.load(ordering: .sequentiallyConsistent) == 0 }

        var isOpen: Bool {
            let left = untaken.load(ordering: .sequentiallyConsistent)
            return left.low < left.high
        }

        func open(_ count: Int) {
            unfinished.store(count, ordering: .relaxed)
            untaken.store(Untaken(low: 0, high: UInt32(count)), ordering: .sequentiallyConsistent)
        }

        /// Takes until nothing is left; whether it finished the last one. A thread that comes late may take a number of the
        /// next supply: it is as good as any, its inputs were published before `untaken` was.
        func take(fromBack: Bool, _ work: (Int) -> Void) -> Bool {
            var left = untaken.load(ordering: .acquiring)
            while left.low < left.high {
                var rest = left
                if fromBack { rest.high -= 1 } else { rest.low += 1 }
                let exchange = untaken.compareExchange(expected: left, desired: rest, ordering: .acquiringAndReleasing)
                left = exchange.original
                guard exchange.exchanged else { continue }
                work(Int(fromBack ? rest.high : left.low))
                if unfinished.wrappingSubtract(1, ordering: .sequentiallyConsistent).newValue == 0 { return true }
                left = untaken.load(ordering: .acquiring)
            }
            return false
        }
    }

    /// The threads beside the caller and what they share with it; it outlives the crew until the last thread has left.
    private final class Helpers: Sendable {
        /// The caller among them.
        let threads: Int
        private let work: Work
        private let piece: Piece
        private let round = Atomic<Int>(0)
        private let parts = Supply()
        /// Of each thread's part.
        private let pieces: [Supply]
        private let sleepers = Atomic<Int>(0)
        private let dismissed = Atomic<Bool>(false)
        private let bell = NSCondition()

        init(threads: Int, work: @escaping Work, piece: @escaping Piece) {
            self.threads = threads
            self.work = work
            self.piece = piece
            pieces = (0 ..< threads).map { _ in Supply() }
            for number in 1 ..< threads {
                let thread = Thread { self.serve(as: number) }
                thread.name = "worker \(number)"
                thread.stackSize = 1 << 20
                thread.start()
            }
        }

        func perform(parts count: Int) {
            parts.open(count)
            startRound()
            takeParts(as: 0)
            while !parts.isDone {
                takePieces()
                wait { parts.isDone || pieces.contains(where: \.isOpen) }
            }
        }

        func share(pieces count: Int, of thread: Int) {
            pieces[thread].open(count)
            ring()
            takePieces(of: thread)
            wait { pieces[thread].isDone }
        }

        func dismiss() {
            dismissed.store(true, ordering: .sequentiallyConsistent)
            startRound()
        }

        private func serve(as thread: Int) {
            var seen = 0
            while true {
                wait { round.load(ordering: .sequentiallyConsistent) != seen || pieces.contains(where: \.isOpen) }
                let current = round.load(ordering: .acquiring)
                if current != seen {
                    seen = current
                    if dismissed.load(ordering: .acquiring) { return }
                    takeParts(as: thread)
                }
                takePieces()
            }
        }

        private func startRound() {
            round.wrappingAdd(1, ordering: .sequentiallyConsistent)
            ring()
        }

        /// Every other thread begins at the back: with two, a part so mostly stays with the core that holds what it changes.
        private func takeParts(as thread: Int) {
            if parts.take(fromBack: thread % 2 == 1, { work($0, thread) }) { ring() }
        }

        /// Of all threads.
        private func takePieces() {
            for thread in pieces.indices { takePieces(of: thread) }
        }

        private func takePieces(of thread: Int) {
            if pieces[thread].take(fromBack: false, { piece($0, thread) }) { ring() }
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
