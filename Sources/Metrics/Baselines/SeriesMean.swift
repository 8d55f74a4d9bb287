/// Forecasts every value of a series by its mean in the training part.
public struct SeriesMean: Sendable, Codable, Equatable {
    /// By series name.
    public let means: [String: Double]
    /// For series the training part does not know.
    public let overall: Double

    /// - Returns: nil for no values or one that is not finite.
    public init?(series: [String], values: [Double]) {
        precondition(series.count == values.count, "one series per value")
        guard let overall = (values.reduce(0, +) / Double(values.count)).ifFinite else { return nil }
        var sums: [String: (total: Double, count: Double)] = [:]
        for (name, value) in zip(series, values) {
            sums[name, default: (0, 0)].total += value
            sums[name, default: (0, 0)].count += 1
        }
        means = sums.mapValues { $0.total / $0.count }
        self.overall = overall
    }

    public func predict(series: [String]) -> [Double] { series.map { means[$0] ?? overall } }
}
