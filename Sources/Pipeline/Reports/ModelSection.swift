import Evaluation
import Foundation
import Reports
import Telemetry

/// One model's section in the evaluation report.
struct ModelSection {
    let model: EvaluatedModel
    let plots: [ReportPlot]
    /// Leaves out what folds open, for a report that would grow too large.
    let isBrief: Bool

    func write(to document: inout Markdown) {
        let judgement = model.judgement
        document.heading("\(ReportText.name(model.model)): \(model.verdict.rawValue)", level: 2)
        document.list(ReportText.bounded(model.misses + model.reasons.map { ReportText.escaped($0) }, limit: 12))
        document.list(ReportText.bounded(judgement.warnings.map { "⚠️ " + ReportText.escaped($0) }, limit: 10))
        if judgement.testRows > 0 {
            document.paragraph(
                "Judged on \(ReportText.grouped(judgement.testRows)) test rows or windows in "
                    + "\(ReportText.grouped(judgement.units)) independent units (\(judgement.unitsNeeded) needed).")
        }
        for plot in plots { document.image(plot.caption, path: plot.file) }
        guard !isBrief else { return }
        document.details("\(ReportText.name(model.model)): all metrics, baselines, link types, files") { inner in
            metrics(&inner)
            baselines(&inner)
            linkTypes(&inner)
            counts(&inner)
            files(&inner)
        }
    }

    private func metrics(_ document: inout Markdown) {
        let judgement = model.judgement
        guard !judgement.metrics.isEmpty else { return }
        document.table(
            ["Metric", "Result", "95 % interval", "Random score", "Definition"],
            judgement.metrics.filter { !EvaluatedModel.timedMetrics.contains($0.name) }.prefix(30).map { metric in
                [
                    "`\(metric.name)`", ReportText.value(metric.value, unit: metric.unit),
                    ReportText.interval(metric.lower, metric.upper, unit: metric.unit),
                    judgement.randomControl[metric.name].map { ReportText.value($0, unit: metric.unit) } ?? "–",
                    ReportText.escaped(metric.definition, limit: 200),
                ]
            }, numeric: [1, 2, 3])
    }

    private func baselines(_ document: inout Markdown) {
        let judgement = model.judgement
        guard !judgement.baselines.isEmpty else { return }
        let gated = model.shownMetrics
        document.table(
            ["Baseline", "Kind"] + gated.map { "`\($0.name)`" } + ["Model's lead", "Beaten"],
            judgement.baselines.prefix(20).map { baseline in
                let lead = ReportText.value(baseline.difference, unit: "")
                let range = ReportText.interval(baseline.lower, baseline.upper, unit: "")
                return [ReportText.escaped(baseline.name, limit: 60), baseline.strength.rawValue]
                    + gated.map { ReportText.value(baseline.metrics[$0.name], unit: $0.unit) }
                    + ["\(lead) (\(range)) on `\(baseline.comparedOn)`", baseline.beaten ? "yes" : "**no**"]
            }, numeric: Set(2 ..< 2 + gated.count))
    }

    private func linkTypes(_ document: inout Markdown) {
        let groups = model.judgement.perLinkType
        guard !groups.isEmpty else { return }
        let gated = model.shownMetrics
        document.table(
            ["Link type", "Rows"] + gated.map { "`\($0.name)`" },
            groups.prefix(12).map { group in
                [ReportText.escaped(group.name, limit: 40), ReportText.grouped(group.rows)]
                    + gated.map { ReportText.value(group.metrics[$0.name], unit: $0.unit) }
            }, numeric: Set(1 ..< 2 + gated.count))
    }

    private func counts(_ document: inout Markdown) {
        let leftOut = model.judgement.leftOut.sorted { $0.key < $1.key }
        document.list(
            ReportText.bounded(
                leftOut.map { "Left out: \(ReportText.grouped($0.value)) × \(ReportText.escaped($0.key))" }, limit: 10))
        let settings = model.judgement.settings.sorted { $0.key < $1.key }
        document.list(
            ReportText.bounded(settings.map { "`\($0.key)`: \(ReportText.plain($0.value))" }, limit: 20))
    }

    private func files(_ document: inout Markdown) {
        guard !model.artifacts.isEmpty else { return }
        document.table(
            ["File", "Bytes", "SHA-256", "Largest difference when executed again"],
            model.artifacts.map { artifact in
                let difference = artifact.reexecutedDifference.map { String(format: "%.1e", $0) } ?? "not executed"
                return [
                    "`\(artifact.file)`", ReportText.grouped(artifact.bytes), "`\(artifact.sha256.prefix(16))…`", difference,
                ]
            }, numeric: [1, 3])
        // The only line of the section that states a time.
        if let p99 = model.inferenceP99Milliseconds {
            document.paragraph("Time of a single inference, 99th percentile: \(ReportText.value(p99, unit: "ms")) (time).")
        }
    }
}
