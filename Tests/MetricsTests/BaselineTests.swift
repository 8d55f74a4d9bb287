import Foundation
import Metrics
import Randomness
import Testing

@Suite struct BaselineTests {
    private struct Reference: Decodable {
        var series, coefficients, predictions, features, largest, sumOfSquares, robustCenters, robustScales: [Double]
        var windowLength, order, windows, trainingRows: Int
        var penalty, intercept: Double
        var classes, nearest: [Int]
    }

    private let reference: Reference

    init() throws { reference = try decodeFixture("Metrics/baselines.json") }

    private let windows: [Double] = [1, 2, 3, 4, 5, 6, 8, 0, 2, 4, 4, 4]

    @Test("simple forecasts are known by hand")
    func forecasts() {
        #expect(WindowForecasts.lastValue(windows, windowLength: 6) == [6, 4])
        expectClose(WindowForecasts.movingAverage(windows, windowLength: 6), [3.5, 22 / 6])
        expectClose(WindowForecasts.movingAverage(windows, windowLength: 6, steps: 2), [5.5, 4])
        // 5 / (1/2 + 1/3 + 1/4 + 1/5 + 1/6) = 100/29; a zero gives 0.
        expectClose(WindowForecasts.harmonicMean(windows, windowLength: 6), [100 / 29, 0])
        expectClose(WindowForecasts.harmonicMean(windows, windowLength: 6, steps: 3), [3 / (0.25 + 0.2 + 1 / 6), 4])
        #expect(WindowForecasts.harmonicMean([1, -1], windowLength: 2, steps: 2)[0].isNaN)
        #expect(WindowForecasts.lastValue([], windowLength: 6).isEmpty)
    }

    @Test("a series is forecast by its own mean, an unknown one by the mean of all")
    func seriesMean() throws {
        let mean = try #require(SeriesMean(series: ["a", "b", "a", "b"], values: [1, 10, 3, 30]))
        #expect(mean.predict(series: ["b", "a", "c"]) == [20, 2, 11])
        #expect(SeriesMean(series: [], values: []) == nil)
        #expect(SeriesMean(series: ["a"], values: [.nan]) == nil)
        let decoded = try JSONDecoder().decode(SeriesMean.self, from: JSONEncoder().encode(mean))
        #expect(decoded == mean)
    }

    @Test("autoregressive ridge equals scikit-learn's Ridge")
    func ridge() throws {
        let histories = (0 ..< reference.windows).flatMap { reference.series[$0 ..< $0 + reference.windowLength] }
        let targets = Array(reference.series[reference.windowLength...].prefix(reference.windows))
        let ridge = try #require(AutoregressiveRidge(
            histories: histories, windowLength: reference.windowLength, targets: targets, order: reference.order,
            penalty: reference.penalty))
        // Two solvers of a 10 × 10 system whose condition number is below 1e3.
        expectClose(ridge.coefficients, reference.coefficients, tolerance: 1e-10)
        expectClose(ridge.intercept, reference.intercept, tolerance: 1e-10)
        expectClose(
            ridge.predict(histories, windowLength: reference.windowLength), reference.predictions, tolerance: 1e-10)
        #expect(AutoregressiveRidge(histories: [], windowLength: 12, targets: []) == nil)
        #expect(AutoregressiveRidge(histories: [1, .nan], windowLength: 2, targets: [1], order: 2) == nil)
    }

    @Test("an autoregressive process of known coefficients is found again")
    func recoversProcess() throws {
        var stream = RandomStream(seed: 1), series = [0.0, 0]
        for step in 2 ..< 6000 { series.append(0.5 * series[step - 1] - 0.3 * series[step - 2] + stream.normal()) }
        let histories = (0 ..< 5998).flatMap { series[$0 ..< $0 + 2] }
        let ridge = try #require(AutoregressiveRidge(
            histories: histories, windowLength: 2, targets: Array(series[2...]), order: 2, penalty: 1e-6))
        // Five standard errors, 1/√n each.
        expectClose(ridge.coefficients, [-0.3, 0.5], tolerance: 0.065)
    }

    @Test("the majority is the most frequent class, the lowest of equals")
    func majority() {
        #expect(MajorityClass.choose([2, 1, 2, 1, 0], classCount: 3) == 1)
        #expect(MajorityClass.choose([], classCount: 3) == nil)
    }

    @Test("nearest neighbours choose as scikit-learn's, a constant column included")
    func nearestNeighbours() throws {
        let features = reference.features.map(Float.init), split = reference.trainingRows * 4
        let classifier = try #require(NearestNeighbours(
            features: Array(features[..<split]), columnCount: 4,
            classes: Array(reference.classes[..<reference.trainingRows]), classCount: 3, stream: RandomStream(seed: 1)))
        #expect(classifier.predict(Array(features[split...])) == reference.nearest)
    }

    @Test("one neighbour finds each training row again; thinning keeps the given number of rows")
    func neighboursOfThemselves() throws {
        var stream = RandomStream(seed: 2)
        let features = (0 ..< 100 * 3).map { _ in Float(stream.normal()) }, classes = (0 ..< 100).map { $0 % 7 }
        let whole = try #require(NearestNeighbours(
            features: features, columnCount: 3, classes: classes, classCount: 7, neighbours: 1, stream: stream))
        #expect(whole.predict(features) == classes)
        let thinned = try #require(NearestNeighbours(
            features: features, columnCount: 3, classes: classes, classCount: 7, neighbours: 1, maximumRows: 60,
            stream: stream))
        let right = zip(thinned.predict(features), classes).count { $0 == $1 }
        #expect(right >= 60 && right < 90)
        #expect(whole.predict([.nan, 0, 0]) == [nil])
        #expect(NearestNeighbours(features: [1], columnCount: 1, classes: [0], classCount: 1, stream: stream) == nil)
    }

    @Test("robust z-scores equal scikit-learn's RobustScaler")
    func robustColumns() throws {
        let rows = reference.features.count / 4
        let frame = (0 ..< rows).flatMap { row in (0 ..< 3).map { Float(reference.features[row * 4 + $0]) } }
        let robust = try #require(RobustColumns(Array(frame[..<(reference.trainingRows * 3)]), columnCount: 3))
        expectClose(robust.scales.map(\.center), reference.robustCenters)
        expectClose(robust.scales.map(\.deviation), reference.robustScales)
        expectClose(robust.largest(frame), reference.largest)
        expectClose(robust.sumOfSquares(frame), reference.sumOfSquares)
        #expect(RobustColumns([], columnCount: 3) == nil)
        #expect(RobustColumns([1, .nan], columnCount: 1) == nil)
    }

    @Test("a column that is mostly one value falls back to its deviation, a constant one to 1")
    func degenerateColumns() throws {
        let robust = try #require(RobustColumns([0, 7, 0, 7, 0, 7, 0, 7, 10, 7], columnCount: 2))
        expectClose(robust.scales.map(\.deviation), [4, 1])
        #expect(robust.largest([0, 7, 8, 7]) == [0, 2])
        #expect(robust.largest([.nan, 7])[0].isNaN)
    }

    @Test("the best single column is the one that tells")
    func bestColumn() throws {
        let labels = (0 ..< 40).map { $0 % 8 == 0 }
        var stream = RandomStream(seed: 3)
        let frame = labels.flatMap { isPositive in
            (0 ..< 3).map { Float(stream.normal()) + ($0 == 1 && isPositive ? 9 : 0) }
        }
        let robust = try #require(RobustColumns(frame, columnCount: 3))
        #expect(robust.bestSingleColumn(frame, labels: labels) == 1)
        #expect(robust.bestSingleColumn(frame, labels: labels.map { _ in false }) == nil)
    }

    @Test("window scores are known by hand and ignore the size of a series")
    func windowScores() {
        let scales = [GroupScale(center: 3, deviation: 2), GroupScale(center: 4, deviation: 1)]
        #expect(WindowScores.robustScore(windows, windowLength: 6, scales: scales) == [1.5, 0])
        // Values before the latest 1 … 5: quantile 0.9 is 4.6, median 3.
        let scores = WindowScores.movingQuantile(windows, windowLength: 6)
        expectClose(scores[0], (6 - 4.6) / 1.6)
        expectClose(WindowScores.movingQuantile(windows.map { $0 * 1000 }, windowLength: 6), scores)
        #expect(WindowScores.movingQuantile([1, .nan, 2], windowLength: 3)[0].isNaN)
    }
}
