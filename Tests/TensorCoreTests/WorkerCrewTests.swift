import Foundation
import Synchronization
import Testing

@testable import TensorCore

@Suite struct WorkerCrewTests {
    private final class Tally: Sendable {
        let counts: Mutex<[Int]>
        init(parts: Int) { counts = Mutex(Array(repeating: 0, count: parts)) }
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
}
