import Metrics
import Randomness
import Testing

@Suite struct IntervalTests {
    private struct Reference: Decodable {
        var values, probabilities, quantiles, lower, upper: [Double]
        var successes, counts: [Int]
    }

    @Test("quantiles equal numpy's")
    func quantiles() throws {
        let reference: Reference = try decodeFixture("Metrics/intervals.json")
        let sorted = reference.values.sorted()
        expectClose(reference.probabilities.compactMap { quantile(ofSorted: sorted, $0) }, reference.quantiles)
        #expect(quantile(ofSorted: [Double](), 0.5) == nil)
    }

    @Test("Wilson's interval equals scipy's")
    func wilson() throws {
        let reference: Reference = try decodeFixture("Metrics/intervals.json")
        for (place, count) in reference.counts.enumerated() {
            let interval = try #require(Wilson.interval(successes: reference.successes[place], of: count))
            expectClose(interval.lower, reference.lower[place])
            expectClose(interval.upper, reference.upper[place])
        }
        #expect(Wilson.interval(successes: 0, of: 0) == nil)
    }

    @Test("the numbers of units to keep in mind")
    func unitsNeeded() throws {
        #expect(Wilson.unitsNeeded(share: 1, target: 0.98) == 189)
        #expect(Wilson.unitsNeeded(share: 0.99, target: 0.98) == 753)
        #expect(Wilson.unitsNeeded(share: 0.985, target: 0.98) == 3012)
        #expect(Wilson.unitsNeeded(share: 0.98, target: 0.98) == nil)
        // Without a miss the bound is n / (n + z²).
        let squaredQuantile = 1.959963984540054 * 1.959963984540054
        expectClose(try #require(Wilson.interval(successes: 30, of: 30)).lower, 30 / (30 + squaredQuantile))
        #expect(try #require(Wilson.interval(successes: 189, of: 189)).lower >= 0.98)
        #expect(try #require(Wilson.interval(successes: 188, of: 188)).lower < 0.98)
    }

    @Test("an interval without a miss is Wilson's, never [1, 1]")
    func withoutMiss() {
        let units = Units.rows(30), totals = UnitTotals(units) { _ in MeanSums(true) }
        let estimate = Resamples(units, stream: RandomStream(seed: 1)).estimate(totals.statistic(\.mean))
        #expect(estimate == Estimate(value: 1, lower: 1, upper: 1))
        let bounded = estimate.boundedByWilson(units: 30)
        expectClose(bounded.lower, 0.88649, tolerance: 1e-5)
        #expect(bounded.upper == 1)
        let none = Estimate(value: 0, lower: 0, upper: 0).boundedByWilson(units: 30)
        #expect(none.lower == 0)
        expectClose(none.upper, 0.11351, tolerance: 1e-5)
        let inner = Estimate(value: 0.5, lower: 0.4, upper: 0.6)
        #expect(inner.boundedByWilson(units: 30) == inner)
    }

    @Test("the interval of a mean is 1.96 standard errors wide on either side")
    func meanInterval() throws {
        var stream = RandomStream(seed: 2)
        let values = (0 ..< 400).map { _ in stream.normal(3, 2) }
        let units = Units.rows(values.count), totals = UnitTotals(units) { MeanSums(values[$0]) }
        let estimate = Resamples(units, stream: RandomStream(seed: 3)).estimate(totals.statistic(\.mean))
        let scale = try #require(GroupScale(values)), error = 1.96 * scale.deviation / 20
        // The quantiles of 1,000 resamples scatter by about 5 % of the width.
        expectClose(estimate.value, scale.center)
        #expect(abs(try #require(estimate.lower) - (scale.center - error)) < 0.15 * error)
        #expect(abs(try #require(estimate.upper) - (scale.center + error)) < 0.15 * error)
    }

    @Test("the interval covers the truth about 95 times in 100")
    func coverage() throws {
        var stream = RandomStream(seed: 4), covered = 0
        let units = Units.rows(60)
        for trial in 0 ..< 300 {
            let values = (0 ..< 60).map { _ in stream.uniform() }
            let totals = UnitTotals(units) { MeanSums(values[$0]) }
            let resamples = Resamples(units, count: 200, stream: stream.child("trial", trial))
            let estimate = resamples.estimate(totals.statistic(\.mean))
            if try #require(estimate.lower) <= 0.5, 0.5 <= (try #require(estimate.upper)) { covered += 1 }
        }
        // Standard error of the share 1.3 %; 200 resamples and 60 units cost about 1 % of coverage.
        #expect((269 ... 297).contains(covered), "covered \(covered) of 300")
    }

    @Test("blocks of rows that move together widen the interval as they should")
    func blocks() throws {
        var stream = RandomStream(seed: 5)
        let level = (0 ..< 50).map { _ in stream.normal() }, rows = 1000
        let values = (0 ..< rows).map { level[$0 / 20] }
        func width(_ units: Units) throws -> Double {
            let totals = UnitTotals(units) { MeanSums(values[$0]) }
            let estimate = Resamples(units, stream: RandomStream(seed: 6)).estimate(totals.statistic(\.mean))
            return try #require(estimate.upper) - (try #require(estimate.lower))
        }
        let series = Array(repeating: 0, count: rows)
        let ratio = try width(Units.blocks(series: series, length: 20)) / width(Units.rows(rows))
        // √20 = 4.47, give or take the resampling noise of two widths.
        #expect(ratio > 3.8 && ratio < 5.2)
    }

    @Test("a paired difference is zero against itself and narrow for answers that err together")
    func pairedDifference() throws {
        var stream = RandomStream(seed: 7)
        let shared = (0 ..< 200).map { _ in stream.normal() }
        let better = shared.map { $0 + 0.1 + 0.05 * stream.normal() }
        let units = Units.rows(200), resamples = Resamples(units, stream: RandomStream(seed: 8))
        let model = UnitTotals(units) { MeanSums(better[$0]) }.statistic(\.mean)
        let baseline = UnitTotals(units) { MeanSums(shared[$0]) }.statistic(\.mean)
        #expect(resamples.difference(of: model, minus: model) == Estimate(value: 0, lower: 0, upper: 0))
        #expect(!resamples.difference(of: model, minus: model).isAboveZero)
        #expect(resamples.difference(of: model, minus: baseline).isAboveZero)
        #expect(!resamples.estimate(model).isAboveZero)
    }

    @Test("the same stream gives the same interval, another stream another")
    func determinism() {
        let units = Units.rows(50), totals = UnitTotals(units) { MeanSums(Double($0 * $0 % 17)) }
        func estimate(_ seed: UInt64) -> Estimate {
            Resamples(units, stream: RandomStream(seed: seed)).estimate(totals.statistic(\.mean))
        }
        #expect(estimate(1) == estimate(1))
        #expect(estimate(1) != estimate(2))
    }

    @Test("each stratum keeps its number of units in every resample")
    func strata() {
        let units = Units.incidentsAndBlocks([[0, 1], [5]], series: Array(repeating: 0, count: 40), length: 4)
        let resamples = Resamples(units, count: 50, stream: RandomStream(seed: 9))
        let incidents = resamples.estimate { weights in weights[0] + weights[1] }
        let blocks = resamples.estimate { weights in weights.dropFirst(2).reduce(0, +) }
        #expect(incidents == Estimate(value: 2, lower: 2, upper: 2))
        let blockCount = Double(units.count - 2)
        #expect(blocks == Estimate(value: blockCount, lower: blockCount, upper: blockCount))
    }

    @Test("blocks stay inside a series, hold at least the given rows, and short series are one block")
    func blockUnits() {
        let series = [0, 2, 0, 2, 0, 2, 0, 0, 2, 0, 0, 1]
        let units = Units.blocks(series: series, length: 3)
        #expect(units.unitOfRow == [0, 3, 0, 3, 0, 3, 1, 1, 3, 1, 1, 2])
        #expect(units.count == 4)
        #expect(Units.blocks(series: [], length: 3).count == 0)
    }

    @Test("incidents are units of their own and a shared row counts to the first")
    func incidentUnits() {
        let units = Units.incidentsAndBlocks([[1, 2], [2, 3]], series: [0, 0, 0, 0, 0, 0, 1], length: 2)
        #expect(units.unitOfRow == [2, 0, 0, 1, 2, 2, 3])
        #expect(units.strata == [0, 0, 1, 1])
    }

    @Test("rank metrics resample by weighing units")
    func rankInterval() throws {
        var stream = RandomStream(seed: 10)
        let labels = (0 ..< 1000).map { $0 % 50 < 5 }
        let scores = labels.map { stream.normal() + ($0 ? 1.5 : 0) }
        let units = Units.blocks(series: Array(repeating: 0, count: 1000), length: 10)
        let ranked = try #require(RankedScores(scores: scores, labels: labels, units: units))
        let estimate = Resamples(units, stream: RandomStream(seed: 11)).estimate { ranked.averagePrecision(weights: $0) }
        #expect(estimate.value == ranked.averagePrecision())
        let (value, lower, upper) = try (#require(estimate.value), #require(estimate.lower), #require(estimate.upper))
        #expect(lower < value && value < upper && upper - lower < 0.4 && upper - lower > 0.02)
    }

    @Test("a statistic that most resamples leave undefined has no interval; no units have no value")
    func undefined() {
        let units = Units.rows(5), resamples = Resamples(units, count: 100, stream: RandomStream(seed: 12))
        #expect(resamples.estimate { $0[0] == 1 ? 1 : nil } == Estimate(value: 1))
        #expect(resamples.estimate { _ in nil } == Estimate(value: nil))
        #expect(resamples.estimate { _ in .nan } == Estimate(value: nil))
        #expect(Resamples(Units.rows(0), stream: RandomStream(seed: 1)).estimate { _ in 1 } == Estimate(value: nil))
        #expect(!Estimate(value: nil).isAboveZero)
    }
}
