import ModelGraph

extension KerasLayer {
    /// The layer that computes `operation`; nothing when Keras has none.
    init?(_ operation: LayerOperation) {
        switch operation {
        case .normalization: self = .normalization(fixed: nil)
        case let .dense(parameters): self = .dense(Dense(parameters))
        case let .timeDistributed(.dense(parameters)): self = .timeDistributed(Dense(parameters))
        case let .lstm(parameters) where !parameters.goBackwards:
            self = .lstm(LSTM(
                units: parameters.recurrentKernel.shape.first ?? 0, activation: parameters.activation,
                recurrentActivation: parameters.recurrentActivation, useBias: true,
                returnSequences: parameters.returnSequences))
        case let .dropout(rate): self = .dropout(rate: rate)
        case let .repeatVector(count): self = .repeatVector(count: count)
        case let .batchNormalization(parameters):
            self = .batchNormalization(epsilon: parameters.epsilon, center: true, scale: true)
        case .flatten: self = .flatten
        case let .reshape(shape): self = .reshape(shape)
        case let .rescaling(scale, offset) where scale.shape.isEmpty && offset.shape.isEmpty:
            self = .rescaling(scale: scale.values[0], offset: offset.values[0])
        case let .activation(activation): self = .activation(activation)
        case .add: self = .add
        case .multiply: self = .multiply
        case .subtract: self = .subtract
        case let .concatenate(axis): self = .concatenate(axis: axis)
        case .lstm, .gru, .bidirectional, .layerNormalization, .timeDistributed, .rescaling, .isolationForest: return nil
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
        case let .timeDistributed(dense): .timeDistributed(.dense(dense.parameters(tensors)))
        case let .lstm(lstm): .lstm(lstm.parameters(tensors))
        case let .dropout(rate): .dropout(rate: rate)
        case let .repeatVector(count): .repeatVector(count: count)
        case let .batchNormalization(epsilon, center, scale):
            .batchNormalization(Self.parameters(tensors, epsilon: epsilon, center: center, scale: scale))
        case .flatten: .flatten
        case let .reshape(shape): .reshape(shape)
        case let .rescaling(scale, offset): .rescaling(scale: Tensor(scalar: scale), offset: Tensor(scalar: offset))
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

extension KerasLayer.LSTM {
    fileprivate func parameters(_ tensors: [Tensor]) -> LSTMParameters {
        LSTMParameters(
            kernel: tensors[0], recurrentKernel: tensors[1],
            bias: useBias ? tensors[2] : Tensor(repeating: 0, shape: [4 * units]),
            activation: activation, recurrentActivation: recurrentActivation, returnSequences: returnSequences)
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
        case let .batchNormalization(parameters):
            [
                .float32(parameters.gamma), .float32(parameters.beta), .float32(parameters.movingMean),
                .float32(parameters.movingVariance),
            ]
        default: []
        }
    }
}
