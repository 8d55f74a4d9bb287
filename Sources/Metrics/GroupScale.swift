/// Center and spread of one group of values, such as one link's in the training part or one column's.
public struct GroupScale: Sendable, Codable, Equatable {
    public var center: Double
    public var deviation: Double

    public init(center: Double, deviation: Double) {
        self.center = center
        self.deviation = deviation
    }

    /// Mean and population standard deviation (divided by n). Nil for no values or one that is not finite.
    public init?(_ values: some Collection<Double>) {
        let count = Double(values.count)
        guard let mean = (values.reduce(0, +) / count).ifFinite else { return nil }
        // Equal values have no deviation, however their mean was rounded.
        let squares = values.allSatisfy { $0 == values.first } ? 0 : values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        self.init(center: mean, deviation: (squares / count).squareRoot())
    }

    /// Median and IQR / 1.349, which for normal data are mean and standard deviation but do not feel outliers. The spread is
    /// the standard deviation where the IQR is 0, and 1 where that is 0 too. Nil for no values or one that is not finite.
    public init?(robust values: some Collection<Double>) {
        guard let plain = GroupScale(values) else { return nil }
        let sorted = values.sorted()
        guard let median = quantile(ofSorted: sorted, 0.5), let low = quantile(ofSorted: sorted, 0.25),
            let high = quantile(ofSorted: sorted, 0.75)
        else { return nil }
        // The width of the interquartile range of the standard normal distribution.
        let normalRange = 1.348_979_500_392_163_5
        let fallback = plain.deviation > 0 ? plain.deviation : 1
        self.init(center: median, deviation: high > low ? (high - low) / normalRange : fallback)
    }

    /// How many deviations `value` lies above the center.
    func standardised(_ value: Double) -> Double { (value - center) / deviation }
}
