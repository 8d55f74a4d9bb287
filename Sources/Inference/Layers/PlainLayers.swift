import ModelGraph

/// `x · kernel + bias`, then the activation, on the last axis.
struct DenseLayer: LayerComputation {
    private let kernel: PackedMatrix
    private let bias: [Float]
    private let activation: Activation

    init(_ parameters: DenseParameters) {
        kernel = PackedMatrix(parameters.kernel)
        bias = parameters.bias?.values ?? Array(repeating: 0, count: parameters.units)
        activation = parameters.activation
    }

    func run(_ sources: [[Float]], rows: Int) -> [Float] {
        // [B, T, F] is B · T rows for this purpose.
        let vectors = sources[0].count / kernel.inner
        var result: [Float] = []
        result.reserveCapacity(vectors * kernel.columns)
        for _ in 0 ..< vectors { result += bias }
        result.withUnsafeMutableBufferPointer { result in
            guard let result = result.baseAddress else { return }
            sources[0].withUnsafeBufferPointer { source in
                guard let source = source.baseAddress else { return }
                kernel.accumulate(source, leftStride: kernel.inner, into: result, rows: vectors)
            }
            activation.apply(result, rows: vectors, columns: kernel.columns)
        }
        return result
    }
}

/// `(x − center) · scale + offset` or `(x − center) / scale + offset` on the last axis.
struct ScaleLayer: LayerComputation {
    let center: [Float]
    let scale: [Float]
    let divides: Bool
    let offset: [Float]

    func run(_ sources: [[Float]], rows: Int) -> [Float] {
        var values = sources[0]
        let features = center.count
        for start in stride(from: 0, to: values.count, by: features) {
            for feature in 0 ..< features {
                let centred = values[start + feature] - center[feature]
                let scaled = divides ? centred / scale[feature] : centred * scale[feature]
                values[start + feature] = scaled + offset[feature]
            }
        }
        return values
    }
}

/// `x · scale + offset` on the last axis.
struct RescalingLayer: LayerComputation {
    private let scale: [Float]
    private let offset: [Float]

    /// Scalars hold for every one of the features.
    init(scale: Tensor, offset: Tensor, features: Int) {
        func spread(_ tensor: Tensor) -> [Float] {
            tensor.shape.isEmpty ? Array(repeating: tensor.values[0], count: features) : tensor.values
        }
        self.scale = spread(scale)
        self.offset = spread(offset)
    }

    func run(_ sources: [[Float]], rows: Int) -> [Float] {
        var values = sources[0]
        for start in stride(from: 0, to: values.count, by: scale.count) {
            for feature in scale.indices {
                values[start + feature] = values[start + feature] * scale[feature] + offset[feature]
            }
        }
        return values
    }
}

/// `gamma (x − mean) / √(variance + epsilon) + beta` of each vector of the last axis, biased variance.
///
/// Keras adds up in float32 and computes `x · s + (beta − mean · s)`, which loses digits where the mean is large; mean and
/// variance are added up in double here, and the mean is subtracted first.
struct NormalizedVectorLayer: LayerComputation {
    private let gamma: [Float]
    private let beta: [Float]
    private let epsilon: Double

    init(_ parameters: LayerNormalizationParameters, features: Int) {
        gamma = parameters.gamma?.values ?? Array(repeating: 1, count: features)
        beta = parameters.beta?.values ?? Array(repeating: 0, count: features)
        epsilon = Double(parameters.epsilon)
    }

    func run(_ sources: [[Float]], rows: Int) -> [Float] {
        var values = sources[0]
        values.withUnsafeMutableBufferPointer { values in
            for start in stride(from: 0, to: values.count, by: gamma.count) {
                VectorNormalization.apply(
                    UnsafeMutableBufferPointer(rebasing: values[start ..< start + gamma.count]), epsilon: epsilon)
                for feature in gamma.indices {
                    values[start + feature] = values[start + feature] * gamma[feature] + beta[feature]
                }
            }
        }
        return values
    }
}

/// An operation on every step of `[B, T, …]`: for what looks at the last axes only, a step is a row.
struct TimeDistributedLayer: LayerComputation {
    let inner: any LayerComputation
    let steps: Int

    func run(_ sources: [[Float]], rows: Int) -> [Float] { inner.run(sources, rows: rows * steps) }
}

/// Layers that change the shape only, or act in training only.
struct IdentityLayer: LayerComputation {
    func run(_ sources: [[Float]], rows: Int) -> [Float] { sources[0] }
}

/// `[B, U]` → `[B, count, U]`.
struct RepeatLayer: LayerComputation {
    let count: Int
    let features: Int

    func run(_ sources: [[Float]], rows: Int) -> [Float] {
        var result: [Float] = []
        result.reserveCapacity(rows * count * features)
        for row in 0 ..< rows {
            let vector = sources[0][row * features ..< (row + 1) * features]
            for _ in 0 ..< count { result += vector }
        }
        return result
    }
}

/// An activation on its own.
struct ActivationLayer: LayerComputation {
    let function: Activation
    let features: Int

    func run(_ sources: [[Float]], rows: Int) -> [Float] {
        var values = sources[0]
        values.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            function.apply(start, rows: buffer.count / features, columns: features)
        }
        return values
    }
}

/// Sources of equal shapes combined element by element, from the first to the last.
struct CombinationLayer: LayerComputation {
    enum Combination: Sendable { case sum, product, difference }

    let combination: Combination

    func run(_ sources: [[Float]], rows: Int) -> [Float] {
        var result = sources[0]
        for other in sources.dropFirst() {
            for index in result.indices {
                switch combination {
                case .sum: result[index] += other[index]
                case .product: result[index] *= other[index]
                case .difference: result[index] -= other[index]
                }
            }
        }
        return result
    }
}

/// Sources joined along an axis.
struct ConcatenationLayer: LayerComputation {
    /// The values of each source that lie together: the sizes from that axis on, multiplied.
    let widths: [Int]

    func run(_ sources: [[Float]], rows: Int) -> [Float] {
        var result: [Float] = []
        result.reserveCapacity(sources.reduce(0) { $0 + $1.count })
        for vector in 0 ..< sources[0].count / widths[0] {
            for (source, width) in zip(sources, widths) { result += source[vector * width ..< (vector + 1) * width] }
        }
        return result
    }
}
