/// What a node computes. Tensors use Keras' layouts; `B` batch, `T` time, `F` features, `U` units.
public enum LayerOperation: Sendable, Equatable {
    /// `(x − mean) / max(√variance, 1e-7)` over the last axis, as Keras' `Normalization`; both tensors `[F]`.
    case normalization(mean: Tensor, variance: Tensor)
    /// `activation(x · kernel + bias)` over the last axis; kernel `[F, U]`, bias `[U]`. On `[B, T, F]` it is applied to each step
    /// (Keras' `TimeDistributed(Dense)` computes the same; `timeDistributed` keeps the wrapper in the file).
    case dense(DenseParameters, timeDistributed: Bool = false)
    /// `[B, T, F]` → `[B, T, U]` or, without `returnSequences`, `[B, U]`.
    case lstm(LSTMParameters)
    /// Identity outside training; kept so that the file tells how the model was trained.
    case dropout(rate: Float)
    /// `[B, U]` → `[B, count, U]`.
    case repeatVector(count: Int)
    /// `gamma (x − movingMean) / √(movingVariance + epsilon) + beta` over the last axis; all tensors `[F]`.
    case batchNormalization(BatchNormalizationParameters)
    /// `[B, …]` → `[B, product]`.
    case flatten
    /// `[B, …]` → `[B] + shape`.
    case reshape([Int])
    /// `x · scale + offset`, scalars.
    case rescaling(scale: Float, offset: Float)
    case activation(Activation)
    /// Elementwise over all sources, equal shapes.
    case add
    case multiply
    case subtract
    /// Over the last axis.
    case concatenate
    /// `[B, F]` → anomaly score `[B, 1]` in (0, 1], higher is more abnormal.
    case isolationForest(IsolationForestParameters)
}

/// The activations that the exporters know; raw values are Keras' names.
public enum Activation: String, Sendable, Codable, CaseIterable {
    case linear, relu, sigmoid, tanh, softmax, exponential, softplus, elu, selu, gelu
    case leakyReLU = "leaky_relu"
}

public struct DenseParameters: Sendable, Equatable {
    /// `[F, U]`.
    public var kernel: Tensor
    /// `[U]`, or absent.
    public var bias: Tensor?
    public var activation: Activation
    /// `false` for fixed weights, such as a selection of columns.
    public var trainable: Bool

    public init(kernel: Tensor, bias: Tensor?, activation: Activation, trainable: Bool = true) {
        self.kernel = kernel
        self.bias = bias
        self.activation = activation
        self.trainable = trainable
    }

    public var units: Int { kernel.shape[1] }
}

/// Gates in Keras' order: input, forget, candidate, output.
public struct LSTMParameters: Sendable, Equatable {
    /// `[F, 4U]`.
    public var kernel: Tensor
    /// `[U, 4U]`.
    public var recurrentKernel: Tensor
    /// `[4U]`.
    public var bias: Tensor
    public var activation: Activation
    public var recurrentActivation: Activation
    public var returnSequences: Bool

    public init(
        kernel: Tensor, recurrentKernel: Tensor, bias: Tensor, activation: Activation = .tanh,
        recurrentActivation: Activation = .sigmoid, returnSequences: Bool
    ) {
        self.kernel = kernel
        self.recurrentKernel = recurrentKernel
        self.bias = bias
        self.activation = activation
        self.recurrentActivation = recurrentActivation
        self.returnSequences = returnSequences
    }

    public var units: Int { recurrentKernel.shape[0] }
}

public struct BatchNormalizationParameters: Sendable, Equatable {
    public var gamma: Tensor
    public var beta: Tensor
    public var movingMean: Tensor
    public var movingVariance: Tensor
    public var epsilon: Float

    public init(gamma: Tensor, beta: Tensor, movingMean: Tensor, movingVariance: Tensor, epsilon: Float) {
        self.gamma = gamma
        self.beta = beta
        self.movingMean = movingMean
        self.movingVariance = movingVariance
        self.epsilon = epsilon
    }
}

/// An isolation forest after robust scaling: `score = 2^(−mean path length / averagePathLength)` (Liu, Ting, Zhou 2008).
public struct IsolationForestParameters: Sendable, Equatable {
    /// Robust scaling `(x − center) / scale`, `[F]` each, computed in float32 before the trees are walked.
    public var center: Tensor
    public var scale: Tensor
    public var trees: [Tree]
    /// `c(ψ)`: the mean path length of an unsuccessful search among ψ samples, the forest's normaliser.
    public var averagePathLength: Double

    public init(center: Tensor, scale: Tensor, trees: [Tree], averagePathLength: Double) {
        self.center = center
        self.scale = scale
        self.trees = trees
        self.averagePathLength = averagePathLength
    }

    /// Nodes depth first, left child first; a row goes left when `value <= threshold` (float32 comparison).
    public struct Tree: Sendable, Equatable {
        /// −1 marks a leaf.
        public var feature: [Int32]
        public var threshold: [Float]
        /// Index of the left child; the right child's is `right`. −1 at leaves.
        public var left: [Int32]
        public var right: [Int32]
        /// At leaves: depth plus c(samples in the leaf). 0 elsewhere.
        public var pathLength: [Float]

        public init(feature: [Int32], threshold: [Float], left: [Int32], right: [Int32], pathLength: [Float]) {
            self.feature = feature
            self.threshold = threshold
            self.left = left
            self.right = right
            self.pathLength = pathLength
        }
    }
}
