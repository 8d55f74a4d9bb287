/// Robust z-scores of the columns of a table, each against its `GroupScale(robust:)`: median and IQR / 1.349.
public struct RobustColumns: Sendable, Codable, Equatable {
    /// By column.
    public let scales: [GroupScale]

    /// - Parameter frame: row-major `[row, column]`.
    /// - Returns: nil for no rows or a value that is not finite.
    public init?(_ frame: [Float], columnCount: Int) {
        precondition(columnCount > 0 && frame.count % columnCount == 0, "\(frame.count) values, \(columnCount) a row")
        let scales = (0 ..< columnCount).compactMap { column in
            GroupScale(robust: stride(from: column, to: frame.count, by: columnCount).map { Double(frame[$0]) })
        }
        guard scales.count == columnCount else { return nil }
        self.scales = scales
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
        for column in scales.indices {
            let ranked = RankedScores(scores: single(column, of: frame), labels: labels)
            guard let precision = ranked?.averagePrecision() else { continue }
            if precision > best?.precision ?? -1 { best = (column, precision) }
        }
        return best?.column
    }

    /// One number from the z-scores of each row; NaN in, NaN out.
    private func rows(_ frame: [Float], _ summarise: ([Double]) -> Double) -> [Double] {
        precondition(frame.count % scales.count == 0, "\(frame.count) values, \(scales.count) a row")
        return stride(from: 0, to: frame.count, by: scales.count).map { start in
            let scores = scales.indices.map { scales[$0].standardised(Double(frame[start + $0])) }
            return scores.allSatisfy { !$0.isNaN } ? summarise(scores) : .nan
        }
    }
}
