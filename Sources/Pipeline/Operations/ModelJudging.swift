import Evaluation
import Foundation
import Metrics
import ModelGraph
import Telemetry

/// Judges one model's written artifacts on test rows.
enum ModelJudging {
    /// - Parameters:
    ///   - artifacts: paths of the model's existing artifacts, at least one; the first is judged, the others must agree with it.
    ///   - recording: with the columns of this model.
    ///   - test: its test rows.
    /// - Returns: a FAIL for artifacts that cannot be read or judged.
    static func judge(
        _ model: ModelKind, artifacts: [String], _ recording: Recording, _ test: Part<HeldOut>, _ options: EvaluateOptions
    ) -> EvaluatedModel {
        do {
            return try judged(model, artifacts: artifacts, recording, test, options)
        } catch {
            return .failed(model, because: "\(error)")
        }
    }

    private static func judged(
        _ model: ModelKind, artifacts: [String], _ recording: Recording, _ test: Part<HeldOut>, _ options: EvaluateOptions
    ) throws -> EvaluatedModel {
        let names = ArtifactNames(artifacts[0])
        let training = try ReportJSON.read(ModelReport.self, at: names.report)
        let reference = try ReportJSON.read(ModelReference.self, at: names.reference)
        var records = try artifacts.map { try ArtifactRecord(path: $0) }
        if let problem = staleness(records, training: training, recording) { return .failed(model, because: problem) }
        let written = try WrittenModel(model, path: artifacts[0])
        let sample = WindowSet(try FeatureFrame(test, plan: written.plan), windowLength: written.windowLength, stride: 50)
        let outputs = try written.outputs(sample)
        for index in artifacts.indices {
            let other = try WrittenModel(model, path: artifacts[index])
            records[index].reexecutedDifference = ArtifactVerification.largestDifference(try other.outputs(sample), outputs)
            records[index].contractViolations = artifacts[index].hasSuffix(".onnx")
                ? try ClientContract.violations(path: artifacts[index]) : nil
        }
        let definition = try recording.schema.definition(of: model, path: options.data.schemaPath)
        let context = JudgementContext(
            schema: recording.schema, kind: model,
            gates: definition.gates(overriddenBy: options.targets.targets(for: model)), rule: options.gateRule,
            seed: training.settings.seed,
            facts: OperationalFacts(
                trainingSeconds: training.evaluation.trainingSeconds, modelBytes: records.map(\.bytes).max()),
            noiseFloor: recording.bestPossible(model))
        let judgement = try ModelJudge.judge(
            written, on: test, incidents: recording.incidents, profile: recording.codecProfile, reference: reference,
            context: context)
        return EvaluatedModel(
            judgement: judgement, artifacts: records, inferenceP99Milliseconds: judgement.value("inference_p99_ms"),
            trainingSeconds: training.evaluation.trainingSeconds)
    }

    /// Why the files are not those of the training that the report beside them tells of.
    private static func staleness(_ records: [ArtifactRecord], training: ModelReport, _ recording: Recording) -> String? {
        let trained = training.evaluation.artifacts
        for record in records {
            guard let written = trained.first(where: { $0.file == record.file }) else {
                return "\(record.file) is not listed in its training report: it belongs to another run; train it again"
            }
            guard written.sha256 == record.sha256 else {
                return "\(record.file) is not the file that its training report tells of: it was replaced or belongs to "
                    + "another run; train it again"
            }
        }
        guard training.settings.schemaSha256 == recording.schemaSHA256 else {
            return "it was trained with another schema than the one given; evaluate with that schema or train it again"
        }
        return nil
    }
}
