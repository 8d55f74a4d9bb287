/// The simple anomaly scores that stand beside the reliability model, named as in reports.
public enum ReliabilityScores {
    public static let largest = "max robust z"
    public static let sumOfSquares = "sum of squared robust z"
    public static let bestColumn = "best single column"

    /// - Parameter frame: features `[row, feature]` row-major.
    public static func all(_ reference: ReliabilityReference, over frame: [Float]) -> [(name: String, scores: [Double])] {
        var scores = [
            (largest, reference.columns.largest(frame)), (sumOfSquares, reference.columns.sumOfSquares(frame)),
        ]
        if let column = reference.bestColumn { scores.append((bestColumn, reference.columns.single(column, of: frame))) }
        return scores
    }
}

/// The simple anomaly scores that stand beside the consensus latency model, named as in reports.
public enum LatencyScores {
    public static let robust = "robust z of the latest value"
    public static let movingQuantile = "moving quantile"

    /// - Parameters:
    ///   - histories: consensus latency `[window, step]` row-major, ms.
    ///   - links: the link of each window, as `node→peer`.
    public static func all(
        _ reference: LatencyReference, histories: [Double], windowLength: Int, links: [String]
    ) -> [(name: String, scores: [Double])] {
        [
            (robust, WindowScores.robustScore(histories, windowLength: windowLength, scales: links.map { reference.link($0) })),
            (movingQuantile, WindowScores.movingQuantile(histories, windowLength: windowLength)),
        ]
    }
}
