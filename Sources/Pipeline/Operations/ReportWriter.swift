import Files
import Foundation
import Telemetry

/// Writes the reports of a run into its folders.
struct ReportWriter {
    let folder: RunFolder

    /// `comprehensive_evaluation_report.json`, `.md` and the plots that it shows.
    func writeEvaluation(_ models: [EvaluatedModel], testDataPath: String, data: DataSummary, date: String) throws {
        var plots: [ModelKind: [ReportPlot]] = [:]
        for model in models {
            let drawn = ReportPlot.evaluation(of: model)
            for plot in drawn { try AtomicFile.write(plot.svg, to: "\(folder.reports)/\(plot.file)") }
            plots[model.model] = drawn
        }
        let report = EvaluationReport(date: date, testDataPath: testDataPath, models: models, data: data)
        try AtomicFile.write(MarkdownReports.evaluation(models, data: data, plots: plots), to: folder.evaluationMarkdown)
        try ReportJSON.write(report, to: folder.evaluationReport)
    }

    /// `master_training_report.json`, `.md` and the loss curves.
    func writeMaster(_ report: MasterReport, options: TrainAllOptions) throws {
        for model in report.orderedModels {
            if let plot = ReportPlot.training(of: model) { try AtomicFile.write(plot.svg, to: folder.trainingPlot(model.model)) }
        }
        try AtomicFile.write(MarkdownReports.master(report, options: options), to: folder.masterMarkdown)
        try ReportJSON.write(report, to: folder.masterReport)
    }
}
