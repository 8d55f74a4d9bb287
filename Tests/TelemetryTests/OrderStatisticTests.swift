import Randomness
import Testing

@testable import Telemetry

@Suite("Order statistics")
struct OrderStatisticTests {
    /// Few distinct values: equal ones are what a selection by parts gets wrong.
    @Test("a rank's value is what sorting puts there, at every rank", arguments: [1, 2, 3, 10, 97], [1, 3, 1000])
    func ranks(count: Int, distinct: UInt64) {
        var random = RandomStream(seed: 7).child("\(count) of \(distinct)")
        for _ in 0 ..< 20 {
            let values = (0 ..< count).map { _ in Float(random.next() % distinct) - 3 }
            let sorted = values.sorted()
            #expect(values.indices.map(values.orderStatistic) == sorted)
        }
    }

    /// Neighbours differ in the last bits alone, others in sign and exponent.
    @Test("values of every size are told apart, by their last bit too")
    func bits() {
        var random = RandomStream(seed: 8)
        for _ in 0 ..< 20 {
            let values = (0 ..< 100).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: random.next())) }
                .filter { !$0.isNaN }.flatMap { [$0, $0.nextUp, $0.nextDown] }.filter { !$0.isNaN }
            let sorted = values.sorted()
            #expect(values.indices.map(values.orderStatistic) == sorted)
        }
    }

    @Test("ascending, descending and infinite values are put in order too")
    func extremes() {
        for values: [Float] in [[1, 2, 3, 4, 5], [5, 4, 3, 2, 1], [.infinity, -.infinity, 0, .infinity]] {
            #expect(values.indices.map(values.orderStatistic) == values.sorted())
        }
        #expect([Float(0), -0.0, 0].orderStatistic(0).sign == .minus)
    }
}
