import Foundation
import Metrics
import Randomness
import Testing
import TestSupport

@Suite struct RegressionTests {
    private struct Reference: Decodable {
        var group: [Int]
        var mean, deviation, actual, predicted, floors: [Double]
        var correlation, standardisedCorrelation, meanAbsolutePercentageError, weightedAbsolutePercentageError: Double
        var meanAbsoluteError, rootMeanSquaredError, rSquared: Double
        var rowsBelowFloor: Double
    }

    private let reference: Reference

    init() throws { reference = try decodeFixture("Metrics/regression.json") }

    @Test("regression metrics equal scikit-learn's")
    func pooled() {
        let sums = RegressionSums(predicted: reference.predicted, actual: reference.actual, floors: reference.floors)
        expectClose(sums.correlation, reference.correlation)
        expectClose(sums.meanAbsolutePercentageError, reference.meanAbsolutePercentageError)
        #expect(sums.rowsBelowFloor == reference.rowsBelowFloor && reference.rowsBelowFloor > 0)
        expectClose(sums.weightedAbsolutePercentageError, reference.weightedAbsolutePercentageError)
        expectClose(sums.meanAbsoluteError, reference.meanAbsoluteError)
        expectClose(sums.rootMeanSquaredError, reference.rootMeanSquaredError)
        expectClose(sums.rSquared, reference.rSquared)
    }

    @Test("standardised correlation equals numpy's and ignores the size of each group")
    func standardised() {
        let scales = zip(reference.mean, reference.deviation).map { GroupScale(center: $0, deviation: $1) }
        let pairs = StandardisedPairs(
            predicted: reference.predicted, actual: reference.actual, group: reference.group, scales: scales)
        expectClose(pairs.correlation, reference.standardisedCorrelation)

        // Groups moved and stretched, their scales with them.
        let factor = [0.1, 3, 50, 2e-4], shift = [7.0, -40, 1e3, 0.5]
        func moved(_ values: [Double]) -> [Double] {
            values.indices.map { values[$0] * factor[reference.group[$0]] + shift[reference.group[$0]] }
        }
        let movedScales = scales.indices.map {
            GroupScale(center: scales[$0].center * factor[$0] + shift[$0], deviation: scales[$0].deviation * factor[$0])
        }
        let movedPairs = StandardisedPairs(
            predicted: moved(reference.predicted), actual: moved(reference.actual), group: reference.group,
            scales: movedScales)
        expectClose(movedPairs.correlation, reference.standardisedCorrelation)
        #expect(reference.correlation > reference.standardisedCorrelation + 0.05)

        let units = Units.blocks(series: reference.group, length: 10)
        let estimate = Resamples(units, stream: RandomStream(seed: 1)).estimate(pairs.totals(units).statistic(\.correlation))
        expectClose(estimate.value, reference.standardisedCorrelation)
        #expect((estimate.lower ?? 2) < reference.standardisedCorrelation)
        #expect((estimate.upper ?? -2) > reference.standardisedCorrelation)
    }

    @Test("left-out rows do not enter the sums of the units")
    func unitTotals() {
        let pairs = StandardisedPairs(
            predicted: [1, 2, 3, 99], actual: [2, 2, 4, 5], group: [0, 0, 0, 1],
            scales: [GroupScale(center: 2, deviation: 1), nil])
        let totals = pairs.totals(Units(unitOfRow: [0, 0, 1, 1], strata: [0, 0]))
        #expect(totals.totals.map(\.count) == [2, 1])
        expectClose(totals.total(weights: [1, 1]).correlation, 3.0.squareRoot() / 2)
        expectClose(pairs.correlation, 3.0.squareRoot() / 2)
    }

    @Test("rows of a group without scale or deviation are left out and counted")
    func leftOut() {
        let pairs = StandardisedPairs(
            predicted: [1, 2, 3, 4], actual: [1, 2, 3, 5], group: [0, 1, 2, 0],
            scales: [GroupScale(center: 1, deviation: 2), nil, GroupScale(center: 0, deviation: 0)])
        #expect(pairs.rows == [0, 3])
        #expect(pairs.leftOut == 2)
        #expect(pairs.actual == [0, 2])
    }

    @Test("sums of two parts add up to the sums of the whole")
    func additive() {
        var parts = RegressionSums()
        for row in reference.actual.indices {
            let sums = RegressionSums(
                predicted: reference.predicted[row], actual: reference.actual[row], floor: reference.floors[row],
                origin: 1000)
            parts.add(sums, times: 2)
        }
        expectClose(parts.correlation, reference.correlation)
        expectClose(parts.rSquared, reference.rSquared)
        expectClose(parts.meanAbsolutePercentageError, reference.meanAbsolutePercentageError)
    }

    @Test("small deviations of large values keep their correlation")
    func largeOffset() {
        let actual = (0 ..< 100).map { 1e9 + Double($0 % 7) }
        let sums = RegressionSums(predicted: actual.map { $0 * 2 - 1e9 }, actual: actual)
        expectClose(sums.correlation, 1, tolerance: 1e-9)
    }

    @Test("no rows, a constant side, or a value that is not finite give nil, never a number")
    func undefined() {
        let none = RegressionSums(predicted: [], actual: [])
        #expect(none.correlation == nil && none.meanAbsoluteError == nil && none.rootMeanSquaredError == nil)
        #expect(none.meanAbsolutePercentageError == nil && none.weightedAbsolutePercentageError == nil)
        #expect(none.rSquared == nil)
        let constant = RegressionSums(predicted: [1, 2, 3], actual: [0.1, 0.1, 0.1])
        #expect(constant.correlation == nil && constant.rSquared == nil)
        #expect(RegressionSums(predicted: [1, 1, 1], actual: [1, 2, 3]).correlation == nil)
        let spoiled: [(predicted: [Double], actual: [Double])] = [
            ([1, .nan, 3], [1, 2, 4]), ([1, 2, 3], [1, .nan, 4]), ([1, .infinity, 3], [1, 2, 4]),
        ]
        for (predicted, actual) in spoiled {
            let sums = RegressionSums(predicted: predicted, actual: actual)
            #expect(sums.correlation == nil && sums.meanAbsoluteError == nil && sums.rootMeanSquaredError == nil)
            #expect(sums.meanAbsolutePercentageError == nil && sums.weightedAbsolutePercentageError == nil)
            #expect(sums.rSquared == nil)
        }
        #expect(RegressionSums(predicted: [1], actual: [0]).meanAbsolutePercentageError == nil)
    }
}
