import Evaluation
import Foundation
public import Learners
import Telemetry
public import TensorCore

/// `dwcp train <model>`: trains one model and writes its report beside the artifact.
public enum TrainModel {
    /// Trains, writes and judges a model on some threads and tells what happens.
    public typealias Training = (
        TrainModelOptions, ThreadBudget, @escaping @Sendable (TrainingEvent) -> Void
    ) async throws -> ModelReport

    /// - Parameters:
    ///   - isSupervised: whether an orchestrator started this process, which then tells it how many threads to use.
    ///   - plotDataPath: where the numbers behind the plots go, for the process that writes the reports; nowhere when absent.
    ///   - train: replaced by tests.
    public static func run(
        _ options: TrainModelOptions, isSupervised: Bool = false, plotDataPath: String? = nil,
        onEvent: @escaping @Sendable (TrainingEvent) -> Void, train: Training = ModelTraining.train
    ) async throws -> CommandResult {
        let threads = ThreadBudget(options.training.threads)
        if isSupervised { ParentWatch.start(changing: threads) }
        let report = try await train(options, threads, onEvent)
        let path = reportPath(besides: options.output)
        try ReportJSON.write(report, to: path)
        if let plotDataPath { try ReportJSON.write(report.evaluation.judgement.plots, to: plotDataPath) }
        let summary = ResultTable.text([report.evaluation])
        let name = ReportText.name(options.model)
        return CommandResult(
            output: summary,
            conclusion: report.success
                ? .success("\(name) met its targets; report: \(path)")
                : .targetsMissed("\(name) is \(report.evaluation.verdict.rawValue): \(report.shortReason); read \(path)"))
    }

    /// `M.keras` → `M_report.json`.
    static func reportPath(besides artifact: String) -> String {
        URL(fileURLWithPath: artifact).deletingPathExtension().path + "_report.json"
    }
}

extension ModelReport {
    /// The first miss or reason, for the last line.
    var shortReason: String {
        let sentence = (evaluation.misses + evaluation.reasons).first ?? "no reason was given"
        return (sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence).replacing("`", with: "")
    }
}
