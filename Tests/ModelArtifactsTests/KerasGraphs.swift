import ModelGraph
import Randomness

/// Graphs for the tests, together holding every operation that Keras knows, with seeded weights.
enum KerasGraphs {
    typealias Node = ModelGraph.Node

    /// A chain from one input: node names by position.
    static func chain(_ name: String, input: [Int], _ operations: [LayerOperation]) -> ModelGraph {
        var nodes: [Node] = []
        for (index, operation) in operations.enumerated() {
            nodes.append(Node(name: "layer_\(index)", operation: operation, sources: [nodes.last?.name ?? "input"]))
        }
        return ModelGraph(
            name: name, inputs: [.init(name: "input", shape: input)], nodes: nodes,
            outputs: [.init(name: "output", source: nodes[nodes.count - 1].name)],
            metadata: ["seed": "42", "features": "[\"rtt_ms\", \"Δ \\\" \\\\ \u{1}\"]"])
    }

    static func tensor(_ shape: [Int], _ name: String, positive: Bool = false) -> Tensor {
        var random = RandomStream(seed: 11).child(name)
        let count = shape.reduce(1, *)
        return Tensor(shape: shape, values: (0 ..< count).map { _ in
            Float(positive ? random.uniform(0.2, 2) : random.uniform(-0.6, 0.6))
        })
    }

    static func normalization(_ features: Int) -> LayerOperation {
        .normalization(mean: tensor([features], "mean"), variance: tensor([features], "variance", positive: true))
    }

    static func dense(
        _ features: Int, _ units: Int, _ activation: Activation = .linear, bias: Bool = true, trainable: Bool = true,
        timeDistributed: Bool = false
    ) -> LayerOperation {
        let dense = LayerOperation.dense(
            DenseParameters(
                kernel: tensor([features, units], "kernel \(activation)"), bias: bias ? tensor([units], "bias") : nil,
                activation: activation, trainable: trainable))
        return timeDistributed ? .timeDistributed(dense) : dense
    }

    static func rescaling(_ scale: Float, _ offset: Float) -> LayerOperation {
        .rescaling(scale: Tensor(scalar: scale), offset: Tensor(scalar: offset))
    }

    static func lstm(
        _ features: Int, _ units: Int, sequences: Bool, _ activation: Activation = .tanh,
        _ recurrentActivation: Activation = .sigmoid
    ) -> LayerOperation {
        .lstm(LSTMParameters(
            kernel: tensor([features, 4 * units], "lstm kernel"),
            recurrentKernel: tensor([units, 4 * units], "recurrent kernel"), bias: tensor([4 * units], "lstm bias"),
            activation: activation, recurrentActivation: recurrentActivation, returnSequences: sequences))
    }

    static func batchNormalization(_ features: Int) -> LayerOperation {
        .batchNormalization(BatchNormalizationParameters(
            gamma: tensor([features], "gamma"), beta: tensor([features], "beta"), movingMean: tensor([features], "mean"),
            movingVariance: tensor([features], "variance", positive: true), epsilon: 0.001))
    }

    /// The bandwidth predictor's shape: a relative forecast times the scale column of the last step, plus its throughput.
    static func bandwidth() -> ModelGraph {
        func pick(_ column: Int) -> LayerOperation {
            var kernel = Tensor(repeating: 0, shape: [40, 1])
            kernel.values[36 + column] = 1
            return .dense(DenseParameters(kernel: kernel, bias: nil, activation: .linear, trainable: false))
        }
        return ModelGraph(
            name: "bandwidth_predictor", inputs: [.init(name: "input", shape: [10, 4])],
            nodes: [
                Node(name: "normalization", operation: normalization(4), sources: ["input"]),
                Node(name: "lstm", operation: lstm(4, 6, sequences: true), sources: ["normalization"]),
                Node(name: "dropout", operation: .dropout(rate: 0.2), sources: ["lstm"]),
                Node(name: "lstm_1", operation: lstm(6, 3, sequences: false), sources: ["dropout"]),
                Node(name: "dropout_1", operation: .dropout(rate: 0.2), sources: ["lstm_1"]),
                Node(name: "dense", operation: dense(3, 4, .relu), sources: ["dropout_1"]),
                Node(name: "relative", operation: dense(4, 1), sources: ["dense"]),
                Node(name: "flatten", operation: .flatten, sources: ["input"]),
                Node(name: "scale", operation: pick(2), sources: ["flatten"]),
                Node(name: "level", operation: pick(1), sources: ["flatten"]),
                Node(name: "scaled", operation: .multiply, sources: ["relative", "scale"]),
                Node(name: "forecast", operation: .add, sources: ["scaled", "level"]),
            ],
            outputs: [.init(name: "output", source: "forecast")], metadata: ["window": "10"])
    }

    /// Branches of different length, whose dense layers Keras numbers in another order than they stand here.
    static func branches() -> ModelGraph {
        ModelGraph(
            name: "branches", inputs: [.init(name: "input", shape: [3, 4])],
            nodes: [
                Node(name: "short", operation: dense(4, 5, .tanh), sources: ["input"]),
                Node(name: "deep", operation: dense(4, 5, .relu), sources: ["input"]),
                Node(name: "deeper", operation: dense(5, 5, .sigmoid), sources: ["deep"]),
                Node(name: "deepest", operation: dense(5, 5, .softplus), sources: ["deeper"]),
                Node(name: "difference", operation: .subtract, sources: ["short", "deepest"]),
                Node(name: "joined", operation: .concatenate(axis: 1), sources: ["difference", "deep", "difference", "input"]),
                Node(name: "left", operation: dense(19, 2, .elu), sources: ["joined"]),
                Node(name: "right", operation: dense(19, 2, .selu), sources: ["joined"]),
                Node(name: "sum", operation: .add, sources: ["right", "left", "right"]),
            ],
            outputs: [.init(name: "output", source: "sum")])
    }

    /// Two inputs and two outputs, in an order that is not that of Keras' list.
    static func severalEnds() -> ModelGraph {
        ModelGraph(
            name: "several_ends", inputs: [.init(name: "state", shape: [2]), .init(name: "series", shape: [5, 3])],
            nodes: [
                Node(
                    name: "gru", operation: gru(3, 2, sequences: false, backwards: false, resetAfter: true),
                    sources: ["series"]),
                Node(name: "narrow", operation: dense(2, 2, .silu), sources: ["state"]),
                Node(name: "both", operation: .add, sources: ["gru", "narrow"]),
                Node(name: "wide", operation: dense(2, 2, .tanh, bias: false), sources: ["narrow"]),
                Node(name: "all", operation: .concatenate(axis: 0), sources: ["both", "wide", "state"]),
            ],
            outputs: [.init(name: "detail", source: "all"), .init(name: "summary", source: "narrow")],
            metadata: ["units": "ms"])
    }

    static func gru(
        _ features: Int, _ units: Int, sequences: Bool, backwards: Bool, resetAfter: Bool
    ) -> LayerOperation {
        .gru(GRUParameters(
            kernel: tensor([features, 3 * units], "gru kernel \(backwards)"),
            recurrentKernel: tensor([units, 3 * units], "gru recurrent kernel \(backwards)"),
            bias: tensor(resetAfter ? [2, 3 * units] : [3 * units], "gru bias \(backwards)"), activation: .tanh,
            recurrentActivation: .sigmoid, resetAfter: resetAfter, returnSequences: sequences, goBackwards: backwards))
    }

    /// The layers that `KerasPlainForward` does not compute.
    static func wrapped() -> [ModelGraph] {
        func lstm(backwards: Bool) -> LayerOperation {
            .lstm(LSTMParameters(
                kernel: tensor([4, 12], "kernel \(backwards)"), recurrentKernel: tensor([3, 12], "recurrent \(backwards)"),
                bias: tensor([12], "bias \(backwards)"), returnSequences: true, goBackwards: backwards))
        }
        return [
            severalEnds(),
            chain("both_ways", input: [5, 4], [
                .bidirectional(forward: lstm(backwards: false), backward: lstm(backwards: true), merge: .concat),
                .bidirectional(
                    forward: gru(6, 2, sequences: true, backwards: false, resetAfter: true),
                    backward: gru(6, 2, sequences: true, backwards: true, resetAfter: false), merge: .ave),
                gru(2, 4, sequences: true, backwards: true, resetAfter: false), lstm(backwards: true),
            ]),
            chain("each_step", input: [3, 2, 4], [
                .timeDistributed(batchNormalization(4)), .timeDistributed(dense(4, 6, .mish)),
                .layerNormalization(LayerNormalizationParameters(
                    gamma: tensor([6], "gamma"), beta: tensor([6], "beta"), epsilon: 0.01)),
                .rescaling(scale: tensor([6], "scale"), offset: Tensor(scalar: 0.1)), .timeDistributed(.flatten),
                .timeDistributed(.layerNormalization(LayerNormalizationParameters(
                    gamma: nil, beta: tensor([12], "beta"), epsilon: 0.001))),
            ]),
        ]
    }

    /// Every graph by a name that suits a file.
    static func all() -> [ModelGraph] {
        // Keras 3 has no name for the last one.
        let activations = Activation.allCases.filter { $0 != .hardSigmoidKeras2 }
        var graphs = [bandwidth(), branches()]
        graphs += activations.map { activation in
            chain("activation_\(activation.rawValue)", input: [5], [
                dense(5, 4, activation), .activation(activation), dense(4, 3, .linear, bias: false),
            ])
        }
        graphs += [(Activation.tanh, Activation.sigmoid), (.relu, .tanh), (.softplus, .sigmoid)].flatMap { pair in
            [true, false].map { sequences in
                chain("lstm_\(pair.0)_\(pair.1)_\(sequences)", input: [6, 3], [
                    lstm(3, 4, sequences: sequences, pair.0, pair.1),
                ])
            }
        }
        graphs += [
            chain("autoencoder", input: [7, 2], [
                normalization(2), lstm(2, 4, sequences: true), lstm(4, 3, sequences: false), .repeatVector(count: 7),
                lstm(3, 3, sequences: true), lstm(3, 4, sequences: true), dense(4, 2, timeDistributed: true),
            ]),
            chain("policy", input: [6], [
                normalization(6), dense(6, 8, .relu), batchNormalization(8), .dropout(rate: 0.3), dense(8, 10, .softmax),
            ]),
            chain("time_distributed_deep", input: [2, 3, 4], [
                batchNormalization(4), dense(4, 3, .tanh, timeDistributed: true), dense(3, 2, .elu, bias: false),
                normalization(2), .flatten,
            ]),
            chain("shapes", input: [4, 6], [
                rescaling(0.1, -3.3), .reshape([3, 8]), .activation(.softmax), .reshape([2, 3, 4]), .flatten,
                .reshape([24]), rescaling(1e-7, 16_777_216),
            ]),
        ]
        return graphs
    }
}
