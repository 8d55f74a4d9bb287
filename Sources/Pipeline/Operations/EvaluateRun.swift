import Failures
import Foundation
import Telemetry

/// `dwcp evaluate`: judges the artifacts of a checkpoints folder on test rows and writes the evaluation report.
public enum EvaluateRun {
    /// - Throws: an `ExplainedError` when the test rows are rejected or the report cannot be written. A model without an artifact
    ///   is a FAIL in the report.
    public static func run(_ options: EvaluateOptions) async throws -> CommandResult {
        let date = RunClock.text()
        // Validated and read once for all models.
        let recording = try Recording(options.data, models: options.models)
        let test = try recording.wholeFile()
        let data = try DataExamination.summary(
            of: recording.table, recording.report, schema: recording.schema, isSplit: false)
        return try await run(options, data: data, date: date) { model, artifacts in
            ModelJudging.judge(model, artifacts: artifacts, recording, test, options)
        }
    }

    /// - Parameters:
    ///   - data: what the test rows are.
    ///   - judge: judges a model by its artifacts, at least one. Called for as many models at once as there are cores.
    static func run(
        _ options: EvaluateOptions, data: DataSummary, date: String,
        judge: @escaping @Sendable (ModelKind, [String]) throws -> EvaluatedModel
    ) async throws -> CommandResult {
        let folder = RunFolder(checkpoints: options.checkpointsDirectory, reports: options.outputDirectory)
        let models = try await judged(options.models, folder: folder, judge: judge)
        // A signal in the meantime: judging itself does not look for it.
        try Task.checkCancellation()
        do {
            try FileManager.default.createDirectory(atPath: folder.reports, withIntermediateDirectories: true)
        } catch {
            throw RunFolderError(
                .cannotCreate,
                "cannot create the folder \(folder.reports): \(error.localizedDescription); choose another --output-dir")
        }
        let writer = ReportWriter(folder: folder)
        try writer.writeEvaluation(models, testDataPath: options.data.dataPath, data: data, date: date)
        let passed = models.filter(\.success).count
        let all = "\(passed) of \(models.count) models passed; report: \(folder.evaluationMarkdown)"
        let isApproved = Recommendation(for: models) == .approved
        return CommandResult(
            output: ResultTable.text(models),
            conclusion: isApproved ? .success("all targets met: \(all)") : .targetsMissed("targets missed: \(all)"))
    }

    /// In the models' order.
    private static func judged(
        _ models: [ModelKind], folder: RunFolder,
        judge: @escaping @Sendable (ModelKind, [String]) throws -> EvaluatedModel
    ) async throws -> [EvaluatedModel] {
        try await withThrowingTaskGroup(of: (ModelKind, EvaluatedModel).self) { group in
            for model in models {
                group.addTask {
                    try Task.checkCancellation()
                    return (model, try judged(model, folder: folder, judge: judge))
                }
            }
            let results = try await group.reduce(into: [:]) { results, result in results[result.0] = result.1 }
            return models.compactMap { results[$0] }
        }
    }

    private static func judged(
        _ model: ModelKind, folder: RunFolder, judge: (ModelKind, [String]) throws -> EvaluatedModel
    ) throws -> EvaluatedModel {
        let artifacts = ExportFormat.allCases.map { folder.artifact(model, $0) }
            .filter(FileManager.default.fileExists(atPath:))
        guard !artifacts.isEmpty else {
            return .failed(model, because: "no artifact of this model is in \(folder.checkpoints); train it first")
        }
        var result = try judge(model, artifacts)
        // Known only where the training report still stands beside the artifact.
        let training = try? ReportJSON.read(ModelReport.self, at: folder.modelReport(model))
        result.trainingSeconds = training?.evaluation.trainingSeconds
        return result
    }
}
