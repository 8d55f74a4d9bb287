/// Median 0 and interquartile range 1 on the training data, as scikit-learn's `RobustScaler`: quartiles interpolated
/// linearly, and scale 1 for a feature whose quartiles coincide.
public struct RobustScaler: FeatureScaler {
    /// Medians.
    public let center: [Float]
    /// Interquartile ranges.
    public let scale: [Float]

    /// - Parameter rows: the frame rows to fit to; all when nil. There must be at least one.
    public init(fittedTo frame: FeatureFrame<Training>, rows: [Int]? = nil) {
        precondition(!(rows?.isEmpty ?? (frame.rowCount == 0)), "a scaler cannot be fitted to no rows")
        let sorted = (0 ..< frame.featureCount).map { frame.feature($0, rows: rows).sorted() }
        center = sorted.map { Float(Self.quantile(0.5, of: $0)) }
        scale = sorted.map {
            let range = Self.quantile(0.75, of: $0) - Self.quantile(0.25, of: $0)
            return range < 10 * .ulpOfOne ? 1 : Float(range)
        }
    }

    /// Linear interpolation between order statistics (Hyndman and Fan's type 7, numpy's default).
    private static func quantile(_ share: Double, of sorted: [Double]) -> Double {
        let place = share * Double(sorted.count - 1)
        let below = Int(place)
        let above = min(below + 1, sorted.count - 1)
        return sorted[below] + (sorted[above] - sorted[below]) * (place - Double(below))
    }
}
