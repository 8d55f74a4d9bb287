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
    /// Variables whose gradients the layers' backward passes leave for later, those with most work first.
    let lateGradients: [(layer: Int, variable: Int)]

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
                at: LayerPlace(
                    name: name, input: shape, below: layers.last, above: above, absorbed: above == nil ? absorbed : nil,
                    pairKernels: pairKernels))
            layers.append(compiled)
            shape = compiled.outputShape
        }
        guard !layers.isEmpty else { throw NetworkError("cannot build the network: it has no layers; add at least one") }
        self.normalization = normalization
        self.layers = layers
        names = Array(network.layerNames.suffix(layers.count))
        parameters = Placement(sizes: layers.map(\.parameterCount))
        statistics = Placement(sizes: layers.map(\.statisticsCount))
        lateGradients = layers.enumerated()
            .flatMap { layer, compiled in compiled.lateGradients.map { (layer: layer, gradient: $0) } }
            .sorted { $0.gradient.work > $1.gradient.work }
            .map { ($0.layer, $0.gradient.variable) }
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
        for feature in mean.indices where !(mean[feature].isFinite && variance[feature].isFinite && variance[feature] >= 0) {
            throw NetworkError(
                layer: "normalization",
                found: "has mean \(mean[feature]) and variance \(variance[feature]) for feature \(feature)",
                advice: "give finite means, and variances of at least 0")
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
