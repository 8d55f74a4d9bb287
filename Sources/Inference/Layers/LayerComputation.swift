import ModelGraph

/// One layer with its weights prepared. `run` computes a block of rows; sources and result are dense, batch first.
protocol LayerComputation: Sendable {
    func run(_ sources: [[Float]], rows: Int) -> [Float]
}

extension LayerOperation {
    /// The computation of this operation for sources of these shapes (without the batch axis), which have been checked.
    func computation(sourceShapes: [[Int]]) -> any LayerComputation {
        let shape = sourceShapes[0]
        let features = shape[shape.count - 1]
        switch self {
        case .normalization(let mean, let variance):
            // Keras bounds the deviation, not the variance.
            return ScaleLayer(
                center: mean.values, scale: variance.values.map { max($0.squareRoot(), 1e-7) }, divides: true,
                offset: Array(repeating: 0, count: features))
        case .batchNormalization(let parameters):
            let scale = zip(parameters.gamma.values, parameters.movingVariance.values).map { gamma, variance in
                Float(Double(gamma) / (Double(variance) + Double(parameters.epsilon)).squareRoot())
            }
            return ScaleLayer(
                center: parameters.movingMean.values, scale: scale, divides: false, offset: parameters.beta.values)
        case .rescaling(let scale, let offset): return RescalingLayer(scale: scale, offset: offset, features: features)
        case .layerNormalization(let parameters): return NormalizedVectorLayer(parameters, features: features)
        case .dense(let parameters): return DenseLayer(parameters)
        case .lstm(let parameters): return RecurrentLayer(parameters, steps: shape[0])
        case .gru(let parameters): return RecurrentLayer(parameters, steps: shape[0])
        case .bidirectional(let forward, let backward, let merge):
            return BidirectionalLayer(forward, backward, merge, source: shape)
        case .timeDistributed(let inner):
            return TimeDistributedLayer(inner: inner.computation(sourceShapes: [Array(shape.dropFirst())]), steps: shape[0])
        case .dropout, .flatten, .reshape: return IdentityLayer()
        case .repeatVector(let count): return RepeatLayer(count: count, features: features)
        case .activation(let function): return ActivationLayer(function: function, features: features)
        case .add: return CombinationLayer(combination: .sum)
        case .multiply: return CombinationLayer(combination: .product)
        case .subtract: return CombinationLayer(combination: .difference)
        case .concatenate(let axis): return ConcatenationLayer(widths: sourceShapes.map { $0[axis...].reduce(1, *) })
        case .isolationForest(let forest): return ForestLayer(forest)
        }
    }
}
