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

    @Test("the best fixed choice costs least over all rows, the first of equals")
    func bestFixedChoice() {
        #expect(ChoiceCosts(costs: [10, 10.05, 20, 8, 4, 4, 1, 3, 2], choiceCount: 3).bestFixedChoice == 1)
        #expect(ChoiceCosts(costs: [1, 1, 2, 2], choiceCount: 2).bestFixedChoice == 0)
    }

    @Test("without rows, or with a cost that is not a number, no fixed choice is best")
    func notANumber() {
        #expect(ChoiceCosts(costs: [1, .nan, 2, 3], choiceCount: 2).bestFixedChoice == nil)
        #expect(ChoiceCosts(costs: [], choiceCount: 2).bestFixedChoice == nil)
    }
}
