import ModelGraph
import Testing

import func Foundation.sin

/// One model for each case of `Tools/reference/onnx_keras_layers.py`, with the same weights and input.
struct LayerCase: Sendable, CustomTestStringConvertible {
    let name: String
    let graph: ModelGraph
    let inputs: [String: Tensor]

    var testDescription: String { name }

    /// `size · sin(1.3 i + salt)` in double, rounded to float32.
    static func formula(_ shape: [Int], _ salt: Double, size: Double = 0.6) -> Tensor {
        Tensor(shape: shape, values: (0 ..< shape.reduce(1, *)).map { Float(size * sin(1.3 * Double($0) + salt)) })
    }

    /// A sequential model; layer k takes its weights from the formula with the salt 10 (k + 1), as the script does.
    static func stack(
        _ name: String, _ shape: [Int], size: Double = 1, batch: Int = 3, _ layers: [(Double) -> LayerOperation]
    ) -> LayerCase {
        var nodes: [ModelGraph.Node] = []
        for (index, layer) in layers.enumerated() {
            let source = nodes.last?.name ?? "input"
            nodes.append(
                ModelGraph.Node(name: "layer_\(index)", operation: layer(10 * Double(index + 1)), sources: [source]))
        }
        let graph = ModelGraph(
            name: name, inputs: [ModelGraph.Input(name: "input", shape: shape)], nodes: nodes,
            outputs: [ModelGraph.Output(name: "output", source: nodes.last?.name ?? "input")])
        return LayerCase(name: name, graph: graph, inputs: ["input": formula([batch] + shape, 0.5, size: size)])
    }

    private static func combination(
        _ name: String, _ operation: LayerOperation, _ sources: [String], _ shapes: [[Int]] = [[4], [4]]
    ) -> LayerCase {
        let graph = ModelGraph(
            name: name, inputs: zip(["a", "b"], shapes).map { ModelGraph.Input(name: $0, shape: $1) },
            nodes: [ModelGraph.Node(name: "combined", operation: operation, sources: sources)],
            outputs: [ModelGraph.Output(name: "output", source: "combined")])
        return LayerCase(
            name: name, graph: graph, inputs: ["a": formula([3] + shapes[0], 0.5), "b": formula([3] + shapes[1], 0.9)])
    }

    static func dense(
        _ features: Int, _ units: Int, _ activation: Activation = .linear, bias: Bool = true, timeDistributed: Bool = false
    ) -> (Double) -> LayerOperation {
        { salt in
            let dense = LayerOperation.dense(
                DenseParameters(
                    kernel: formula([features, units], salt), bias: bias ? formula([units], salt + 1) : nil,
                    activation: activation))
            return timeDistributed ? .timeDistributed(dense) : dense
        }
    }

    static func lstm(
        _ features: Int, _ units: Int, sequences: Bool = false, _ activation: Activation = .tanh,
        gates: Activation = .sigmoid, backwards: Bool = false
    ) -> (Double) -> LayerOperation {
        { salt in
            .lstm(
                LSTMParameters(
                    kernel: formula([features, 4 * units], salt), recurrentKernel: formula([units, 4 * units], salt + 1),
                    bias: formula([4 * units], salt + 2), activation: activation, recurrentActivation: gates,
                    returnSequences: sequences, goBackwards: backwards))
        }
    }

    static func gru(
        _ features: Int, _ units: Int, sequences: Bool = false, _ activation: Activation = .tanh,
        gates: Activation = .sigmoid, resetAfter: Bool = true, backwards: Bool = false
    ) -> (Double) -> LayerOperation {
        { salt in
            .gru(
                GRUParameters(
                    kernel: formula([features, 3 * units], salt), recurrentKernel: formula([units, 3 * units], salt + 1),
                    bias: formula(resetAfter ? [2, 3 * units] : [3 * units], salt + 2), activation: activation,
                    recurrentActivation: gates, resetAfter: resetAfter, returnSequences: sequences,
                    goBackwards: backwards))
        }
    }

    /// The second layer's weights follow the first one's.
    static func bidirectional(
        _ forward: @escaping (Double) -> LayerOperation, _ backward: @escaping (Double) -> LayerOperation,
        _ merge: BidirectionalMerge = .concat
    ) -> (Double) -> LayerOperation {
        { salt in .bidirectional(forward: forward(salt), backward: backward(salt + 3), merge: merge) }
    }

    static let all: [LayerCase] = Activation.allCases.flatMap { function in
        [
            stack("activation \(function.rawValue)", [5], size: 4, [{ _ in .activation(function) }]),
            stack("dense \(function.rawValue)", [4], [dense(4, 6, function)]),
        ]
    } + functionsInside + directions + normalizations + plain + recurrent + combinations

    private static let functionsInside: [LayerCase] = Activation.allCases.filter(\.isElementwise).flatMap { function in
        [
            ("lstm activation", lstm(2, 2, sequences: true, function)),
            ("lstm recurrent_activation", lstm(2, 2, sequences: true, gates: function)),
            ("gru activation", gru(2, 2, sequences: true, function)),
            ("gru recurrent_activation", gru(2, 2, sequences: true, gates: function)),
        ].map { stack("\($0.0) \(function.rawValue)", [3, 2], batch: 2, [$0.1]) }
    }

    private static let directions: [LayerCase] = [false, true].flatMap { sequences in
        let suffix = sequences ? "sequence" : "last"
        func sample(_ name: String, _ layer: @escaping (Double) -> LayerOperation) -> LayerCase {
            stack("\(name) \(suffix)", [4, 3], [layer])
        }
        func recurrent(
            _ kind: String, _ units: Int, odd: Bool = false, backwards: Bool = false
        ) -> (Double) -> LayerOperation {
            let (activation, gates): (Activation, Activation) = odd ? (.mish, .hardTanh) : (.tanh, .sigmoid)
            return kind == "lstm"
                ? lstm(3, units, sequences: sequences, activation, gates: gates, backwards: backwards)
                : gru(3, units, sequences: sequences, activation, gates: gates, backwards: backwards)
        }
        return ["lstm", "gru"].flatMap { kind in
            [
                sample(kind, recurrent(kind, 5)), sample("\(kind) backwards", recurrent(kind, 5, backwards: true)),
                sample("\(kind) odd backwards", recurrent(kind, 3, odd: true, backwards: true)),
                sample(
                    "bidirectional odd \(kind)",
                    bidirectional(recurrent(kind, 3, odd: true), recurrent(kind, 3, odd: true, backwards: true))),
            ] + BidirectionalMerge.allCases.map { merge in
                sample(
                    "bidirectional \(kind) \(merge.rawValue)",
                    bidirectional(recurrent(kind, 3), recurrent(kind, 3, backwards: true), merge))
            }
        } + [
            sample("gru reset before", gru(3, 5, sequences: sequences, resetAfter: false)),
            sample("gru reset before odd", gru(3, 5, sequences: sequences, .silu, gates: .relu6, resetAfter: false)),
            sample(
                "bidirectional pair",
                bidirectional(lstm(3, 4, sequences: sequences), gru(3, 3, sequences: sequences, backwards: true))),
        ]
    } + [
        stack("lstm two clips", [4, 3], [lstm(3, 3, .hardTanh, gates: .relu6)]),
        stack("lstm one step", [1, 3], [lstm(3, 4, sequences: true, .mish)]),
    ]

    private static let normalizations: [LayerCase] = [
        stack("layer normalization", [3, 4], [layerNormalization()]),
        stack("layer normalization plain", [4], [layerNormalization(gamma: false, beta: false, epsilon: 0.1)]),
        stack("layer normalization centered", [4], [layerNormalization(gamma: false)]),
        stack("layer normalization scaled", [4], [layerNormalization(beta: false)]),
        stack("time distributed layer normalization", [3, 4], [{ .timeDistributed(layerNormalization()($0)) }]),
        stack("time distributed batch normalization", [3, 4], [{ .timeDistributed(batchNormalization($0)) }]),
        stack("time distributed softmax", [3, 4], [{ _ in .timeDistributed(.activation(.softmax)) }]),
        stack("time distributed rescaling", [3, 4], [
            { _ in .timeDistributed(.rescaling(scale: Tensor(scalar: 0.3), offset: Tensor(scalar: -1.5))) },
        ]),
        stack("time distributed dropout", [3, 4], [{ _ in .timeDistributed(.dropout(rate: 0.5)) }]),
        stack("time distributed flatten", [3, 2, 2], [{ _ in .timeDistributed(.flatten) }]),
        stack("time distributed reshape", [3, 2, 2], [{ _ in .timeDistributed(.reshape([4, 1])) }]),
        stack("rescaling features", [3, 4], [
            { _ in .rescaling(scale: Tensor([0.3, -2, 1, 0.1]), offset: Tensor([0, 1.5, -0.2, 7])) },
        ]),
        stack("rescaling features by one", [4], [
            { _ in .rescaling(scale: Tensor([0.3, -2, 1, 0.1]), offset: Tensor(scalar: 0.5)) },
        ]),
    ]

    static func layerNormalization(
        gamma: Bool = true, beta: Bool = true, epsilon: Float = 1e-3
    ) -> (Double) -> LayerOperation {
        { salt in
            .layerNormalization(
                LayerNormalizationParameters(
                    gamma: gamma ? formula([4], salt) : nil, beta: beta ? formula([4], salt + (gamma ? 1 : 0)) : nil,
                    epsilon: epsilon))
        }
    }

    private static let plain: [LayerCase] = [
        stack("dense on steps", [3, 4], [dense(4, 5, .softmax)]),
        stack("dense without bias", [4], [dense(4, 5, bias: false)]),
        stack("time distributed", [3, 4], [dense(4, 5, .tanh, timeDistributed: true)]),
        stack("normalization", [3, 4], [normalization]),
        stack("batch normalization", [3, 4], [batchNormalization]),
        stack("rescaling", [4], [{ _ in .rescaling(scale: Tensor(scalar: 0.3), offset: Tensor(scalar: -1.5)) }]),
        stack("dropout", [4], [{ _ in .dropout(rate: 0.3) }]),
        stack("repeat vector", [4], [{ _ in .repeatVector(count: 3) }]),
        stack("flatten", [3, 4], [{ _ in .flatten }]),
        stack("reshape", [3, 4], [{ _ in .reshape([2, -1]) }]),
    ]

    /// One feature has no variance at all, which Keras' bound on the deviation answers.
    private static func normalization(_ salt: Double) -> LayerOperation {
        var variance = formula([4], salt + 1).values.map { $0 * $0 }
        variance[1] = 0
        return .normalization(mean: formula([4], salt), variance: Tensor(variance))
    }

    private static func batchNormalization(_ salt: Double) -> LayerOperation {
        .batchNormalization(
            BatchNormalizationParameters(
                gamma: formula([4], salt), beta: formula([4], salt + 1), movingMean: formula([4], salt + 2),
                movingVariance: Tensor(formula([4], salt + 3).values.map { $0 + 1 }), epsilon: 1e-3))
    }

    private static let recurrent: [LayerCase] = [
        stack(
            "forecast stack", [10, 7],
            [lstm(7, 12, sequences: true), { _ in .dropout(rate: 0.2) }, lstm(12, 8), dense(8, 6, .relu), dense(6, 1)]),
        stack(
            "autoencoder stack", [20, 3],
            [
                lstm(3, 10, sequences: true), lstm(10, 6), { _ in .repeatVector(count: 20) }, lstm(6, 6, sequences: true),
                lstm(6, 10, sequences: true), dense(10, 3, timeDistributed: true),
            ]),
        stack(
            "tagger stack", [6, 4],
            [
                bidirectional(lstm(4, 5, sequences: true), lstm(4, 5, sequences: true, backwards: true)),
                { salt in
                    .layerNormalization(
                        LayerNormalizationParameters(
                            gamma: formula([10], salt), beta: formula([10], salt + 1), epsilon: 1e-3))
                },
                bidirectional(gru(10, 4), gru(10, 4, backwards: true), .ave), dense(4, 3, .mish), dense(3, 4, .sparsemax),
            ]),
    ]

    private static let combinations: [LayerCase] = [
        combination("add", .add, ["a", "b", "a"]),
        combination("multiply", .multiply, ["a", "b"]),
        combination("subtract", .subtract, ["a", "b"]),
        combination("concatenate", .concatenate(axis: 0), ["a", "b"]),
        combination("concatenate steps", .concatenate(axis: 0), ["a", "b"], [[2, 4], [3, 4]]),
    ]
}

/// The largest |a − b| / max(1, |b|), NaN counting as equal to NaN only; infinite when the shapes differ.
func difference(_ actual: Tensor?, _ expected: Tensor) -> Float {
    guard let actual, actual.shape == expected.shape else { return .infinity }
    return zip(actual.values, expected.values).reduce(0) { worst, pair in
        if pair.0 == pair.1 || pair.0.isNaN && pair.1.isNaN { return worst }
        let gap = abs(pair.0 - pair.1) / max(1, abs(pair.1))
        return gap.isNaN ? .infinity : max(worst, gap)
    }
}
