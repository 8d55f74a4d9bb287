import ModelGraph

/// What a Keras layer is configured to do, without its weights: the bridge between a layer's JSON and a `LayerOperation`.
///
/// One case per layer class that is known. The facets: `+Reading` (from JSON), `+Configuration` (to JSON), `+Variables`
/// (weights and shapes), `+Operation` (from and to a graph's operation).
enum KerasLayer: Equatable {
    /// With `fixed`, mean and variance stand in the configuration and the layer has no variables.
    case normalization(fixed: FixedStatistics?)
    case dense(Dense)
    /// The inner layer on each step.
    indirect case timeDistributed(KerasLayer)
    case recurrent(Recurrent)
    case bidirectional(forward: Recurrent, backward: Recurrent, merge: BidirectionalMerge)
    case dropout(rate: Float)
    case repeatVector(count: Int)
    case batchNormalization(epsilon: Float, center: Bool, scale: Bool)
    case layerNormalization(epsilon: Float, center: Bool, scale: Bool)
    case flatten
    case reshape([Int])
    /// Each a scalar or one value for each feature.
    case rescaling(scale: Tensor, offset: Tensor)
    case activation(Activation)
    case add
    case multiply
    case subtract
    /// Along an axis counted without the batch axis.
    case concatenate(axis: Int)

    struct FixedStatistics: Equatable {
        var mean: [Float]
        var variance: [Float]
    }

    struct Dense: Equatable {
        var units: Int
        var activation: Activation
        var useBias: Bool
        var trainable: Bool
    }

    /// An LSTM or a GRU.
    struct Recurrent: Equatable {
        var cell: Cell
        var units: Int
        var activation: Activation
        var recurrentActivation: Activation
        var useBias: Bool
        var returnSequences: Bool
        var goBackwards: Bool

        enum Cell: Equatable {
            case lstm
            case gru(resetAfter: Bool)
        }
    }

    /// The layer's class in the module `keras.layers`.
    var className: String {
        switch self {
        case .normalization: "Normalization"
        case .dense: "Dense"
        case .timeDistributed: "TimeDistributed"
        case let .recurrent(layer): layer.className
        case .bidirectional: "Bidirectional"
        case .dropout: "Dropout"
        case .repeatVector: "RepeatVector"
        case .batchNormalization: "BatchNormalization"
        case .layerNormalization: "LayerNormalization"
        case .flatten: "Flatten"
        case .reshape: "Reshape"
        case .rescaling: "Rescaling"
        case .activation: "Activation"
        case .add: "Add"
        case .multiply: "Multiply"
        case .subtract: "Subtract"
        case .concatenate: "Concatenate"
        }
    }

    /// The class name in snake case, which begins the layer's path in the weights file.
    var snakeCaseName: String {
        switch self {
        case .timeDistributed: "time_distributed"
        case .repeatVector: "repeat_vector"
        case .batchNormalization: "batch_normalization"
        case .layerNormalization: "layer_normalization"
        default: className.lowercased()
        }
    }

    /// Whether the layer is called on a list of tensors.
    var mergesSeveralInputs: Bool {
        switch self {
        case .add, .multiply, .subtract, .concatenate: true
        default: false
        }
    }

    /// The activation functions that the layer applies.
    var activations: [Activation] {
        switch self {
        case let .dense(dense): [dense.activation]
        case let .timeDistributed(inner): inner.activations
        case let .recurrent(layer): [layer.activation, layer.recurrentActivation]
        case let .bidirectional(forward, backward, _):
            KerasLayer.recurrent(forward).activations + KerasLayer.recurrent(backward).activations
        case let .activation(activation): [activation]
        default: []
        }
    }

    /// The classes that are read, for error messages.
    static let knownClasses = [
        "Activation", "Add", "BatchNormalization", "Bidirectional(LSTM or GRU)", "Concatenate", "Dense", "Dropout", "ELU",
        "Flatten", "GRU", "LSTM", "LayerNormalization", "LeakyReLU", "Multiply", "Normalization", "ReLU", "RepeatVector",
        "Rescaling", "Reshape", "Softmax", "Subtract", "TimeDistributed",
    ]
}

extension KerasLayer.Recurrent {
    var className: String { cell == .lstm ? "LSTM" : "GRU" }

    /// Input, forget, candidate, output; or update, reset, candidate.
    var gates: Int { cell == .lstm ? 4 : 3 }

    /// A GRU that resets after the product with the state has a bias for each of its two products.
    var biasShape: [Int] { cell == .gru(resetAfter: true) ? [2, gates * units] : [gates * units] }

    /// The shape of the result for an input of `steps` steps.
    func outputShape(steps: Int) -> [Int] { returnSequences ? [steps, units] : [units] }
}
