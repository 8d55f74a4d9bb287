import Metrics
import Randomness
import Testing

@Suite struct DetectionTests {
    private struct Reference: Decodable {
        var scores: [Double]
        var labels: [Bool]
        var weights: [Double]
        var averagePrecision, rocAUC, weightedAveragePrecision, weightedROCAUC: Double
        var curvePrecision, curveRecall, curveThreshold: [Double]
        var threshold, precision, recall, f1, accuracy, falsePositiveRate: Double
    }

    private let reference: Reference
    private let ranked: RankedScores

    init() throws {
        reference = try decodeFixture("Metrics/detection.json")
        ranked = try #require(RankedScores(scores: reference.scores, labels: reference.labels))
    }

    @Test("average precision and ROC-AUC equal scikit-learn's, ties and weights included")
    func rankMetrics() {
        expectClose(ranked.averagePrecision(), reference.averagePrecision)
        expectClose(ranked.rocAUC(), reference.rocAUC)
        expectClose(ranked.averagePrecision(weights: reference.weights), reference.weightedAveragePrecision)
        expectClose(ranked.rocAUC(weights: reference.weights), reference.weightedROCAUC)
    }

    @Test("the precision-recall curve equals scikit-learn's")
    func curve() {
        let curve = ranked.precisionRecallCurve(maximumPoints: 1000)
        expectClose(curve.map(\.precision), reference.curvePrecision)
        expectClose(curve.map(\.recall), reference.curveRecall)
        #expect(curve.map(\.threshold) == reference.curveThreshold)
    }

    @Test("a thinned curve keeps both ends and is a part of the whole")
    func thinning() {
        let whole = ranked.precisionRecallCurve(maximumPoints: 1000)
        let thinned = ranked.precisionRecallCurve(maximumPoints: 10)
        #expect(thinned.count <= 10 && thinned.count > 5)
        #expect(thinned.first == whole.first && thinned.last == whole.last)
        #expect(thinned.allSatisfy(whole.contains))
        #expect(zip(thinned, thinned.dropFirst()).allSatisfy { $0.recall <= $1.recall && $0.threshold > $1.threshold })
    }

    @Test("alarm counts give scikit-learn's precision, recall, F1, accuracy and false-positive rate")
    func alarms() {
        let counts = AlarmCounts(labels: reference.labels, alarms: reference.scores.map { $0 >= reference.threshold })
        expectClose(counts.precision, reference.precision)
        expectClose(counts.recall, reference.recall)
        expectClose(counts.f1, reference.f1)
        expectClose(counts.accuracy, reference.accuracy)
        expectClose(counts.falsePositiveRate, reference.falsePositiveRate)
    }

    @Test("rank metrics do not depend on the order of the rows")
    func permutation() throws {
        var stream = RandomStream(seed: 1), order = Array(reference.scores.indices)
        stream.shuffle(&order)
        let shuffled = try #require(RankedScores(
            scores: order.map { reference.scores[$0] }, labels: order.map { reference.labels[$0] }))
        #expect(shuffled.averagePrecision() == ranked.averagePrecision())
        #expect(shuffled.rocAUC() == ranked.rocAUC())
    }

    @Test("weights count rows as often as copies of them would")
    func copies() throws {
        let copies = reference.scores.indices.flatMap { Array(repeating: $0, count: Int(reference.weights[$0])) }
        let copied = try #require(RankedScores(
            scores: copies.map { reference.scores[$0] }, labels: copies.map { reference.labels[$0] }))
        expectClose(ranked.averagePrecision(weights: reference.weights), try #require(copied.averagePrecision()))
    }

    @Test("labels that know nothing give chance: ROC-AUC one half, average precision the share of positives")
    func chance() throws {
        let rows = 4000, labels = (0 ..< rows).map { $0 % 10 == 0 }
        let auc = RandomControl.mean(rows: rows, stream: RandomStream(seed: 3)) {
            RankedScores(scores: $0, labels: labels)?.rocAUC()
        }
        let precision = RandomControl.mean(rows: rows, stream: RandomStream(seed: 3)) {
            RankedScores(scores: $0, labels: labels)?.averagePrecision()
        }
        // Five standard errors of a mean of 20: √((m + n + 1) / 12mn / 20) = 0.0034 for the area; average precision of 400
        // positives scatters by about 0.006.
        #expect(abs(try #require(auc) - 0.5) < 0.017)
        #expect(abs(try #require(precision) - 0.1) < 0.007)
    }

    @Test("perfect scores give 1, a constant score gives chance")
    func extremes() throws {
        let labels = [true, false, true, false, false]
        let perfect = try #require(RankedScores(scores: [5, 1, 4, 2, 3], labels: labels))
        #expect(perfect.averagePrecision() == 1 && perfect.rocAUC() == 1)
        let constant = try #require(RankedScores(scores: [1, 1, 1, 1, 1], labels: labels))
        #expect(constant.averagePrecision() == 0.4 && constant.rocAUC() == 0.5)
    }

    @Test("no rows, no positives or a score that is not a number give nil")
    func undefined() throws {
        #expect(RankedScores(scores: [], labels: []) == nil)
        #expect(RankedScores(scores: [1, .nan], labels: [true, false]) == nil)
        let normal = try #require(RankedScores(scores: [1, 2], labels: [false, false]))
        #expect(normal.averagePrecision() == nil && normal.rocAUC() == nil && normal.precisionRecallCurve().isEmpty)
        let empty = AlarmCounts()
        #expect(empty.precision == nil && empty.recall == nil && empty.f1 == nil)
        #expect(empty.accuracy == nil && empty.falsePositiveRate == nil)
        #expect(RandomControl.mean(rows: 3, stream: RandomStream(seed: 1)) { _ in nil } == nil)
    }

    @Test("always alarm finds everything with the prevalence as precision; always normal is as accurate as data is normal")
    func trivialAnswers() {
        let labels = (0 ..< 100).map { $0 < 2 }
        let always = AlarmCounts(labels: labels, alarms: Array(repeating: true, count: 100))
        #expect(always.recall == 1 && always.precision == 0.02 && always.falsePositiveRate == 1)
        let never = AlarmCounts(labels: labels, alarms: Array(repeating: false, count: 100))
        #expect(never.accuracy == 0.98 && never.recall == 0 && never.precision == nil && never.f1 == 0)
    }
}
