import Failures
import Foundation
public import Telemetry

/// `dwcp evaluate`: judges the artifacts of a checkpoints folder on test rows and writes the evaluation report.
public enum EvaluateRun {
    /// - Throws: an `ExplainedError` when the test rows are rejected or the report cannot be written. A model without an artifact
    ///   is a FAIL in the report.
    public static func run(
        _ options: EvaluateOptions,
        examine: (DataOptions, [ModelKind], Bool) throws -> DataSummary = DataExamination.examine,
        judge: (ModelKind, [String], EvaluateOptions) throws -> EvaluatedModel = { try ModelJudging.judge($0, artifacts: $1, options: $2) }
    ) throws -> CommandResult {
        let date = RunClock.text()
        let summary = try examine(options.data, options.models, false)
        let folder = RunFolder(checkpoints: options.checkpointsDirectory, reports: options.outputDirectory)
        let models = try options.models.map { model in
            try Task.checkCancellation()
            return try judged(model, folder: folder, options: options, judge: judge)
        }
        do {
            try FileManager.default.createDirectory(atPath: folder.reports, withIntermediateDirectories: true)
        } catch {
            throw RunFolderError(
                .cannotCreate,
                "cannot create the folder \(folder.reports): \(error.localizedDescription); choose another --output-dir")
        }
        let writer = ReportWriter(folder: folder)
        try writer.writeEvaluation(models, testDataPath: options.data.dataPath, data: summary, date: date)
        let passed = models.filter(\.success).count
        let all = "\(passed) of \(models.count) models passed; report: \(folder.evaluationMarkdown)"
        let isApproved = Recommendation(for: models) == .approved
        return CommandResult(
            output: ResultTable.text(models),
            conclusion: isApproved ? .success("all targets met: \(all)") : .targetsMissed("targets missed: \(all)"))
    }

    private static func judged(
        _ model: ModelKind, folder: RunFolder, options: EvaluateOptions,
        judge: (ModelKind, [String], EvaluateOptions) throws -> EvaluatedModel
    ) throws -> EvaluatedModel {
        let artifacts = ExportFormat.allCases.map { folder.artifact(model, $0) }
            .filter(FileManager.default.fileExists(atPath:))
        guard !artifacts.isEmpty else {
            return .failed(model, because: "no artifact of this model is in \(folder.checkpoints); train it first")
        }
        var result = try judge(model, artifacts, options)
        // Known only where the training report still stands beside the artifact.
        let training = try? ReportJSON.read(ModelReport.self, at: folder.modelReport(model))
        result.trainingSeconds = training?.evaluation.trainingSeconds
        return result
    }
}
