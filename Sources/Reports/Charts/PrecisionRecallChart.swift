/// Precision over recall for one or more scores, both axes from 0 to 1.
public struct PrecisionRecallChart: Sendable {
    public var title: String
    /// x is recall, y is precision.
    public var curves: [ChartSeries]
    /// The precision of a random score: the share of positives.
    public var prevalence: Double?

    public init(title: String, curves: [ChartSeries], prevalence: Double? = nil) {
        self.title = title
        self.curves = curves
        self.prevalence = prevalence
    }

    public func svg() -> String {
        LineChart(
            title: title, x: Axis("recall", range: 0 ... 1), y: Axis("precision", range: 0 ... 1), series: curves,
            levels: prevalence.map { [.init("random score (\(SVGText.number($0)))", at: $0)] } ?? []
        ).svg()
    }
}
