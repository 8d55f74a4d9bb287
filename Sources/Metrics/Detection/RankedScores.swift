/// Anomaly scores with their labels, sorted once: rank metrics of many resamples then cost one pass each.
///
/// A row is an alarm when its score is at least the threshold. Rows of equal score are alarms together, in any order.
public struct RankedScores: Sendable {
    /// Highest score first.
    private let scores: [Double]
    private let isPositive: [Bool]
    /// The resampling unit of each entry.
    private let units: [Int]

    /// - Parameters:
    ///   - labels: true for abnormal rows.
    ///   - units: needed for resampling only.
    /// - Returns: nil for no rows or a score that is not finite.
    public init?(scores: [Double], labels: [Bool], units: Units? = nil) {
        precondition(scores.count == labels.count, "one score and one label per row")
        precondition(units.map { $0.unitOfRow.count == scores.count } ?? true, "one unit per row")
        guard !scores.isEmpty, scores.allSatisfy(\.isFinite) else { return nil }
        // By row where scores are equal, so that sums are added in one order.
        let order = scores.indices.sorted { scores[$0] == scores[$1] ? $0 < $1 : scores[$0] > scores[$1] }
        self.scores = order.map { scores[$0] }
        isPositive = order.map { labels[$0] }
        self.units = order.map { units?.unitOfRow[$0] ?? $0 }
    }

    /// Area under the precision-recall curve as average precision, Σ (Rₙ − Rₙ₋₁) Pₙ over falling thresholds, exactly as
    /// scikit-learn's `average_precision_score`: steps, no interpolation between points. Chance is the share of positives.
    ///
    /// - Parameter weights: how often each unit counts, none means once.
    /// - Returns: nil where no row is positive.
    public func averagePrecision(weights: [Double]? = nil) -> Double? {
        var area = 0.0, before = 0.0
        let (positives, _) = forEachThreshold(weights: weights) { _, found, falseAlarms in
            if found > before { area += (found - before) * found / (found + falseAlarms) }
            before = found
        }
        return (area / positives).ifFinite
    }

    /// Area under the ROC curve: the chance that an abnormal row scores above a normal one, ties counting half.
    ///
    /// - Returns: nil where no row is positive or no row is negative.
    public func rocAUC(weights: [Double]? = nil) -> Double? {
        var area = 0.0, found = 0.0, falseAlarms = 0.0
        let (positives, negatives) = forEachThreshold(weights: weights) { _, nowFound, nowFalse in
            area += (nowFalse - falseAlarms) * (nowFound + found) / 2
            (found, falseAlarms) = (nowFound, nowFalse)
        }
        return (area / (positives * negatives)).ifFinite
    }

    /// Precision over recall, from the highest threshold down, thinned to at most `maximumPoints` points spread evenly over
    /// recall; the first and the last threshold stay. Empty where no row is positive.
    public func precisionRecallCurve(maximumPoints: Int = 200) -> [PrecisionRecallPoint] {
        precondition(maximumPoints >= 2, "a curve has at least two points")
        let positives = Double(isPositive.count { $0 })
        guard positives > 0 else { return [] }
        var points: [PrecisionRecallPoint] = []
        forEachThreshold(weights: nil) { threshold, found, falseAlarms in
            points.append(PrecisionRecallPoint(
                recall: found / positives, precision: found / (found + falseAlarms), threshold: threshold))
        }
        guard points.count > maximumPoints, let first = points.first, let last = points.last else { return points }
        // One point per step of recall beyond the first: the highest threshold that reaches the step.
        var thinned = [first], step = 1
        let steps = maximumPoints - 1
        for point in points.dropFirst().dropLast() where step < steps {
            guard point.recall * Double(steps) >= Double(step) else { continue }
            thinned.append(point)
            step = Int(point.recall * Double(steps)) + 1
        }
        return thinned + [last]
    }

    /// Calls `body` with each distinct score as threshold, highest first, and the weight of positives and negatives at or
    /// above it; returns the weights of all positives and negatives.
    @discardableResult
    private func forEachThreshold(
        weights: [Double]?, _ body: (_ threshold: Double, _ found: Double, _ falseAlarms: Double) -> Void
    ) -> (positives: Double, negatives: Double) {
        var found = 0.0, falseAlarms = 0.0
        for entry in scores.indices {
            let weight = weights?[units[entry]] ?? 1
            if isPositive[entry] { found += weight } else { falseAlarms += weight }
            if entry + 1 == scores.count || scores[entry + 1] != scores[entry] { body(scores[entry], found, falseAlarms) }
        }
        return (found, falseAlarms)
    }
}

/// One threshold of a precision-recall curve.
public struct PrecisionRecallPoint: Sendable, Codable, Equatable {
    public var recall: Double
    public var precision: Double
    /// Rows that score at least this are alarms.
    public var threshold: Double

    public init(recall: Double, precision: Double, threshold: Double) {
        (self.recall, self.precision, self.threshold) = (recall, precision, threshold)
    }
}
