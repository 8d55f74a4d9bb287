/// Mean 0 and deviation 1 on the training data, as scikit-learn's `StandardScaler`: population deviation, and scale 1 for a
/// feature that is constant up to rounding.
public struct StandardScaler: FeatureScaler {
    /// Means.
    public let center: [Float]
    /// Standard deviations.
    public let scale: [Float]

    /// - Parameter rows: the frame rows to fit to, for example the normal ones; all when nil. There must be at least one.
    public init(fittedTo frame: FeatureFrame<Training>, rows: [Int]? = nil) {
        precondition(!(rows?.isEmpty ?? (frame.rowCount == 0)), "a scaler cannot be fitted to no rows")
        let moments = (0 ..< frame.featureCount).map { Self.moments(frame.feature($0, rows: rows)) }
        center = moments.map { Float($0.mean) }
        scale = moments.map { Float($0.deviation) }
    }

    private static func moments(_ values: [Double]) -> (mean: Double, deviation: Double) {
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
        // scikit-learn's bound on the rounding that the variance of a constant carries (Chan, Golub, LeVeque 1983).
        let rounding = count * .ulpOfOne * variance + (count * mean * .ulpOfOne) * (count * mean * .ulpOfOne)
        return (mean, variance <= rounding ? 1 : variance.squareRoot())
    }
}
