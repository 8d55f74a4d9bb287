/// Moves and stretches each feature: (value − center) / scale.
///
/// Fitted from a frame of training data, and there is no other way to make one but to decode a fitted one.
public protocol FeatureScaler: Sendable, Codable, Equatable {
    /// Per feature, in the feature's unit.
    var center: [Float] { get }
    /// Per feature, in the feature's unit; never 0.
    var scale: [Float] { get }
}

extension FeatureScaler {
    /// Scales rows of features, `[row, feature]`, row-major.
    public func scaled(_ values: some Collection<Float>) -> [Float] {
        precondition(
            values.count.isMultiple(of: center.count), "\(values.count) values are no rows of \(center.count) features")
        var feature = 0
        return values.map { value in
            defer { feature = feature + 1 == center.count ? 0 : feature + 1 }
            return (value - center[feature]) / scale[feature]
        }
    }
}

extension FeatureFrame where Role == Training {
    /// One feature over the given rows (all when nil), in float64.
    func feature(_ feature: Int, rows: [Int]?) -> [Double] {
        (rows ?? Array(0 ..< rowCount)).map { Double(values[$0 * featureCount + feature]) }
    }
}
