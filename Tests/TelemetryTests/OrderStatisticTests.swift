import Randomness
import Testing

@testable import Telemetry

@Suite("Order statistics")
struct OrderStatisticTests {
    /// Few distinct values: equal ones are what a selection by parts gets wrong.
    @Test("selecting gives what sorting puts at every rank", arguments: [1, 2, 3, 10, 97], [1, 3, 1000])
    func selection(count: Int, distinct: UInt64) {
        var random = RandomStream(seed: 7).child("\(count) of \(distinct)")
        for _ in 0 ..< 20 {
            let values = (0 ..< count).map { _ in Float(random.next() % distinct) - 3 }
            let sorted = values.sorted()
            for rank in values.indices {
                var reordered = values
                #expect(reordered.select(rank) == sorted[rank])
                #expect(reordered.sorted() == sorted)
                // What lies behind a selected rank is not smaller: the next one is looked for there.
                let later = Int(random.next() % UInt64(count - rank)) + rank
                #expect(reordered.select(later, from: rank) == sorted[later])
            }
        }
    }

    @Test("ascending, descending and infinite values are selected too")
    func extremes() {
        for values: [Float] in [[1, 2, 3, 4, 5], [5, 4, 3, 2, 1], [.infinity, -.infinity, 0, .infinity]] {
            for rank in values.indices {
                var reordered = values
                #expect(reordered.select(rank) == values.sorted()[rank])
            }
        }
    }
}
