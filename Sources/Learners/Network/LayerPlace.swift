import ModelGraph
import TensorCore

/// Where a layer stands in its network: what its shape is checked against and what it is compiled with.
struct LayerPlace {
    let name: String
    let input: SampleShape
    let below: (any Layer)?
    let above: LayerSpecification?
    /// An activation that the loss takes over, if the layer ends with it.
    let absorbed: Activation?
    /// What LSTM layers multiply bfloat16 numbers with; nil for float32.
    let pairKernels: PairKernels?

    func require(_ holds: Bool, _ found: @autoclosure () -> String, _ advice: @autoclosure () -> String) throws {
        guard holds else { throw NetworkError(layer: name, found: found(), advice: advice()) }
    }

    func requirePositive(_ value: Int, _ what: String) throws {
        try require(value > 0, "has \(value) \(what)", "give at least 1")
    }

    func requireSequence() throws {
        try require(
            input.time != nil, "needs a sequence [time, features] but is given \(input)",
            "let the layer before return sequences, or repeat the vector")
    }

    /// The activation that the layer itself computes.
    func trained(_ activation: Activation) throws -> Activation {
        try require(
            activation.isTrainable, "has the activation `\(activation.rawValue)`, which is not trained here",
            "use one of \(Activation.allCases.filter(\.isTrainable).map(\.rawValue).joined(separator: ", "))")
        return activation == absorbed ? .linear : activation
    }
}

extension LayerSpecification {
    /// The layer at this place. An LSTM layer on top of a repeated vector reads it once.
    /// - Throws: `NetworkError` if it does not fit there.
    func compiled(at place: LayerPlace) throws -> any Layer {
        let input = place.input
        switch self {
        case .normalization:
            preconditionFailure("a normalization is not compiled to a layer")
        case .dense(let units, let activation, let initializer):
            try place.requirePositive(units, "units")
            return DenseLayer(
                inputShape: input, units: units, activation: try place.trained(activation), initializer: initializer,
                timeDistributed: false)
        case .timeDistributedDense(let units, let activation, let initializer):
            try place.requirePositive(units, "units")
            try place.requireSequence()
            return DenseLayer(
                inputShape: input, units: units, activation: try place.trained(activation), initializer: initializer,
                timeDistributed: true)
        case .lstm(let units, let returnSequences):
            try place.requirePositive(units, "units")
            try place.requireSequence()
            return LSTMLayer(
                inputShape: input, units: units, returnSequences: returnSequences,
                inputIsRepeated: (place.below as? RepeatVectorLayer)?.isReadOnce ?? false, pairKernels: place.pairKernels)
        case .dropout(let rate):
            try place.require(rate >= 0 && rate < 1, "has the rate \(rate)", "give a rate in 0 ..< 1")
            return DropoutLayer(inputShape: input, rate: rate)
        case .repeatVector(let count):
            try place.requirePositive(count, "repetitions")
            try place.require(
                input.time == nil, "repeats a row but is given the sequence \(input)",
                "let the layer before return its last step only")
            return RepeatVectorLayer(inputShape: input, count: count, isReadOnce: place.above?.isLSTM ?? false)
        case .batchNormalization(let momentum, let epsilon):
            return BatchNormalizationLayer(inputShape: input, momentum: momentum, epsilon: epsilon)
        case .activation(let activation):
            return ActivationLayer(inputShape: input, activation: try place.trained(activation))
        case .flatten:
            return FlattenLayer(inputShape: input)
        }
    }

    private var isLSTM: Bool {
        if case .lstm = self { true } else { false }
    }
}
