/// A score over time with its alarm threshold, and the labelled intervals shaded.
public struct TimelineChart: Sendable {
    public var title: String
    public var time: Axis
    public var score: Axis
    public var points: [ChartPoint]
    public var threshold: Double
    public var labelled: [ClosedRange<Double>]

    public init(
        title: String, time: Axis, score: Axis, points: [ChartPoint], threshold: Double, labelled: [ClosedRange<Double>]
    ) {
        self.title = title
        self.time = time
        self.score = score
        self.points = points
        self.threshold = threshold
        self.labelled = labelled
    }

    public func svg() -> String {
        LineChart(
            title: title, x: time, y: score, series: [ChartSeries(score.label, points: points)],
            levels: [.init("alarm threshold (\(SVGText.number(threshold)))", at: threshold)], intervals: labelled,
            intervalsName: "labelled incident"
        ).svg()
    }
}
