import Evaluation
import Foundation
@testable import Pipeline
import Telemetry
import TensorCore
import Testing
import TestSupport

/// A real training, judged again from its files alone.
@Suite struct JudgingAgainTests {
    private let scratch: ScratchFolder
    private let data: DataOptions

    init() throws {
        scratch = try ScratchFolder()
        let schema = Fixture.repository.appendingPathComponent(DataOptions.defaultSchemaPath).path
        data = DataOptions(
            dataPath: scratch.path + "/data.csv", incidentsPath: scratch.path + "/incidents.json", schemaPath: schema)
        _ = try GenerateData.run(GenerateOptions(
            output: data.dataPath, incidents: scratch.path + "/incidents.json", samples: 8000, seed: 3, scenario: .reference,
            schemaPath: schema))
        _ = try SplitData.run(data, outputDirectory: scratch.path + "/split")
    }

    /// Trains the forest, which takes a moment, and writes its report.
    private func train(seed: UInt64, into folder: String) async throws -> ModelReport {
        try FileManager.default.createDirectory(atPath: "\(scratch.path)/\(folder)", withIntermediateDirectories: true)
        let output = "\(scratch.path)/\(folder)/reliability_model.onnx"
        let options = TrainModelOptions(
            model: .reliability, data: data,
            training: TrainingOptions(seed: seed, hyperparameters: ["trees": 20]), output: output)
        let report = try await ModelTraining.train(options, threads: 1) { _ in }
        try ReportJSON.write(report, to: ArtifactNames(output).report)
        return report
    }

    private func evaluate(_ folder: String) throws -> EvaluatedModel {
        let options = EvaluateOptions(
            checkpointsDirectory: "\(scratch.path)/\(folder)",
            data: DataOptions(
                dataPath: scratch.path + "/split/test.csv", incidentsPath: data.incidentsPath, schemaPath: data.schemaPath),
            outputDirectory: scratch.path + "/reports", models: [.reliability])
        let recording = try Recording(options.data, models: options.models)
        return ModelJudging.judge(
            .reliability,
            artifacts: ModelKind.reliability.formats.map { "\(scratch.path)/\(folder)/reliability_model.\($0.rawValue)" },
            recording, try recording.wholeFile(), options)
    }

    @Test("a damaged codec profile beside the schema matters to those alone who choose levels")
    func damagedProfile() throws {
        let folder = scratch.path + "/schemas"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: data.schemaPath, toPath: folder + "/schema.json")
        try scratch.write("{", "schemas/codec_profile.json")
        var options = data
        options.schemaPath = folder + "/schema.json"
        _ = try Recording(options, models: [.reliability, .latency])
        #expect { _ = try Recording(options, models: [.compression]) } throws: { "\($0)".contains("codec_profile.json") }
    }

    @Test("the split's test file gives the run's numbers bit for bit, with the training file deleted")
    func sameNumbers() async throws {
        let trained = try await train(seed: 42, into: "run")
        try FileManager.default.removeItem(atPath: data.dataPath)
        let again = try evaluate("run")
        func judged(_ model: EvaluatedModel) -> ModelJudgement {
            var judgement = model.judgement
            // Processor time is the one thing that differs.
            judgement.metrics.removeAll { $0.name == "inference_p99_ms" }
            return judgement
        }
        #expect(judged(again) == judged(trained.evaluation))
        #expect(again.judgement.metrics.contains { $0.name == "pr_auc" && $0.value != nil })
    }

    @Test("an artifact of another run under this run's name is a FAIL that says so")
    func foreignArtifact() async throws {
        _ = try await train(seed: 42, into: "run")
        _ = try await train(seed: 43, into: "other")
        let name = "reliability_model.onnx"
        try FileManager.default.removeItem(atPath: "\(scratch.path)/run/\(name)")
        try FileManager.default.copyItem(atPath: "\(scratch.path)/other/\(name)", toPath: "\(scratch.path)/run/\(name)")
        let result = try evaluate("run")
        #expect(result.verdict == .fail)
        #expect(result.reasons.first?.contains("another run") == true)
    }

    @Test("a damaged artifact is a FAIL, not a crash")
    func damagedArtifact() async throws {
        _ = try await train(seed: 42, into: "run")
        try scratch.write("no model", "run/reliability_model.onnx")
        #expect(try evaluate("run").verdict == .fail)
    }
}
