import Evaluation
import Learners
import Reports
import Telemetry

/// A plot beside a Markdown report.
struct ReportPlot {
    /// File name, in the report's folder or below it.
    var file: String
    var caption: String
    var svg: String

    /// The plots that matter for a model, at most six.
    static func evaluation(of model: EvaluatedModel) -> [ReportPlot] {
        let stem = model.model.fileStem
        let name = ReportText.name(model.model)
        let data = model.judgement.plots
        var plots: [ReportPlot] = []
        func add(_ suffix: String, _ caption: String, _ svg: (String) -> String) {
            plots.append(ReportPlot(file: "\(stem)_\(suffix).svg", caption: caption, svg: svg(caption)))
        }
        if !data.scatter.isEmpty {
            add("scatter", "\(name): predicted against actual") { scatter(data.scatter, title: $0) }
        }
        for (index, forecast) in data.forecasts.prefix(4).enumerated() {
            add("forecast_\(index + 1)", "\(name): \(forecast.title)") { self.forecast(forecast, title: $0) }
        }
        if !data.confusion.isEmpty {
            add("confusion", "\(name): chosen level against the oracle's") { confusion(data.confusion, title: $0) }
        }
        if !data.relativeTimes.isEmpty {
            add("times", "\(name): mean time per block relative to the oracle's") { times(data.relativeTimes, title: $0) }
        }
        if !data.precisionRecall.isEmpty {
            add("precision_recall", "\(name): precision over recall") { title in
                precisionRecall(model.judgement, title: title)
            }
        }
        for (index, timeline) in data.timelines.prefix(4).enumerated() {
            add("timeline_\(index + 1)", "\(name): \(timeline.title)") { self.timeline(timeline, title: $0) }
        }
        return plots
    }

    /// The loss over the epochs; nil for a model without epochs.
    static func training(of report: ModelReport) -> ReportPlot? {
        guard !report.history.isEmpty else { return nil }
        let caption = "\(ReportText.name(report.model)): loss by epoch"
        let epochs = report.history.map { Double($0.epoch) }
        let chart = LineChart(
            title: caption, x: Axis("epoch"), y: Axis("loss", scale: .logarithmic),
            series: [
                ChartSeries("training", x: epochs, y: report.history.map(\.loss)),
                ChartSeries("validation", x: epochs, y: report.history.map(\.validationLoss)),
            ],
            moments: report.bestEpoch > 0 ? [.init("best epoch (\(report.bestEpoch))", at: Double(report.bestEpoch))] : [])
        return ReportPlot(file: "\(report.model.fileStem)_training.svg", caption: caption, svg: chart.svg())
    }

    // MARK: One chart each

    private static func points(_ points: [PlotData.Point]) -> [ChartPoint] { points.map { ChartPoint(x: $0.x, y: $0.y) } }

    private static func scatter(_ pairs: [PlotData.Point], title: String) -> String {
        // Fast and slow links count alike: values are standardised per link, as the gated correlation is.
        ScatterChart(
            title: title, x: Axis("actual throughput, standardised per link", unit: "deviations"),
            y: Axis("predicted", unit: "deviations"), points: points(pairs), pointsName: "test windows (sample)"
        ).svg()
    }

    private static func forecast(_ forecast: PlotData.Forecast, title: String) -> String {
        let time = TimeScale(covering: forecast.seconds)
        let x = forecast.seconds.map(time.scaled)
        return LineChart(
            title: title, x: time.axis, y: Axis("throughput", unit: "Mbit/s"),
            series: [
                ChartSeries("actual", x: x, y: forecast.actual), ChartSeries("predicted", x: x, y: forecast.predicted),
                ChartSeries("last value", x: x, y: forecast.lastValue),
            ]
        ).svg()
    }

    private static func confusion(_ counts: [[Int]], title: String) -> String {
        let columns = counts.map(\.count).max() ?? 0
        let square = counts.map { $0 + Array(repeating: 0, count: columns - $0.count) }
        return MatrixChart(
            title: title, rowsLabel: "oracle's level", columnsLabel: "chosen level", rowNames: square.indices.map(String.init),
            columnNames: (0 ..< columns).map(String.init), counts: square
        ).svg()
    }

    private static func times(_ values: [PlotData.NamedValue], title: String) -> String {
        BarChart(
            title: title, value: Axis("time relative to the oracle's (1 = perfect)"),
            bars: values.map { .init($0.name, $0.value, isHighlighted: $0.name == "model") },
            reference: .init("oracle", at: 1)
        ).svg()
    }

    private static func precisionRecall(_ judgement: ModelJudgement, title: String) -> String {
        var curves = [ChartSeries("model", points: points(judgement.plots.precisionRecall))]
        if !judgement.plots.precisionRecallBaseline.isEmpty {
            curves.append(ChartSeries("best strong baseline", points: points(judgement.plots.precisionRecallBaseline)))
        }
        return PrecisionRecallChart(title: title, curves: curves, prevalence: judgement.randomControl["pr_auc"]).svg()
    }

    private static func timeline(_ timeline: PlotData.Timeline, title: String) -> String {
        let time = TimeScale(covering: timeline.seconds)
        let labelled = timeline.labelled.compactMap { bounds -> ClosedRange<Double>? in
            guard bounds.count == 2, bounds[0] <= bounds[1] else { return nil }
            return time.scaled(bounds[0]) ... time.scaled(bounds[1])
        }
        let values = zip(timeline.seconds, timeline.score).map { ChartPoint(x: time.scaled($0), y: $1) }
        // Reconstruction errors span decades; on a linear axis everything near the threshold would lie on the ground.
        let spansDecades = timeline.threshold > 0 && (timeline.score.max() ?? 0) > 20 * timeline.threshold
        let score = Axis("anomaly score", scale: spansDecades ? .logarithmic : .linear)
        return TimelineChart(
            title: title, time: time.axis, score: score, points: values, threshold: timeline.threshold,
            labelled: labelled
        ).svg()
    }
}

/// Seconds, minutes or hours, whichever reads best over a span.
private struct TimeScale {
    private let divisor: Double
    private let unit: String

    init(covering seconds: [Double]) {
        let span = (seconds.max() ?? 0) - (seconds.min() ?? 0)
        (divisor, unit) = span > 3 * 3_600 ? (3_600, "h") : span > 300 ? (60, "min") : (1, "s")
    }

    var axis: Axis { Axis("time", unit: unit) }
    func scaled(_ seconds: Double) -> Double { seconds / divisor }
}
