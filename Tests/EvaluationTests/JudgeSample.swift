import Evaluation
import Foundation
import Metrics
import ModelArtifacts
import ModelGraph
import Telemetry
import TestSupport
import Testing

/// A recording with planted answers, and hand-made models that read them: what every judge must answer follows by hand.
struct JudgeSample {
    var kind: ModelKind
    var recording: ToyRecording
    var schema: Schema
    var incidents: [Incident]?
    var rule = GateRule.point
    var facts = OperationalFacts(trainingSeconds: 60, modelBytes: 500_000)
    var noiseFloor: [String: Double]?
    /// Name and formula of each input column of the model.
    var features: [(name: String, formula: String)]

    /// Links a→b and b→a of the type dc, c→d and d→c of the type wan.
    init(_ kind: ModelKind, steps: Int, features: [(name: String, formula: String)]) throws {
        self.kind = kind
        self.features = features
        recording = ToyRecording(steps: steps)
        recording.set("link_type") { link, _ in link < 2 ? 0 : 2 }
        schema = try Fixture.schema()
        schema.split.embargoSteps = 6
        let numbers = ["resamples": 200.0, "minimum_rows": 100, "minimum_units": 5, "control_seeds": 20]
        schema.models[kind]?.judgement.merge(numbers) { _, new in new }
    }

    /// Input windows of the model.
    var windowLength: Int { kind == .bandwidth ? 5 : kind == .latency ? 6 : 1 }

    var context: JudgementContext {
        get throws {
            JudgementContext(
                schema: schema, kind: kind, gates: try #require(schema.models[kind]).gates, rule: rule, seed: 42, facts: facts,
                noiseFloor: noiseFloor)
        }
    }

    func split() throws -> TemporalSplit {
        try TemporalSplit(recording.table, rules: schema.split, longestWindow: 6, gapFactor: schema.quality.gapFactor)
    }

    /// All rows as the test part.
    func wholeFile() throws -> Part<HeldOut> {
        try Part<HeldOut>(wholeFile: recording.table, gapFactor: schema.quality.gapFactor)
    }

    func plan() throws -> FeaturePlan {
        var definition = try #require(schema.models[kind])
        definition.features = features.map { FeatureDefinition(name: $0.name, formula: $0.formula, required: true) }
        let selection = try FeatureSelection(
            kind, definition: definition, schema: schema, availableColumns: Set(recording.columns.keys))
        return try FeaturePlan(selection, fittedTo: split().train)
    }

    func metadata(_ more: [String: String] = [:]) throws -> [String: String] {
        [
            MetadataKey.model: kind.rawValue, MetadataKey.windowLength: String(windowLength),
            MetadataKey.featurePlan: String(decoding: try JSONEncoder().encode(plan()), as: UTF8.self),
        ].merging(more) { _, new in new }
    }

    /// A model of the given layers, written and read back.
    func model(_ layers: [LayerOperation], metadata more: [String: String] = [:]) throws -> WrittenModel {
        try Artifact.read(kind, graph(layers, metadata: metadata(more)))
    }

    func graph(_ layers: [LayerOperation], metadata: [String: String]) -> ModelGraph {
        let nodes = layers.enumerated().map { index, layer in
            ModelGraph.Node(name: "layer_\(index)", operation: layer, sources: [index == 0 ? "input" : "layer_\(index - 1)"])
        }
        let shape = windowLength == 1 ? [features.count] : [windowLength, features.count]
        return ModelGraph(
            name: kind.fileStem, inputs: [.init(name: "input", shape: shape)], nodes: nodes,
            outputs: [.init(name: "output", source: "layer_\(layers.count - 1)")], metadata: metadata)
    }

    /// A model that answers one input column of the last step, times a factor.
    func copying(_ feature: Int, times factor: Float = 1, metadata: [String: String] = [:]) throws -> WrittenModel {
        var kernel = Tensor(repeating: 0, shape: [windowLength * features.count, 1])
        kernel.values[(windowLength - 1) * features.count + feature] = factor
        let copy = LayerOperation.dense(DenseParameters(kernel: kernel, bias: nil, activation: .linear))
        return try model(windowLength == 1 ? [copy] : [.flatten, copy], metadata: metadata)
    }
}

/// Artifacts in a folder of their own that goes when it is no longer needed.
enum Artifact {
    static func read(_ kind: ModelKind, _ graph: ModelGraph, format: String = "keras") throws -> WrittenModel {
        try withFolder { folder in
            let path = "\(folder)/model.\(format)"
            if format == "onnx" { try OnnxFile.write(graph, to: path) } else { try KerasArchive.write(graph, to: path) }
            return try WrittenModel(kind, path: path)
        }
    }

    static func withFolder<Result>(_ body: (_ folder: String) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("judge-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder.path)
    }
}

extension ModelJudgement {
    func value(_ name: String) -> Double? { metrics.first { $0.name == name }?.value }
    func metric(_ name: String) throws -> MetricResult { try #require(metrics.first { $0.name == name }) }
    func baseline(_ name: String) throws -> BaselineResult { try #require(baselines.first { $0.name.hasPrefix(name) }) }
    func group(_ name: String) throws -> GroupResult { try #require(perLinkType.first { $0.name == name }) }

    /// Without the one metric that measures this machine.
    var withoutInferenceTime: ModelJudgement {
        var judgement = self
        judgement.metrics.removeAll { $0.name == "inference_p99_ms" }
        return judgement
    }
}
