import Foundation
import Synchronization
import Testing

@testable import TensorCore

@Suite struct WorkerCrewTests {
    private final class Tally: Sendable {
        let counts: Mutex<[Int]>
        init(parts: Int) { counts = Mutex(Array(repeating: 0, count: parts)) }
    }

    /// Where two threads wait for each other.
    private final class Meeting: Sendable {
        private let arrived = Mutex(0)
        private let seen = Mutex(0)

        /// How many saw the other there.
        var met: Int { seen.withLock { $0 } }

        func open() {
            arrived.withLock { $0 = 0 }
            seen.withLock { $0 = 0 }
        }

        /// Returns when the other has come, or after two seconds.
        func attend() {
            arrived.withLock { $0 += 1 }
            for _ in 0 ..< 20_000 {
                if arrived.withLock({ $0 }) == 2 {
                    seen.withLock { $0 += 1 }
                    return
                }
                usleep(100)
            }
        }
    }

    @Test("every part of every round is done once, whatever the number of threads", arguments: [1, 2, 3, 7])
    func rounds(_ threads: Int) {
        let tally = Tally(parts: 5)
        let crew = WorkerCrew(threads: ThreadBudget(threads)) { part in tally.counts.withLock { $0[part] += 1 } }
        for round in 1 ... 2000 {
            let parts = 1 + round % 5
            let before = tally.counts.withLock { $0 }
            crew.perform(parts: parts)
            let after = tally.counts.withLock { $0 }
            #expect(zip(before, after).map { $1 - $0 } == (0 ..< 5).map { $0 < parts ? 1 : 0 })
        }
    }

    @Test("the budget may grow and shrink between rounds: every part is done once, by no more threads than it allows")
    func changingBudget() {
        let tally = Tally(parts: 8)
        let seen = Mutex<Set<UInt>>([])
        let budget: ThreadBudget = 1
        let crew = WorkerCrew(threads: budget, atMost: 4) { part in
            tally.counts.withLock { $0[part] += 1 }
            _ = seen.withLock { $0.insert(UInt(pthread_self())) }
            // Long enough for the others to get a part.
            usleep(300)
        }
        let budgets = [1, 2, 3, 1, 2, 8, 4, 1, 3]
        for (round, threads) in budgets.enumerated() {
            budget.change(to: threads)
            seen.withLock { $0.removeAll() }
            crew.perform(parts: 8)
            #expect(tally.counts.withLock { $0 } == Array(repeating: round + 1, count: 8))
            #expect((1 ... min(threads, 4)).contains(seen.withLock(\.count)))
        }
    }

    @Test("a round after a pause wakes the sleepers")
    func sleepers() async throws {
        let tally = Tally(parts: 4)
        let crew = WorkerCrew(threads: 3) { part in tally.counts.withLock { $0[part] += 1 } }
        for _ in 0 ..< 5 {
            try await Task.sleep(for: .milliseconds(3))
            crew.perform(parts: 4)
        }
        #expect(tally.counts.withLock { $0 } == [5, 5, 5, 5])
    }

    @Test("two threads work at the same time, at once and after a pause")
    func together() async throws {
        let meeting = Meeting()
        // A crew that does one part after the other never sees both there.
        let crew = WorkerCrew(threads: 2) { _ in meeting.attend() }
        for pause in [0, 1, 20] {
            try await Task.sleep(for: .milliseconds(pause))
            meeting.open()
            crew.perform(parts: 2)
            #expect(meeting.met == 2)
        }
    }

    @Test("threads that work at the same time have different numbers, all of them prepared for")
    func threadNumbers() {
        let prepared = Mutex(0)
        let working = Mutex<Set<Int>>([])
        let faults = Mutex<[String]>([])
        let budget: ThreadBudget = 1
        let crew = WorkerCrew(
            threads: budget, prepare: { threads in prepared.withLock { $0 = max($0, threads) } },
            work: { _, thread in
                let isNew = working.withLock { $0.insert(thread).inserted }
                if !isNew { faults.withLock { $0.append("thread \(thread) works twice") } }
                if thread > 0, thread >= prepared.withLock({ $0 }) { faults.withLock { $0.append("thread \(thread)") } }
                usleep(100)
                _ = working.withLock { $0.remove(thread) }
            })
        for threads in [1, 3, 2, 4, 1, 2] {
            budget.change(to: threads)
            for _ in 0 ..< 20 { crew.perform(parts: 8) }
        }
        #expect(faults.withLock { $0 } == [])
        #expect(prepared.withLock { $0 } == 4)
    }

    /// Gives a crew's work the crew. Unchecked sendable: set before the first round.
    private final class Reference: @unchecked Sendable {
        weak var crew: WorkerCrew?
    }

    @Test(
        "every piece of every part is done once, before its part is left, whatever the number of threads",
        arguments: [1, 2, 3, 7])
    func pieces(_ threads: Int) {
        let parts = 5, pieces = 4
        let tally = Tally(parts: parts * pieces)
        let partOfThread = Mutex(Array(repeating: 0, count: threads))
        let faults = Mutex<[String]>([])
        let reference = Reference()
        let crew = WorkerCrew(
            threads: ThreadBudget(threads),
            work: { part, thread in
                partOfThread.withLock { $0[thread] = part }
                let own = part * pieces ..< (part + 1) * pieces
                let before = tally.counts.withLock { Array($0[own]) }
                reference.crew?.share(pieces: pieces, of: thread)
                let after = tally.counts.withLock { Array($0[own]) }
                if after != before.map({ $0 + 1 }) { faults.withLock { $0.append("\(part): \(before), \(after)") } }
            },
            piece: { piece, thread in
                let part = partOfThread.withLock { $0[thread] }
                tally.counts.withLock { $0[part * pieces + piece] += 1 }
            })
        reference.crew = crew
        for round in 1 ... 2000 {
            crew.perform(parts: parts)
            #expect(tally.counts.withLock { $0 } == Array(repeating: round, count: parts * pieces))
        }
        #expect(faults.withLock { $0 } == [])
    }

    @Test("a thread without a part helps with the pieces of another's, be it the caller or not", arguments: [0, 1])
    func help(_ busyPart: Int) {
        let meeting = Meeting()
        let reference = Reference()
        let crew = WorkerCrew(
            threads: 2,
            work: { part, thread in
                if part == busyPart {
                    // Long enough for the other to be done, and to sleep.
                    usleep(2000)
                    reference.crew?.share(pieces: 2, of: thread)
                }
            },
            piece: { _, _ in meeting.attend() })
        reference.crew = crew
        crew.perform(parts: 2)
        #expect(meeting.met == 2)
    }
}
