import Evaluation
import Foundation
import Learners
import Reports
import Telemetry

/// The Markdown reports of a run. Each starts with the verdict and one table, stays below `sizeLimit`, and differs between two
/// runs on the same input only in lines that state a time.
enum MarkdownReports {
    /// Bytes; a pull-request comment takes 65,536 characters.
    static let sizeLimit = 60_000

    /// `master_training_report.md`: verdict, training of each model, data, settings, how to reproduce.
    static func master(_ report: MasterReport, options: TrainAllOptions) -> String {
        var document = Markdown()
        let models = report.orderedModels
        VerdictTable.write(title: "DWCP training report", models: models.map(\.evaluation), to: &document)
        let readiness = report.productionReadiness
        document.list([
            "Every artifact was executed again from disk and agreed with its trainer: \(yes(readiness.integrationTestsPassed)).",
            "Every ONNX file meets the client contract: \(yes(readiness.goApiCompatibility)).",
            "Run \(report.trainingSession), \(ProgressState.duration(report.totalTrainingTimeSeconds)) in all (time).",
        ])
        for model in models { training(model, to: &document) }
        data(report.dataSummary, to: &document)
        settings(options, to: &document)
        document.heading("How to reproduce", level: 2)
        document.code(ReproduceCommand.shellText(options.reproduceArguments), language: "sh")
        document.paragraph(
            "Fingerprints of data, schema and every artifact are in `run_manifest.json`, the judgement in detail with its plots in "
                + "`comprehensive_evaluation_report.md`.")
        return document.text
    }

    /// `comprehensive_evaluation_report.md`: verdict, then each model with its plots.
    static func evaluation(_ models: [EvaluatedModel], data summary: DataSummary, plots: [ModelKind: [ReportPlot]]) -> String {
        let full = evaluation(models, data: summary, plots: plots, isBrief: false)
        return full.utf8.count < sizeLimit ? full : evaluation(models, data: summary, plots: plots, isBrief: true)
    }

    private static func evaluation(
        _ models: [EvaluatedModel], data summary: DataSummary, plots: [ModelKind: [ReportPlot]], isBrief: Bool
    ) -> String {
        var document = Markdown()
        VerdictTable.write(title: "DWCP evaluation report", models: models, to: &document)
        for model in models {
            ModelSection(model: model, plots: plots[model.model] ?? [], isBrief: isBrief).write(to: &document)
        }
        data(summary, to: &document)
        return document.text
    }

    // MARK: Sections

    private static func training(_ report: ModelReport, to document: inout Markdown) {
        document.heading("\(ReportText.name(report.model)): \(report.evaluation.verdict.rawValue)", level: 2)
        document.list(ReportText.bounded(report.evaluation.explanations, limit: 12))
        let warnings = report.evaluation.judgement.warnings.map { "⚠️ " + ReportText.escaped($0) }
        document.list(ReportText.bounded(warnings, limit: 10))
        guard !report.evaluation.artifacts.isEmpty else { return }
        var facts: [String] = []
        if let last = report.history.last {
            facts.append("\(last.epoch) epochs, weights of epoch \(report.bestEpoch) kept.")
        }
        if let seconds = report.evaluation.trainingSeconds {
            facts.append("Trained in \(ProgressState.duration(seconds)) (time).")
        }
        let files = report.evaluation.artifacts.map { "`\($0.file)` (\(ReportText.grouped($0.bytes)) bytes)" }
        facts.append("Files: \(files.joined(separator: ", ")).")
        document.list(facts)
        if let plot = ReportPlot.training(of: report) { document.image(plot.caption, path: "logs/\(plot.file)") }
        document.details("\(ReportText.name(report.model)): hyperparameters and features") { inner in
            let values = report.hyperparameters.sorted { $0.key < $1.key }
            inner.table(
                ["Hyperparameter", "Value"], values.prefix(40).map { ["`\($0.key)`", ReportText.plain($0.value)] },
                numeric: [1])
            let features = report.settings.features.prefix(80).map { "`\($0)`" }
            inner.paragraph("\(report.settings.features.count) features: \(features.joined(separator: ", "))")
        }
    }

    private static func data(_ summary: DataSummary, to document: inout Markdown) {
        document.heading("Data", level: 2)
        var facts = [
            "\(ReportText.grouped(summary.rows)) rows of \(ReportText.grouped(summary.links)) links, "
                + "\(summary.firstTime) to \(summary.lastTime), \(ReportText.grouped(summary.incidents)) labelled incidents, "
                + "schema \(ReportText.escaped(summary.schemaVersion))."
        ]
        let types = summary.rowsByLinkType.prefix(12).map { "\(ReportText.escaped($0.name)) \(ReportText.grouped($0.count))" }
        if !types.isEmpty { facts.append("Rows by link type: \(types.joined(separator: ", ")).") }
        document.list(facts + ReportText.bounded(summary.warnings.map { "⚠️ " + ReportText.escaped($0) }, limit: 12))
        guard !summary.parts.isEmpty else { return }
        document.table(
            ["Part", "From", "To", "Rows"],
            summary.parts.map { [$0.name, $0.firstTime, $0.lastTime, ReportText.grouped($0.rows)] }, numeric: [3])
    }

    private static func settings(_ options: TrainAllOptions, to document: inout Markdown) {
        document.heading("Settings", level: 2)
        var rows = [
            ["seed", "\(options.training.seed)"],
            ["precision", options.training.precision.rawValue],
            ["gate rule", options.training.gateRule.rawValue],
            ["formats", options.training.exportFormats.map(\.rawValue).joined(separator: ", ")],
        ]
        func add(_ name: String, _ value: (some CustomStringConvertible)?) {
            if let value { rows.append([name, value.description]) }
        }
        add("epochs", options.training.epochs)
        add("batch size", options.training.batchSize)
        for (name, value) in options.training.hyperparameters.sorted(by: { $0.key < $1.key }) {
            add("`\(name)`", ReportText.plain(value))
        }
        document.table(["Setting", "Value"], rows)
        document.paragraph("What is not listed has the schema's default. Thread counts never change a result.")
    }

    private static func yes(_ value: Bool) -> String { value ? "yes" : "**no**" }
}

extension TrainAllOptions {
    /// The arguments that give the same artifacts again, whatever the folders are called.
    var reproduceArguments: [String] {
        var arguments = ["dwcp", "train-all", "--data-path", data.dataPath]
        func add(_ flag: String, _ value: (some CustomStringConvertible)?) {
            if let value { arguments += [flag, value.description] }
        }
        add("--incidents-path", data.incidentsPath)
        add("--schema", data.schemaPath)
        add("--models", models.map(\.rawValue).joined(separator: ","))
        add("--seed", training.seed)
        add("--precision", training.precision.rawValue)
        add("--epochs", training.epochs)
        add("--batch-size", training.batchSize)
        add("--target-accuracy", targets.accuracy)
        add("--target-mape", targets.mape)
        add("--target-pr-auc", targets.prAUC)
        add("--max-fp-rate", targets.maximumFalsePositiveRate)
        add("--gate", training.gateRule.rawValue)
        add("--export-format", training.exportFormats.map(\.rawValue).joined(separator: ","))
        for (name, value) in training.hyperparameters.sorted(by: { $0.key < $1.key }) { add("--set", "\(name)=\(value)") }
        return arguments
    }
}
