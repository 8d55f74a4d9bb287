import Evaluation
import Reports
import Telemetry

/// The start of every Markdown report: the verdict and one table that fits a screen.
enum VerdictTable {
    static func write(title: String, models: [EvaluatedModel], to document: inout Markdown) {
        let recommendation = Recommendation(for: models)
        document.heading("\(title): \(recommendation.rawValue)")
        let passed = models.filter(\.success).count
        var line = "**\(passed) of \(models.count) models passed.**"
        let others = models.filter { !$0.success }.map { "\(ReportText.name($0.model)) (\($0.verdict.rawValue))" }
        if !others.isEmpty { line += " Not passed: \(others.joined(separator: ", "))." }
        document.paragraph(line)
        document.table(
            ["Model", "Verdict", "Metric", "Target", "Result", "95 % interval", "Best baseline"], models.flatMap(rows),
            numeric: [3, 4, 5])
    }

    private static func rows(_ model: EvaluatedModel) -> [[String]] {
        let gated = model.shownMetrics
        guard !gated.isEmpty else {
            let reason = ReportText.escaped(model.reasons.first ?? "nothing was measured", limit: 120)
            return [[ReportText.name(model.model), ReportText.verdict(model.verdict), reason, "–", "–", "–", "–"]]
        }
        return gated.enumerated().map { index, metric in
            let isFirst = index == 0
            let result = ReportText.value(metric.value, unit: metric.unit)
            let baseline = metric.gate.flatMap { model.bestBaseline(on: $0) }.map {
                "\(ReportText.escaped($0.baseline.name, limit: 40)) \(ReportText.value($0.value, unit: metric.unit))"
            }
            return [
                isFirst ? ReportText.name(model.model) : "", isFirst ? ReportText.verdict(model.verdict) : "",
                "`\(metric.name)`", metric.gate.map(ReportText.target) ?? "–",
                metric.reached == true ? result : "**\(result)**",
                ReportText.interval(metric.lower, metric.upper, unit: metric.unit), baseline ?? "–",
            ]
        }
    }
}
