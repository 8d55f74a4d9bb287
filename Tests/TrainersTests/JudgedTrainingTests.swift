import Evaluation
import Foundation
import Metrics
import ModelArtifacts
import ModelGraph
import Randomness
import Telemetry
import TestSupport
import Testing
@testable import Trainers

/// Trained, written, read back and judged: the whole way of a model, on data that hold an answer and on data that hold none.
@Suite("Trained and judged")
struct JudgedTrainingTests {
    private func judge(_ kind: ModelKind, _ sample: TrainerSample) throws -> ModelJudgement {
        let trained = try sample.train(kind), test = try sample.split().test
        let model = try written(trained)
        let context = JudgementContext(
            schema: sample.schema, kind: kind, gates: try #require(sample.schema.models[kind]).gates, rule: .point, seed: 42,
            facts: OperationalFacts(trainingSeconds: 1, modelBytes: 1000))
        return switch trained.reference {
        case .bandwidth(let reference):
            try BandwidthJudge.judge(model, on: test, reference: reference, context: context)
        case .compression(let reference):
            try CompressionJudge.judge(model, on: test, reference: reference, profile: nil, context: context)
        case .reliability(let reference):
            try ReliabilityJudge.judge(
                model, on: test, incidents: sample.incidents, reference: reference, context: context)
        case .latency(let reference):
            try LatencyJudge.judge(model, on: test, incidents: sample.incidents, reference: reference, context: context)
        }
    }

    private func written(_ model: TrainedModel) throws -> WrittenModel {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("trained-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let isForest = model.kind == .reliability
        let path = folder.appendingPathComponent(isForest ? "model.onnx" : "model.keras").path
        if isForest { try OnnxFile.write(model.graph, to: path) } else { try KerasArchive.write(model.graph, to: path) }
        return try WrittenModel(model.kind, path: path)
    }

    /// - Parameter steps: of each link; a sixth or so of them are judged.
    private func sample(steps: Int = 240) throws -> TrainerSample {
        var sample = try TrainerSample(steps: steps)
        for kind in ModelKind.allCases {
            sample.schema.models[kind]?.judgement.merge(["minimum_rows": 50, "minimum_units": 1, "resamples": 200]) { _, new in new }
            for (name, value) in ["epochs": 15, "learning_rate": 0.01, "dropout": 0.0, "trees": 50]
            where sample.schema.models[kind]?.hyperparameters[name] != nil {
                sample.schema.models[kind]?.hyperparameters[name] = value
            }
        }
        return sample
    }

    @Test("Trained on noise, no model passes", arguments: ModelKind.allCases)
    func noise(kind: ModelKind) throws {
        var sample = try sample(), stream = RandomStream(seed: 17).child("noise")
        for name in sample.recording.columns.keys.sorted() where name != "link_type" {
            sample.recording.set(name) { _, _ in Float(stream.uniform(1, 9)) }
        }
        let judgement = try judge(kind, sample)
        #expect(judgement.verdict == .fail)
        switch kind {
        case .bandwidth: #expect(abs(try #require(judgement.value("correlation"))) < 0.3)
        case .compression: #expect(try #require(judgement.value("accuracy")) < 0.5)
        case .reliability, .latency:
            let chance = try #require(judgement.randomControl["pr_auc"])
            #expect(try #require(judgement.value("pr_auc")) < chance + 0.2)
        }
    }

    @Test("A level that the inputs decide passes on rows never seen")
    func compression() throws {
        let judgement = try judge(.compression, sample())
        #expect(judgement.verdict == .pass)
        #expect(judgement.value("accuracy") == 1 && judgement.value("regret") == 0)
        #expect(try #require(judgement.value("gain")) > 0)
    }

    @Test("Planted incidents are found, better than by any trivial answer", arguments: [ModelKind.reliability, .latency])
    func detection(kind: ModelKind) throws {
        let judgement = try judge(kind, sample(steps: 480))
        #expect(judgement.value(kind == .reliability ? "incident_recall" : "episode_recall") == 1)
        #expect(try #require(judgement.value("pr_auc")) > 0.85)
        #expect(judgement.baselines.filter { $0.strength == .trivial }.allSatisfy { $0.beaten })
    }

    @Test("A forecast of a series that its past decides beats every trivial answer")
    func bandwidth() throws {
        let judgement = try judge(.bandwidth, sample())
        #expect(try #require(judgement.value("correlation")) > 0.9)
        #expect(judgement.baselines.filter { $0.strength == .trivial }.allSatisfy { $0.beaten })
        #expect(judgement.baselines.contains { $0.name == "AR(5) ridge" })
    }
}

extension ModelJudgement {
    fileprivate func value(_ name: String) -> Double? { metrics.first { $0.name == name }?.value }
}
