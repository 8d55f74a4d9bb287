//  Learners owns everything that learns: layers, losses, optimisers, the training loop and the isolation forest. It must
//  never import telemetry, a file format or the judge: it is given numbers and gives back a model description.

public import ModelGraph

/// A feed-forward stack of layers as a value: what to train, not how or on what.
public struct SequentialNetwork: Sendable, Equatable, Codable {
    /// What one sample looks like.
    public var input: SampleShape
    public var layers: [LayerSpecification]

    public init(input: SampleShape, layers: [LayerSpecification]) {
        self.input = input
        self.layers = layers
    }

    /// The layers' names as Keras gives them: the type in snake case, from the second on with a number (`lstm`, `lstm_1`).
    public var layerNames: [String] {
        var seen: [String: Int] = [:]
        return layers.map { layer in
            let count = seen[layer.typeName, default: 0]
            seen[layer.typeName] = count + 1
            return count == 0 ? layer.typeName : "\(layer.typeName)_\(count)"
        }
    }
}

/// The shape of one sample between two layers: `[features]`, or `[time, features]` for sequences.
public struct SampleShape: Sendable, Equatable, Codable, CustomStringConvertible {
    /// Steps of a sequence; nil for plain rows.
    public var time: Int?
    public var features: Int

    public static func row(features: Int) -> SampleShape { SampleShape(time: nil, features: features) }

    public static func window(length: Int, features: Int) -> SampleShape { SampleShape(time: length, features: features) }

    /// Numbers in one sample.
    public var count: Int { steps * features }

    /// Rows that one sample occupies in a time-major block; 1 for plain rows.
    var steps: Int { time ?? 1 }

    public var description: String { time.map { "[\($0), \(features)]" } ?? "[\(features)]" }
}

/// One layer with its hyperparameters, named and defaulted as in Keras.
public enum LayerSpecification: Sendable, Equatable, Codable {
    /// Frozen `(x − mean) / max(√variance, 1e-7)` per feature. Only as the first layer.
    case normalization(mean: [Float], variance: [Float])
    /// `activation(x · kernel + bias)`; on sequences, applied to each step.
    case dense(units: Int, activation: Activation = .linear, initializer: Initializer = .glorotUniform)
    /// The same on sequences only, kept as Keras' `TimeDistributed(Dense)` in files.
    case timeDistributedDense(units: Int, activation: Activation = .linear, initializer: Initializer = .glorotUniform)
    /// Long short-term memory (Hochreiter, Schmidhuber 1997; forget gate Gers 2000) with tanh and sigmoid. Kernel Glorot
    /// uniform, recurrent kernel orthogonal, forget bias 1, trained through all steps of the window.
    case lstm(units: Int, returnSequences: Bool = false)
    /// In training, each number is dropped with probability `rate` and kept ones are scaled by `1 / (1 − rate)`.
    case dropout(rate: Float)
    /// `[features]` → `[count, features]`.
    case repeatVector(count: Int)
    /// Ioffe, Szegedy 2015, per feature over the whole batch (and time). Makes a batch one shard, hence one thread.
    case batchNormalization(momentum: Float = 0.99, epsilon: Float = 0.001)
    case activation(Activation)
    /// `[time, features]` → `[time · features]`.
    case flatten

    /// Keras' name for the type, in snake case.
    var typeName: String {
        switch self {
        case .normalization: "normalization"
        case .dense: "dense"
        case .timeDistributedDense: "time_distributed"
        case .lstm: "lstm"
        case .dropout: "dropout"
        case .repeatVector: "repeat_vector"
        case .batchNormalization: "batch_normalization"
        case .activation: "activation"
        case .flatten: "flatten"
        }
    }
}
