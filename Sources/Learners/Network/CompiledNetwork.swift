import ModelGraph
import Randomness
import TensorCore

/// A network whose shapes were checked and whose numbers have their places: parameters and statistics each lie in one
/// block, layer after layer.
struct CompiledNetwork: Sendable {
    let specification: SequentialNetwork
    /// A leading normalization, which is applied to the data once instead of to each batch.
    let normalization: FeatureNormalization?
    /// The layers after it.
    let layers: [any Layer]
    let names: [String]
    let parameters: Placement
    let statistics: Placement
    /// Whether anything below the layer learns.
    let needsInputGradient: [Bool]

    /// - Parameters:
    ///   - absorbing: an activation that the loss takes over when the last layer ends with it.
    ///   - pairKernels: what LSTM layers multiply bfloat16 numbers with; nil for float32.
    /// - Throws: `NetworkError` naming the layer that does not fit.
    init(_ network: SequentialNetwork, absorbing absorbed: Activation? = nil, pairKernels: PairKernels? = nil) throws {
        specification = network
        var layers: [any Layer] = []
        var normalization: FeatureNormalization?
        var shape = network.input
        try Self.check(shape)
        for (index, (layer, name)) in zip(network.layers, network.layerNames).enumerated() {
            if case .normalization(let mean, let variance) = layer {
                guard index == 0 else {
                    throw NetworkError(layer: name, found: "is not the first", advice: "put the normalization first")
                }
                normalization = try FeatureNormalization(mean: mean, variance: variance, features: shape.features)
                continue
            }
            let above = index + 1 < network.layers.count ? network.layers[index + 1] : nil
            let compiled = try layer.compiled(
                name: name, input: shape, below: layers.last, above: above, absorbing: above == nil ? absorbed : nil,
                pairKernels: pairKernels)
            layers.append(compiled)
            shape = compiled.outputShape
        }
        guard !layers.isEmpty else { throw NetworkError("cannot build the network: it has no layers; add at least one") }
        self.normalization = normalization
        self.layers = layers
        names = Array(network.layerNames.suffix(layers.count))
        parameters = Placement(sizes: layers.map(\.parameterCount))
        statistics = Placement(sizes: layers.map(\.statisticsCount))
        var learns = false
        needsInputGradient = layers.map { layer in
            defer { learns = learns || layer.parameterCount > 0 }
            return learns
        }
    }

    var outputShape: SampleShape { layers[layers.count - 1].outputShape }

    /// Multiply-adds of one sample's forward pass, roughly: each weight once per step.
    var multiplyAddsPerSample: Int { layers.reduce(0) { $0 + $1.parameterCount * $1.inputShape.steps } }

    private static func check(_ shape: SampleShape) throws {
        guard shape.features > 0, shape.steps > 0 else {
            throw NetworkError("cannot build the network: its input has the shape \(shape); every length must be at least 1")
        }
    }

    /// Where each layer's part of a block begins.
    struct Placement: Sendable {
        let offsets: [Int]
        let sizes: [Int]
        let total: Int

        init(sizes: [Int]) {
            var layout = BlockLayout()
            offsets = sizes.map { layout.reserve($0) }
            self.sizes = sizes
            total = layout.count
        }
    }
}

/// Frozen scaling of each feature, `(x − mean) / max(√variance, 1e-7)`, computed as Keras' `Normalization` does.
struct FeatureNormalization: Sendable {
    let mean: [Float]
    let deviation: [Float]

    init(mean: [Float], variance: [Float], features: Int) throws {
        guard mean.count == features, variance.count == features else {
            throw NetworkError(
                layer: "normalization",
                found: "has \(mean.count) means and \(variance.count) variances for \(features) features",
                advice: "give one of each per feature")
        }
        self.mean = mean
        deviation = variance.map { max($0.squareRoot(), 1e-7) }
    }

    /// Normalises `rows: [row, feature]` in place.
    func apply(to rows: UnsafeMutablePointer<Float>, count: Int) {
        let features = mean.count
        mean.withUnsafeBufferPointer { mean in
            deviation.withUnsafeBufferPointer { deviation in
                for row in 0 ..< count {
                    let x = rows + row * features
                    for feature in 0 ..< features { x[feature] = (x[feature] - mean[feature]) / deviation[feature] }
                }
            }
        }
    }
}

extension LayerSpecification {
    private var isLSTM: Bool {
        if case .lstm = self { true } else { false }
    }

    /// The layer for this input shape between its neighbours: an LSTM layer on top of a repeated vector reads it once.
    fileprivate func compiled(
        name: String, input: SampleShape, below: (any Layer)?, above: LayerSpecification?,
        absorbing absorbed: Activation?, pairKernels: PairKernels?
    ) throws -> any Layer {
        func positive(_ value: Int, _ what: String) throws {
            guard value > 0 else {
                throw NetworkError(layer: name, found: "has \(value) \(what)", advice: "give at least 1")
            }
        }
        func trainable(_ activation: Activation) throws -> Activation {
            guard activation.isTrainable else {
                let known = Activation.allCases.filter(\.isTrainable).map(\.rawValue).joined(separator: ", ")
                throw NetworkError(
                    layer: name, found: "has the activation `\(activation.rawValue)`, which is not trained here",
                    advice: "use one of \(known)")
            }
            return activation == absorbed ? .linear : activation
        }
        func sequence() throws {
            guard input.time != nil else {
                throw NetworkError(
                    layer: name, found: "needs a sequence [time, features] but is given \(input)",
                    advice: "let the layer before return sequences, or repeat the vector")
            }
        }
        switch self {
        case .normalization:
            preconditionFailure("a normalization is not compiled to a layer")
        case .dense(let units, let activation, let initializer):
            try positive(units, "units")
            return DenseLayer(
                inputShape: input, units: units, activation: try trainable(activation), initializer: initializer,
                timeDistributed: false)
        case .timeDistributedDense(let units, let activation, let initializer):
            try positive(units, "units")
            try sequence()
            return DenseLayer(
                inputShape: input, units: units, activation: try trainable(activation), initializer: initializer,
                timeDistributed: true)
        case .lstm(let units, let returnSequences):
            try positive(units, "units")
            try sequence()
            return LSTMLayer(
                inputShape: input, units: units, returnSequences: returnSequences,
                inputIsRepeated: below is RepeatVectorLayer, pairKernels: pairKernels)
        case .dropout(let rate):
            guard rate >= 0, rate < 1 else {
                throw NetworkError(layer: name, found: "has the rate \(rate)", advice: "give a rate in 0 ..< 1")
            }
            return DropoutLayer(inputShape: input, rate: rate)
        case .repeatVector(let count):
            try positive(count, "repetitions")
            guard input.time == nil else {
                throw NetworkError(
                    layer: name, found: "repeats a row but is given the sequence \(input)",
                    advice: "let the layer before return its last step only")
            }
            return RepeatVectorLayer(inputShape: input, count: count, isReadOnce: above?.isLSTM ?? false)
        case .batchNormalization(let momentum, let epsilon):
            return BatchNormalizationLayer(inputShape: input, momentum: momentum, epsilon: epsilon)
        case .activation(let activation):
            return ActivationLayer(inputShape: input, activation: try trainable(activation))
        case .flatten:
            return FlattenLayer(inputShape: input)
        }
    }
}
