import Evaluation
import Foundation
import Telemetry

/// The verdicts as a plain table for the terminal.
enum ResultTable {
    static func text(_ models: [EvaluatedModel]) -> String {
        var rows = [["model", "verdict", "metric", "target", "result", "95 % interval"]]
        for model in models {
            let gated = model.shownMetrics
            if gated.isEmpty {
                rows.append([ReportText.name(model.model), model.verdict.rawValue, model.reasons.first ?? "", "", "", ""])
            }
            for (index, metric) in gated.enumerated() {
                rows.append([
                    index == 0 ? ReportText.name(model.model) : "", index == 0 ? model.verdict.rawValue : "", metric.name,
                    metric.gate.map(ReportText.target) ?? "", ReportText.value(metric.value, unit: metric.unit),
                    ReportText.interval(metric.lower, metric.upper, unit: metric.unit),
                ])
            }
        }
        // A reason in the metric's column is as long as it is and must not widen the table.
        let widths = rows[0].indices.map { column in
            rows.filter { column != 2 || !$0[3].isEmpty }.map { $0[column].count }.max() ?? 0
        }
        return rows.map { row in
            let cells = zip(row, widths).map { $0.padding(toLength: max($1, $0.count), withPad: " ", startingAt: 0) }
            var line = cells.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}
