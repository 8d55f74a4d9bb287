import ModelGraph
import Randomness
import Telemetry

/// Small models with random weights, as files of this program.
enum SampleModels {
    static let windowLength = 4
    static let features = 3

    static func tensor(_ shape: [Int], _ name: String) -> Tensor {
        var random = RandomStream(seed: 1).child(name)
        return Tensor(shape: shape, values: (0 ..< shape.reduce(1, *)).map { _ in Float(random.uniform(-1, 1)) })
    }

    static func lstm(units: Int = 5) -> LSTMParameters {
        LSTMParameters(
            kernel: tensor([features, 4 * units], "kernel"), recurrentKernel: tensor([units, 4 * units], "recurrent"),
            bias: tensor([4 * units], "bias"), returnSequences: false)
    }

    /// `[window, feature]` → one number, with the metadata that the judge asks for.
    static func bandwidth(_ lstm: LSTMParameters = lstm()) -> ModelGraph {
        ModelGraph(
            name: "bandwidth_predictor", inputs: [.init(name: "input", shape: [windowLength, features])],
            nodes: [
                .init(name: "lstm", operation: .lstm(lstm), sources: ["input"]),
                .init(name: "output", operation: .dense(dense(5, 1)), sources: ["lstm"]),
            ],
            outputs: [.init(name: "output", source: "output")], metadata: metadata)
    }

    /// `[feature]` → probabilities of four classes.
    static func policy(_ salt: String = "") -> ModelGraph {
        ModelGraph(
            name: "policy", inputs: [.init(name: "input", shape: [features])],
            nodes: [.init(name: "output", operation: .dense(dense(features, 4, .softmax, salt)), sources: ["input"])],
            outputs: [.init(name: "output", source: "output")])
    }

    static func dense(
        _ inputs: Int, _ units: Int, _ activation: Activation = .linear, _ salt: String = ""
    ) -> DenseParameters {
        DenseParameters(
            kernel: tensor([inputs, units], "dense\(salt)"), bias: tensor([units], "dense bias\(salt)"), activation: activation)
    }

    static let metadata: [String: String] = {
        let listed = (0 ..< SampleModels.features).map { #"{"name": "feature \#($0)", "formula": "rtt_ms", "unit": "ms", "fill_value": 0}"# }
        return [
            MetadataKey.model: ModelKind.bandwidth.rawValue, MetadataKey.windowLength: String(windowLength),
            MetadataKey.featurePlan:
                #"{"model": "bandwidth", "features": [\#(listed.joined(separator: ", "))], "omitted": []}"#,
        ]
    }()

    /// Standard normal rows for a model's only input.
    static func inputs(_ graph: ModelGraph, rows: Int = 32) -> Tensor {
        var random = RandomStream(seed: 2).child("inputs")
        let shape = [rows] + graph.inputs[0].shape
        return Tensor(shape: shape, values: (0 ..< shape.reduce(1, *)).map { _ in Float(random.normal()) })
    }
}
