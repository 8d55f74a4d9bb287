/// Robust z-scores of the columns of a table: (x − median) / (IQR / 1.349), which is the ordinary z-score for normal data
/// but does not feel outliers.
public struct RobustColumns: Sendable, Codable, Equatable {
    /// Median of each column.
    public let centers: [Double]
    /// IQR / 1.349 of each column; the standard deviation where the IQR is 0, and 1 where that is 0 too.
    public let scales: [Double]

    /// The width of the interquartile range of the standard normal distribution.
    private static let normalRange = 1.348_979_500_392_163_5

    /// - Parameter frame: row-major `[row, column]`.
    /// - Returns: nil for no rows or a value that is not finite.
    public init?(_ frame: [Float], columnCount: Int) {
        precondition(columnCount > 0 && frame.count % columnCount == 0, "\(frame.count) values, \(columnCount) a row")
        guard frame.allSatisfy(\.isFinite) else { return nil }
        var centers: [Double] = [], scales: [Double] = []
        for column in 0 ..< columnCount {
            let values = stride(from: column, to: frame.count, by: columnCount).map { Double(frame[$0]) }.sorted()
            guard let median = quantile(ofSorted: values, 0.5), let low = quantile(ofSorted: values, 0.25),
                let high = quantile(ofSorted: values, 0.75), let spread = GroupScale(values)
            else { return nil }
            centers.append(median)
            let deviation = spread.deviation > 0 ? spread.deviation : 1
            scales.append(high > low ? (high - low) / Self.normalRange : deviation)
        }
        (self.centers, self.scales) = (centers, scales)
    }

    /// The largest |z| of each row.
    public func largest(_ frame: [Float]) -> [Double] {
        rows(frame) { row in row.reduce(0) { max($0, abs($1)) } }
    }

    /// The sum of z² of each row.
    public func sumOfSquares(_ frame: [Float]) -> [Double] {
        rows(frame) { row in row.reduce(0) { $0 + $1 * $1 } }
    }

    /// |z| of one column.
    public func single(_ column: Int, of frame: [Float]) -> [Double] {
        rows(frame) { abs($0[column]) }
    }

    /// The column whose |z| alone has the highest average precision; choose it on validation. Nil where none has any.
    public func bestSingleColumn(_ frame: [Float], labels: [Bool]) -> Int? {
        var best: (column: Int, precision: Double)?
        for column in centers.indices {
            let ranked = RankedScores(scores: single(column, of: frame), labels: labels)
            guard let precision = ranked?.averagePrecision() else { continue }
            if precision > best?.precision ?? -1 { best = (column, precision) }
        }
        return best?.column
    }

    /// One number from the z-scores of each row; NaN in, NaN out.
    private func rows(_ frame: [Float], _ summarise: ([Double]) -> Double) -> [Double] {
        precondition(frame.count % centers.count == 0, "\(frame.count) values, \(centers.count) a row")
        return stride(from: 0, to: frame.count, by: centers.count).map { start in
            let scores = centers.indices.map { (Double(frame[start + $0]) - centers[$0]) / scales[$0] }
            return scores.allSatisfy { !$0.isNaN } ? summarise(scores) : .nan
        }
    }
}
