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
            standardPredicted.append(scale.standardised(predicted[row]))
            standardActual.append(scale.standardised(actual[row]))
        }
        (self.rows, self.predicted, self.actual) = (rows, standardPredicted, standardActual)
        leftOut = actual.count - rows.count
    }

    /// The sums of each unit over the kept rows, for the correlation's interval. `units` are units of all rows.
    public func totals(_ units: Units) -> UnitTotals<RegressionSums> {
        var sums = [RegressionSums](repeating: RegressionSums(), count: units.unitOfRow.count)
        for (place, row) in rows.enumerated() {
            sums[row] = RegressionSums(predicted: predicted[place], actual: actual[place])
        }
        return UnitTotals(units) { sums[$0] }
    }

    /// Pearson's correlation of the kept pairs.
    public var correlation: Double? { RegressionSums(predicted: predicted, actual: actual).correlation }
}
