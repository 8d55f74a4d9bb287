/// Mean and standard deviation of one group of rows, such as one link in the training part.
public struct GroupScale: Sendable, Codable, Equatable {
    public var mean: Double
    /// Population standard deviation (divided by n).
    public var deviation: Double

    public init(mean: Double, deviation: Double) {
        self.mean = mean
        self.deviation = deviation
    }

    /// Nil for no values or one that is not finite.
    public init?(_ values: some Collection<Double>) {
        let count = Double(values.count)
        guard let mean = (values.reduce(0, +) / count).ifFinite else { return nil }
        // Equal values have no deviation, however their mean was rounded.
        let squares = values.allSatisfy { $0 == values.first } ? 0 : values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        self.init(mean: mean, deviation: (squares / count).squareRoot())
    }
}

/// Predicted and actual values in units of their group's deviation from its mean, so that fast and slow groups count alike.
///
/// A correlation pooled over groups of different sizes mostly measures which group a row belongs to; the correlation of
/// these pairs does not, and it does not change when a group's values are shifted or stretched.
public struct StandardisedPairs: Sendable, Equatable {
    /// The rows kept, ascending.
    public let rows: [Int]
    public let predicted: [Double]
    public let actual: [Double]
    /// Rows whose group has no scale or no deviation.
    public let leftOut: Int

    /// - Parameter scales: by group; nil where the training part does not know the group.
    public init(predicted: [Double], actual: [Double], group: [Int], scales: [GroupScale?]) {
        precondition(predicted.count == actual.count && group.count == actual.count, "one value and group per row")
        var rows: [Int] = [], standardPredicted: [Double] = [], standardActual: [Double] = []
        for row in actual.indices {
            guard let scale = scales[group[row]], scale.deviation > 0 else { continue }
            rows.append(row)
            standardPredicted.append((predicted[row] - scale.mean) / scale.deviation)
            standardActual.append((actual[row] - scale.mean) / scale.deviation)
        }
        (self.rows, self.predicted, self.actual) = (rows, standardPredicted, standardActual)
        leftOut = actual.count - rows.count
    }

    /// Pearson's correlation of the kept pairs.
    public var correlation: Double? { RegressionSums(predicted: predicted, actual: actual).correlation }
}
