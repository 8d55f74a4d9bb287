import Foundation
import Learners
import ModelGraph
import TestSupport
import Testing

/// The formulas and fixtures of `Tools/reference/learners.py`.
enum Golden {
    struct Network: Decodable {
        // Before training, exact.
        var outputs: [Float]
        var loss: Double
        var gradients: [[Float]]
        // Ten steps, as Keras takes them in float32.
        var losses: [Double]
        var trainedWeights: [[Float]]
        var trainedStatistics: [[Float]]
        var trainedOutputs: [Float]
    }

    struct Activations: Decodable {
        var points: [Float]
        var curves: [String: Curve]

        struct Curve: Decodable {
            var values: [Float]
            var slopes: [Float]
        }
    }

    struct LossCase: Decodable {
        var targets: [Float]
        var loss: Double
        var gradient: [Float]
    }

    struct Callbacks: Decodable {
        var losses: [Double]
        var rates: [Float]
        var stoppedAfter: Int
        var bestEpoch: Int
    }

    static func read<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value {
        try JSONDecoder().decode(type, from: Fixture.data("Learners/\(name).json"))
    }

    static func wave(_ count: Int, _ scale: Double, _ phase: Double) -> [Float] {
        (0 ..< count).map { Float(scale * sin(0.7 * Double($0) + phase)) }
    }

    static func normalization(features: Int) -> LayerSpecification {
        .normalization(
            mean: wave(features, 0.5, 0.25),
            variance: wave(features, 1, 0.75).map { Float(abs(Double($0)) + 0.5) })
    }

    static func windows(_ count: Int, length: Int, features: Int) -> WindowedRows {
        WindowedRows(
            rows: wave((count + length - 1) * features, 1.5, 0.5), featureCount: features, windowLength: length,
            windowEnds: (0 ..< count).map { Int32($0 + length - 1) })
    }

    static func sampleWeights(_ count: Int) -> [Float] { wave(count, 0.5, 2).map { Float(Double($0) + 1) } }

    /// Trainable tensor number k is a wave of phase k; gamma, the first of two tensors beside statistics, around one.
    static func weights(like initial: NetworkWeights) -> NetworkWeights {
        var number = 0.0
        return NetworkWeights(
            layers: initial.layers.map { layer in
                var filled = layer
                for index in layer.variables.indices {
                    number += 1
                    let isGamma = !layer.statistics.isEmpty && index == 0
                    filled.variables[index] = wave(layer.variables[index].count, 0.4, number).map { isGamma ? $0 + 1 : $0 }
                }
                return filled
            })
    }
}

/// A network, data and configuration for which a fixture exists.
struct GoldenCase: Sendable, CustomTestStringConvertible {
    var name: String
    var network: SequentialNetwork
    var data: TrainingData
    var configuration: TrainingConfiguration
    /// Largest error of a gradient against exact arithmetic, as a share of the network's largest: 16 roundings of float32.
    var gradientTolerance = 1e-6

    var testDescription: String { name }

    static let all = [bandwidthLike, policyLike, autoencoderLike, batchNormalization]

    /// One batch per epoch, so that the history is the losses of ten steps in a row.
    private static func configuration(_ loss: Loss, _ optimiser: Optimiser, samples: Int, norm: Float? = nil)
        -> TrainingConfiguration
    {
        TrainingConfiguration(
            loss: loss, optimiser: optimiser, epochs: 10, batchSize: samples, shuffles: false, largestGradientNorm: norm)
    }

    static let bandwidthLike = GoldenCase(
        name: "bandwidth_like",
        network: SequentialNetwork(
            input: .window(length: 10, features: 5),
            layers: [
                Golden.normalization(features: 5), .lstm(units: 8, returnSequences: true), .lstm(units: 6),
                .dense(units: 5, activation: .relu), .dense(units: 1),
            ]),
        data: TrainingData(
            samples: Golden.windows(34, length: 10, features: 5), targets: .values(Golden.wave(34, 2, 3)),
            sampleWeights: Golden.sampleWeights(34)),
        configuration: configuration(.meanSquaredError, .adam(learningRate: 0.01), samples: 34))

    static let policyLike = GoldenCase(
        name: "policy_like",
        network: SequentialNetwork(
            input: .row(features: 7),
            layers: [
                .dense(units: 16, activation: .relu), .dense(units: 8, activation: .relu),
                .dense(units: 10, activation: .softmax),
            ]),
        data: TrainingData(
            samples: Golden.windows(40, length: 1, features: 7), targets: .values(Golden.wave(400, 1, 4).map(abs))),
        configuration: configuration(.categoricalCrossEntropy, .adam(learningRate: 0.01), samples: 40, norm: 0.5))

    static let autoencoderLike = GoldenCase(
        name: "autoencoder_like",
        network: SequentialNetwork(
            input: .window(length: 6, features: 3),
            layers: [
                Golden.normalization(features: 3), .lstm(units: 8, returnSequences: true), .lstm(units: 4),
                .repeatVector(count: 6), .lstm(units: 4, returnSequences: true), .lstm(units: 8, returnSequences: true),
                .timeDistributedDense(units: 3),
            ]),
        data: TrainingData(samples: Golden.windows(9, length: 6, features: 3), targets: .inputs()),
        configuration: configuration(.meanSquaredError, .adam(learningRate: 0.01), samples: 9))

    static let batchNormalization = GoldenCase(
        name: "batch_normalization",
        network: SequentialNetwork(
            input: .row(features: 5),
            layers: [.dense(units: 6, activation: .tanh), .batchNormalization(), .dense(units: 3)]),
        data: TrainingData(
            samples: Golden.windows(14, length: 1, features: 5),
            targets: .values(Golden.wave(42, 1, 5).map { $0 > 0 ? 1 : 0 }), sampleWeights: Golden.sampleWeights(14)),
        configuration: configuration(
            .binaryCrossEntropy, .stochasticGradientDescent(learningRate: 0.05, momentum: 0.9), samples: 14),
        // Subtracting the mean and dividing by a small deviation enlarges rounding errors: Keras' own float32 gradient is
        // 1.3e-6 from its float64 one.
        gradientTolerance: 2e-6)
}
