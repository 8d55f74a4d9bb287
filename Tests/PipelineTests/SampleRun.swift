import Evaluation
import Files
import Foundation
import Learners
import Pipeline
import Telemetry

/// A made-up run whose values exercise every part of the reports. Nothing here was measured.
enum SampleRun {
    static let data = DataSummary(
        rows: 100_000, links: 24, firstTime: "2026-01-01T00:00:00Z", lastTime: "2026-01-02T00:00:00Z",
        rowsByLinkType: [.init(name: "dc", count: 40_000), .init(name: "wan", count: 60_000)], incidents: 41,
        parts: [
            .init(name: "train", firstTime: "2026-01-01T00:00:00Z", lastTime: "2026-01-01T16:48:00Z", rows: 70_000),
            .init(name: "test", firstTime: "2026-01-01T20:24:00Z", lastTime: "2026-01-02T00:00:00Z", rows: 15_000),
        ],
        warnings: ["column queue_depth: 1.2 % of the cells are empty"], schemaVersion: "1.0")

    static func judgement(_ model: ModelKind, verdict: Verdict = .pass) -> ModelJudgement {
        let passes = verdict == .pass
        var plots = PlotData()
        plots.precisionRecall = [.init(x: 0, y: 1), .init(x: 1, y: 0.4)]
        let gate = GateDefinition(metric: "correlation", direction: .atLeast, target: 0.98, flag: "--target-correlation")
        let mape = GateDefinition(metric: "mape", direction: .below, target: 5, unit: "%")
        return ModelJudgement(
            model: model, verdict: verdict, reasons: passes ? [] : ["correlation missed its target"],
            warnings: ["does not beat the strong baseline `moving average`"],
            metrics: [
                MetricResult(
                    name: "correlation", value: passes ? 0.9853 : 0.9531, lower: 0.94, upper: 0.9901, gate: gate,
                    reached: passes, definition: "standardised per series"),
                MetricResult(name: "mape", value: 4.2112, lower: 4, upper: 4.5, unit: "%", gate: mape, reached: true, definition: "rows above the floor"),
                MetricResult(
                    name: "training_time_seconds", value: 12.5, unit: "s",
                    gate: GateDefinition(metric: "training_time_seconds", direction: .below, target: 7_200, unit: "s"),
                    reached: true, definition: "wall time"),
                MetricResult(
                    name: "inference_p99_ms", value: 0.08, unit: "ms",
                    gate: GateDefinition(metric: "inference_p99_ms", direction: .below, target: 10, unit: "ms"), reached: true,
                    definition: "99th percentile"),
                MetricResult(name: "rmse", value: .nan, unit: "Mbit/s", definition: "root mean squared error"),
            ],
            baselines: [
                BaselineResult(
                    name: "last value", strength: .trivial, metrics: ["correlation": 0.9, "mape": 9], comparedOn: "correlation",
                    difference: 0.05, lower: 0.04, upper: 0.06, beaten: true),
                BaselineResult(
                    name: "moving average", strength: .strong, metrics: ["correlation": 0.962, "mape": .nan],
                    comparedOn: "correlation", difference: -0.01, lower: -0.02, upper: 0.01, beaten: false),
            ],
            randomControl: ["pr_auc": 0.02], perLinkType: [.init(name: "wan", rows: 9_000, metrics: ["correlation": 0.97])],
            testRows: 15_000, units: 120, unitsNeeded: 30, leftOut: ["throughput below the floor": 12],
            settings: ["floor_share": 0.01], plots: plots)
    }

    static func evaluated(_ model: ModelKind, verdict: Verdict = .pass, artifacts: [ArtifactRecord]? = nil) -> EvaluatedModel {
        let onnx = ArtifactRecord(
            file: "\(model.fileStem).onnx", bytes: 150_000, sha256: String(repeating: "b", count: 64),
            reexecutedDifference: 2e-7, contractViolations: [])
        return EvaluatedModel(
            judgement: judgement(model, verdict: verdict), artifacts: artifacts ?? [onnx], inferenceP99Milliseconds: 0.08,
            trainingSeconds: 12.5)
    }

    static func report(
        _ model: ModelKind, verdict: Verdict = .pass, artifacts: [ArtifactRecord]? = nil, date: String = "2026-11-21T10:00:00Z",
        seconds: Double = 12.5
    ) -> ModelReport {
        var evaluation = evaluated(model, verdict: verdict, artifacts: artifacts)
        evaluation.trainingSeconds = seconds
        evaluation.inferenceP99Milliseconds = seconds / 100
        evaluation.judgement.metrics[2].value = seconds
        evaluation.judgement.metrics[3].value = seconds / 100
        let history = (1 ... 3).map { epoch in
            EpochRecord(
                epoch: epoch, loss: 1 / Double(epoch), validationLoss: epoch == 3 ? .nan : 1.2 / Double(epoch),
                learningRate: 0.001, improved: epoch < 3, samplesPerSecond: 1_000 * seconds, seconds: seconds / 3)
        }
        return ModelReport(
            trainingDate: date, evaluation: evaluation, history: history, bestEpoch: 2,
            hyperparameters: ["epochs": 3, "learning_rate": 0.001],
            settings: .init(seed: 42, windowLength: 10, features: ["rtt_ms", "jitter_ms"], schemaSha256: "abc"))
    }
}

/// A folder that is removed with the test.
final class ScratchFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("run-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ text: String, _ name: String) throws {
        let file = "\(path)/\(name)"
        let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try AtomicFile.write(text, to: file)
    }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(name)") }
    func text(_ name: String) throws -> String { try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8) }
}
