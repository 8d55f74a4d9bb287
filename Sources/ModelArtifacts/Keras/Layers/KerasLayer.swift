import ModelGraph

/// What a Keras layer is configured to do, without its weights: the bridge between a layer's JSON and a `LayerOperation`.
///
/// One case per layer class that is known. The facets: `+Reading` (from JSON), `+Configuration` (to JSON), `+Variables`
/// (weights and shapes), `+Operation` (from and to a graph's operation).
enum KerasLayer: Equatable {
    /// With `fixed`, mean and variance stand in the configuration and the layer has no variables.
    case normalization(fixed: FixedStatistics?)
    case dense(Dense)
    /// `TimeDistributed(Dense)`.
    case timeDistributed(Dense)
    case lstm(LSTM)
    case dropout(rate: Float)
    case repeatVector(count: Int)
    case batchNormalization(epsilon: Float, center: Bool, scale: Bool)
    case flatten
    case reshape([Int])
    case rescaling(scale: Float, offset: Float)
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

    struct LSTM: Equatable {
        var units: Int
        var activation: Activation
        var recurrentActivation: Activation
        var useBias: Bool
        var returnSequences: Bool
    }

    /// The layer's class in the module `keras.layers`.
    var className: String {
        switch self {
        case .normalization: "Normalization"
        case .dense: "Dense"
        case .timeDistributed: "TimeDistributed"
        case .lstm: "LSTM"
        case .dropout: "Dropout"
        case .repeatVector: "RepeatVector"
        case .batchNormalization: "BatchNormalization"
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

    /// The classes that are read, for error messages.
    static let knownClasses = [
        "Activation", "Add", "BatchNormalization", "Concatenate", "Dense", "Dropout", "Flatten", "LSTM", "Multiply",
        "Normalization", "RepeatVector", "Rescaling", "Reshape", "Subtract", "TimeDistributed(Dense)",
    ]
}
