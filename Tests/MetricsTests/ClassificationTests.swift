import Metrics
import Testing

@Suite struct ClassificationTests {
    private struct Reference: Decodable {
        var truth, chosen, labels: [Int]
        var counts: [[Int]]
        var precision, recall, f1: [Double]
        var accuracy, macroF1: Double
    }

    @Test("confusion matrix, accuracy, per-class precision, recall and F1 equal scikit-learn's")
    func reference() throws {
        let reference: Reference = try decodeFixture("Metrics/classification.json")
        let matrix = ConfusionMatrix(truth: reference.truth, chosen: reference.chosen, classCount: 10)
        #expect(matrix.counts == reference.counts)
        expectClose(matrix.accuracy, reference.accuracy)
        expectClose(matrix.macroF1, reference.macroF1)
        for (place, label) in reference.labels.enumerated() {
            // Where scikit-learn divides by zero and says 0, ours is nil.
            if matrix.chosen(label) > 0 { expectClose(matrix.precision(label), reference.precision[place]) }
            if matrix.actual(label) > 0 { expectClose(matrix.recall(label), reference.recall[place]) }
            expectClose(matrix.f1(label), reference.f1[place])
        }
        #expect(matrix.recall(4) == nil && matrix.chosen(4) > 0)
        #expect(matrix.precision(6) == nil && matrix.recall(6) == nil && matrix.f1(6) == nil)
    }

    @Test("no rows have no accuracy")
    func empty() {
        let matrix = ConfusionMatrix(truth: [], chosen: [], classCount: 3)
        #expect(matrix.accuracy == nil && matrix.macroF1 == nil)
    }

    /// Three rows of three choices.
    private let costs = ChoiceCosts(costs: [10, 10.05, 20, 8, 4, 4, 1, 3, 2], choiceCount: 3)

    @Test("a choice within the tie band of the cheapest is right")
    func tieBand() {
        #expect(costs.cheapest == [0, 1, 0])
        #expect(costs.isRight([1, 2, 2], tieBand: 0.01) == [true, true, false])
        #expect(costs.isRight([1, 2, 0], tieBand: 0) == [false, true, true])
    }

    @Test("gain is cost saved against a fixed choice, regret is cost lost against the cheapest")
    func savings() {
        #expect(costs.bestFixedChoice == 1)
        expectClose(costs.savings(of: [0, 2, 2], againstFixed: 1), [0.05, 0, 1])
        expectClose(costs.savings(of: [0, 0, 2], against: costs.cheapest), [0, -4, -1])
    }

    @Test("always taking the best fixed choice gains nothing, always taking the cheapest gains at least nothing")
    func gainBounds() {
        #expect(costs.savings(of: [1, 1, 1], againstFixed: 1) == [0, 0, 0])
        #expect(costs.savings(of: costs.cheapest, againstFixed: 1).allSatisfy { $0 >= 0 })
    }

    @Test("a cost that is not a number is never right and leaves no best fixed choice")
    func notANumber() {
        let costs = ChoiceCosts(costs: [1, .nan, 2, 3], choiceCount: 2)
        #expect(costs.isRight([1, 0], tieBand: 0.01) == [false, true])
        #expect(costs.bestFixedChoice == nil)
        #expect(ChoiceCosts(costs: [], choiceCount: 2).bestFixedChoice == nil)
    }
}
