import ModelGraph

extension KerasLayer {
    /// The layer that computes `operation`; nothing when Keras has none.
    init?(_ operation: LayerOperation) {
        switch operation {
        case .normalization: self = .normalization(fixed: nil)
        case let .dense(parameters): self = .dense(Dense(parameters))
        case let .timeDistributed(inner):
            guard let layer = KerasLayer(inner) else { return nil }
            self = .timeDistributed(layer)
        case let .lstm(parameters): self = .recurrent(Recurrent(parameters))
        case let .gru(parameters): self = .recurrent(Recurrent(parameters))
        case let .bidirectional(forward, backward, merge):
            guard case let .recurrent(forward) = KerasLayer(forward), case let .recurrent(backward) = KerasLayer(backward)
            else { return nil }
            self = .bidirectional(forward: forward, backward: backward, merge: merge)
        case let .dropout(rate): self = .dropout(rate: rate)
        case let .repeatVector(count): self = .repeatVector(count: count)
        case let .batchNormalization(parameters):
            self = .batchNormalization(epsilon: parameters.epsilon, center: true, scale: true)
        case let .layerNormalization(parameters):
            self = .layerNormalization(
                epsilon: parameters.epsilon, center: parameters.beta != nil, scale: parameters.gamma != nil)
        case .flatten: self = .flatten
        case let .reshape(shape): self = .reshape(shape)
        case let .rescaling(scale, offset): self = .rescaling(scale: scale, offset: offset)
        case let .activation(activation): self = .activation(activation)
        case .add: self = .add
        case .multiply: self = .multiply
        case .subtract: self = .subtract
        case let .concatenate(axis): self = .concatenate(axis: axis)
        case .isolationForest: return nil
        }
    }

    /// The operation with its weights, `tensors` in the order of `variables`.
    /// - Precondition: as many tensors as variables, of their shapes.
    func operation(_ tensors: [Tensor]) -> LayerOperation {
        switch self {
        case let .normalization(fixed):
            fixed.map { .normalization(mean: Tensor($0.mean), variance: Tensor($0.variance)) }
                ?? .normalization(mean: tensors[0], variance: tensors[1])
        case let .dense(dense): .dense(dense.parameters(tensors))
        case let .timeDistributed(inner): .timeDistributed(inner.operation(tensors))
        case let .recurrent(layer): layer.operation(tensors)
        case let .bidirectional(forward, backward, merge):
            .bidirectional(
                forward: forward.operation(Array(tensors.prefix(forward.variableCount))),
                backward: backward.operation(Array(tensors.dropFirst(forward.variableCount))), merge: merge)
        case let .dropout(rate): .dropout(rate: rate)
        case let .repeatVector(count): .repeatVector(count: count)
        case let .batchNormalization(epsilon, center, scale):
            .batchNormalization(Self.parameters(tensors, epsilon: epsilon, center: center, scale: scale))
        case let .layerNormalization(epsilon, center, scale):
            .layerNormalization(LayerNormalizationParameters(
                gamma: scale ? tensors[0] : nil, beta: center ? tensors[tensors.count - 1] : nil, epsilon: epsilon))
        case .flatten: .flatten
        case let .reshape(shape): .reshape(shape)
        case let .rescaling(scale, offset): .rescaling(scale: scale, offset: offset)
        case let .activation(activation): .activation(activation)
        case .add: .add
        case .multiply: .multiply
        case .subtract: .subtract
        case let .concatenate(axis): .concatenate(axis: axis)
        }
    }

    /// Without a scale gamma is 1, without a center beta is 0.
    private static func parameters(
        _ tensors: [Tensor], epsilon: Float, center: Bool, scale: Bool
    ) -> BatchNormalizationParameters {
        var rest = tensors[...]
        let shape = tensors[tensors.count - 1].shape
        let gamma = scale ? rest.removeFirst() : Tensor(repeating: 1, shape: shape)
        let beta = center ? rest.removeFirst() : Tensor(repeating: 0, shape: shape)
        return BatchNormalizationParameters(
            gamma: gamma, beta: beta, movingMean: rest.removeFirst(), movingVariance: rest.removeFirst(), epsilon: epsilon)
    }
}

extension KerasLayer.Dense {
    fileprivate init(_ parameters: DenseParameters) {
        self.init(
            units: parameters.kernel.shape.last ?? 0, activation: parameters.activation, useBias: parameters.bias != nil,
            trainable: parameters.trainable)
    }

    fileprivate func parameters(_ tensors: [Tensor]) -> DenseParameters {
        DenseParameters(
            kernel: tensors[0], bias: useBias ? tensors[1] : nil, activation: activation, trainable: trainable)
    }
}

extension KerasLayer.Recurrent {
    fileprivate init(_ lstm: LSTMParameters) {
        self.init(
            cell: .lstm, units: lstm.recurrentKernel.shape.first ?? 0, activation: lstm.activation,
            recurrentActivation: lstm.recurrentActivation, useBias: true, returnSequences: lstm.returnSequences,
            goBackwards: lstm.goBackwards)
    }

    fileprivate init(_ gru: GRUParameters) {
        self.init(
            cell: .gru(resetAfter: gru.resetAfter), units: gru.recurrentKernel.shape.first ?? 0, activation: gru.activation,
            recurrentActivation: gru.recurrentActivation, useBias: true, returnSequences: gru.returnSequences,
            goBackwards: gru.goBackwards)
    }

    fileprivate var variableCount: Int { useBias ? 3 : 2 }

    /// Without a bias it is 0.
    fileprivate func operation(_ tensors: [Tensor]) -> LayerOperation {
        let bias = useBias ? tensors[2] : Tensor(repeating: 0, shape: biasShape)
        return switch cell {
        case .lstm:
            .lstm(LSTMParameters(
                kernel: tensors[0], recurrentKernel: tensors[1], bias: bias, activation: activation,
                recurrentActivation: recurrentActivation, returnSequences: returnSequences, goBackwards: goBackwards))
        case let .gru(resetAfter):
            .gru(GRUParameters(
                kernel: tensors[0], recurrentKernel: tensors[1], bias: bias, activation: activation,
                recurrentActivation: recurrentActivation, resetAfter: resetAfter, returnSequences: returnSequences,
                goBackwards: goBackwards))
        }
    }
}

extension LayerOperation {
    /// The values of the layer's variables, in the order of `KerasLayer.variables`.
    var kerasValues: [HDF5Encoder.Value] {
        switch self {
        case let .normalization(mean, variance):
            // Keras keeps the number of batches seen while adapting; nothing reads it.
            [.float32(mean), .float32(variance), .int32(0)]
        case let .timeDistributed(inner): inner.kerasValues
        case let .dense(parameters): [.float32(parameters.kernel)] + (parameters.bias.map { [.float32($0)] } ?? [])
        case let .lstm(parameters):
            [.float32(parameters.kernel), .float32(parameters.recurrentKernel), .float32(parameters.bias)]
        case let .gru(parameters):
            [.float32(parameters.kernel), .float32(parameters.recurrentKernel), .float32(parameters.bias)]
        case let .bidirectional(forward, backward, _): forward.kerasValues + backward.kerasValues
        case let .layerNormalization(parameters):
            [parameters.gamma, parameters.beta].compactMap { $0 }.map(HDF5Encoder.Value.float32)
        case let .batchNormalization(parameters):
            [
                .float32(parameters.gamma), .float32(parameters.beta), .float32(parameters.movingMean),
                .float32(parameters.movingVariance),
            ]
        default: []
        }
    }
}
