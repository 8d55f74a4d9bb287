import Foundation
import Learners
import Metrics
import ModelGraph
import Randomness
import Telemetry
import TensorCore
import TestSupport
import Testing
@testable import Trainers

/// A small recording from which each of the four models learns in a second or two, and the input of its trainer.
struct TrainerSample {
    var recording: ToyRecording
    var incidents: [Incident]?
    var schema: Schema
    var threads: ThreadBudget = 1
    var seed: UInt64 = 42

    static let compressionLabels = (0 ..< 10).flatMap { ["ratio_l\($0)", "compress_us_l\($0)"] }

    /// - Parameter steps: rows of each of the four links; 70 % train, 15 % validation and test each, less six of embargo.
    init(steps: Int = 240, noise: Double = 0.02) throws {
        recording = ToyRecording(steps: steps)
        schema = try Fixture.schema()
        schema.split.embargoSteps = 6
        let small: [String: Double] = [
            "epochs": 2, "lstm_units_1": 4, "lstm_units_2": 3, "dense_units": 4, "trees": 10, "sample_size": 32,
            "dense_units_1": 8, "dense_units_2": 6, "dense_units_3": 6,
        ]
        for (name, value) in small {
            for kind in ModelKind.allCases where schema.models[kind]?.hyperparameters[name] != nil {
                schema.models[kind]?.hyperparameters[name] = value
            }
        }
        schema.models[.bandwidth]?.windowLength = 5
        schema.models[.latency]?.windowLength = 6
        // Node a fails for four steps of every thirty, the other pair of nodes never.
        incidents = stride(from: 10, to: steps, by: 30).map { step in
            Incident(node: "a", type: "member_crash", start: Int64(step) * 1_000_000, end: Int64(step + 3) * 1_000_000)
        }
        addColumns(noise: noise)
    }

    private mutating func addColumns(noise: Double) {
        var stream = RandomStream(seed: 7).child("toy recording")
        func random() -> Double { stream.uniform(-1, 1) * noise }
        func isDown(_ link: Int, _ step: Int) -> Bool { link < 2 && step >= 10 && (step - 10) % 30 < 4 }
        let levels: [Double] = [800, 760, 12, 11]
        recording.set("throughput_mbps") { link, step in
            Float(levels[link] * (1 + 0.3 * sin(2 * .pi * Double(step + link) / 8) + random()))
        }
        recording.set("rtt_ms") { link, step in Float((link < 2 ? 2 : 40) * (1 + random()) * (isDown(link, step) ? 6 : 1)) }
        recording.set("link_type") { link, _ in link < 2 ? 0 : 2 }
        recording.set("hde_compression_ratio") { _, _ in Float(3 + random()) }
        recording.set("hde_delta_hit_rate") { _, _ in Float(0.5 + random()) }
        recording.set("amst_transfer_rate") { _, _ in Float(100 + random()) }
        recording.set("failure_rate") { link, step in Float(isDown(link, step) ? 0.6 + random() : 0.01 + abs(random())) }
        recording.set("uptime_pct") { link, step in Float(isDown(link, step) ? 40 + random() : 99 + random()) }
        recording.set("packet_loss") { link, step in Float(isDown(link, step) ? 0.3 : 0.01 + abs(random()) / 10) }
        recording.set("consensus_latency_ms") { link, step in
            Float((8 + sin(Double(step) / 3) + random()) * (isDown(link, step) ? 9 : 1))
        }
        // A block is either text, best at level 6, or random bytes, best stored.
        recording.set("payload_entropy") { _, _ in stream.uniform() < 0.5 ? 3 : 8 }
        recording.set("sample_bytes") { _, _ in 100_000 }
        recording.set("available_rate_mbps") { _, _ in 50 }
        let entropy = recording.columns["payload_entropy"] ?? []
        for level in 0 ..< 10 {
            recording.columns["ratio_l\(level)"] = entropy.map { $0 < 5 && level > 0 ? (level >= 6 ? 5 : 3) : 1 }
            recording.columns["compress_us_l\(level)"] = entropy.map { _ in Float(level) * 150 }
        }
    }

    func split() throws -> TemporalSplit {
        try TemporalSplit(recording.table, rules: schema.split, longestWindow: 6, gapFactor: schema.quality.gapFactor)
    }

    func input(_ kind: ModelKind) throws -> TrainingInput {
        let definition = try #require(schema.models[kind])
        return TrainingInput(
            schema: schema, kind: kind,
            selection: try FeatureSelection(
                kind, definition: definition, schema: schema, availableColumns: Set(recording.columns.keys)),
            split: try split(), incidents: incidents, codecProfile: nil, hyperparameters: definition.hyperparameters,
            windowLength: definition.windowLength, gates: definition.gates,
            metadata: [MetadataKey.seed: "42", MetadataKey.schemaSHA256: "abc"], seed: seed, threads: threads)
    }

    func train(_ kind: ModelKind, observer: TrainingObserver = TrainingObserver()) throws -> TrainedModel {
        try ModelTrainer.train(input(kind), observer: observer)
    }

    /// Changes every cell of the rows of one part.
    mutating func disturb(_ part: PartAssignment) throws {
        let assignments = try split().assignments
        recording.columns = recording.columns.mapValues { column in
            zip(column, assignments).map { $1 == part ? 3 * $0 + 1 : $0 }
        }
    }
}

extension TrainedModel {
    var plan: FeaturePlan {
        get throws {
            try JSONDecoder().decode(FeaturePlan.self, from: Data((graph.metadata[MetadataKey.featurePlan] ?? "").utf8))
        }
    }

    /// The tensors that scale the input: what may come from the train part only.
    var scaling: [Tensor] {
        graph.nodes.flatMap { node -> [Tensor] in
            switch node.operation {
            case .normalization(let mean, let variance): [mean, variance]
            case .isolationForest(let forest): [forest.center, forest.scale]
            default: []
            }
        }
    }

    /// In which respects two trainings did not end alike, bit for bit; short enough to read in a test's report.
    func differences(from other: TrainedModel) -> [String] {
        let alike = [
            ("nodes", graph.nodes == other.graph.nodes), ("metadata", graph.metadata == other.graph.metadata),
            ("scaling", scaling == other.scaling), ("reference", reference == other.reference),
            ("outputs", check.outputs == other.check.outputs), ("losses", losses == other.losses),
        ]
        return alike.filter { !$0.1 }.map(\.0)
    }

    /// History without durations.
    private var losses: [[Double]] { history.map { [$0.loss, $0.validationLoss, $0.learningRate] } }
}
