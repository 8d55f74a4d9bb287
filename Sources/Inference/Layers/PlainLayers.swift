import ModelGraph

/// `x · kernel + bias`, then the activation, on the last axis.
struct DenseLayer: LayerComputation {
    private let kernel: [Float]
    private let bias: [Float]
    private let features: Int
    private let units: Int
    private let activation: Activation

    init(_ parameters: DenseParameters) {
        kernel = parameters.kernel.values
        units = parameters.units
        features = parameters.kernel.shape[0]
        bias = parameters.bias?.values ?? Array(repeating: 0, count: units)
        activation = parameters.activation
    }

    func run(_ sources: [[Float]], rows: Int) -> [Float] {
        // [B, T, F] is B · T rows for this purpose.
        let vectors = sources[0].count / features
        var result: [Float] = []
        result.reserveCapacity(vectors * units)
        for _ in 0 ..< vectors { result += bias }
        result.withUnsafeMutableBufferPointer { result in
            guard let result = result.baseAddress else { return }
            sources[0].withUnsafeBufferPointer { source in
                kernel.withUnsafeBufferPointer { kernel in
                    guard let source = source.baseAddress, let kernel = kernel.baseAddress else { return }
                    MatrixProduct.accumulate(
                        source, leftStride: features, kernel, into: result, rows: vectors, inner: features, columns: units)
                }
            }
            activation.apply(result, rows: vectors, columns: units)
        }
        return result
    }
}

/// An LSTM over all steps, starting from zero states.
struct LSTMLayer: LayerComputation {
    private let forward: LSTMForward
    private let steps: Int
    private let returnSequences: Bool

    init(_ parameters: LSTMParameters, steps: Int, features: Int) {
        forward = LSTMForward(
            features: features, units: parameters.units, kernel: parameters.kernel.values,
            recurrentKernel: parameters.recurrentKernel.values, bias: parameters.bias.values,
            activation: parameters.activation, recurrentActivation: parameters.recurrentActivation)
        self.steps = steps
        returnSequences = parameters.returnSequences
    }

    func run(_ sources: [[Float]], rows: Int) -> [Float] {
        sources[0].withUnsafeBufferPointer { source in
            guard let source = source.baseAddress else { return [] }
            let layout = LSTMForward.Layout(rowStride: steps * forward.features, timeStride: forward.features)
            guard returnSequences else { return forward.run(source, layout, rows: rows, steps: steps) }
            let result = LSTMForward.Layout(rowStride: steps * forward.units, timeStride: forward.units)
            let count = rows * steps * forward.units
            return [Float](unsafeUninitializedCapacity: count) { buffer, initialised in
                buffer.initialize(repeating: 0)
                if let values = buffer.baseAddress {
                    _ = forward.run(source, layout, rows: rows, steps: steps, sequence: (values, result))
                }
                initialised = count
            }
        }
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

/// `x · scale + offset`, scalars.
struct RescalingLayer: LayerComputation {
    let scale: Float
    let offset: Float

    func run(_ sources: [[Float]], rows: Int) -> [Float] { sources[0].map { $0 * scale + offset } }
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

/// Sources joined along the last axis.
struct ConcatenationLayer: LayerComputation {
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
