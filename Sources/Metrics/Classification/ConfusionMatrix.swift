/// How often each class was chosen where each class was true.
public struct ConfusionMatrix: Sendable, Codable, Equatable {
    /// `[truth][chosen]`.
    public private(set) var counts: [[Int]]

    /// Classes are 0 ..< `classCount`.
    public init(truth: [Int], chosen: [Int], classCount: Int) {
        precondition(truth.count == chosen.count, "one truth and one choice per row")
        counts = Array(repeating: Array(repeating: 0, count: classCount), count: classCount)
        for (truth, chosen) in zip(truth, chosen) { counts[truth][chosen] += 1 }
    }

    public var classCount: Int { counts.count }
    public var total: Int { counts.reduce(0) { $0 + $1.reduce(0, +) } }

    /// Share of rows where the choice is the truth.
    public var accuracy: Double? { ratio(counts.indices.reduce(0) { $0 + counts[$1][$1] }, total) }

    /// Share of the rows that chose `label` where it was true; nil where nothing chose it.
    public func precision(_ label: Int) -> Double? { ratio(counts[label][label], chosen(label)) }

    /// Share of the rows where `label` was true that chose it; nil where it never was.
    public func recall(_ label: Int) -> Double? { ratio(counts[label][label], actual(label)) }

    /// Harmonic mean of precision and recall, 2TP / (2TP + FP + FN); nil where the class was neither true nor chosen.
    public func f1(_ label: Int) -> Double? { ratio(2 * counts[label][label], chosen(label) + actual(label)) }

    /// Mean F1 over the classes that were true or chosen at least once (scikit-learn's `f1_score(average="macro")`).
    public var macroF1: Double? {
        let scores = counts.indices.compactMap(f1)
        return (scores.reduce(0, +) / Double(scores.count)).ifFinite
    }

    /// Rows where `label` was true.
    public func actual(_ label: Int) -> Int { counts[label].reduce(0, +) }

    /// Rows that chose `label`.
    public func chosen(_ label: Int) -> Int { counts.reduce(0) { $0 + $1[label] } }

    private func ratio(_ part: Int, _ whole: Int) -> Double? { (Double(part) / Double(whole)).ifFinite }
}
