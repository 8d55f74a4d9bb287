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
    /// Takes the steps from the last to the first; a returned sequence is in the order of processing, as Keras returns it.
    public var goBackwards: Bool

    public init(
        kernel: Tensor, recurrentKernel: Tensor, bias: Tensor, activation: Activation = .tanh,
        recurrentActivation: Activation = .sigmoid, returnSequences: Bool, goBackwards: Bool = false
    ) {
        self.kernel = kernel
        self.recurrentKernel = recurrentKernel
        self.bias = bias
        self.activation = activation
        self.recurrentActivation = recurrentActivation
        self.returnSequences = returnSequences
        self.goBackwards = goBackwards
    }

    public var units: Int { recurrentKernel.shape[0] }
}

/// Gates in Keras' order: update z, reset r, candidate. `h' = z · h + (1 − z) · candidate`.
public struct GRUParameters: Sendable, Equatable {
    /// `[F, 3U]`.
    public var kernel: Tensor
    /// `[U, 3U]`.
    public var recurrentKernel: Tensor
    /// `[2, 3U]`, added to the input's and to the state's product, when `resetAfter`; else `[3U]`, added to the input's.
    public var bias: Tensor
    public var activation: Activation
    public var recurrentActivation: Activation
    /// `activation(x · W + b + r · (h · R + c))`, Keras' default, instead of `activation(x · W + b + (r · h) · R)`.
    public var resetAfter: Bool
    public var returnSequences: Bool
    /// Takes the steps from the last to the first; a returned sequence is in the order of processing, as Keras returns it.
    public var goBackwards: Bool

    public init(
        kernel: Tensor, recurrentKernel: Tensor, bias: Tensor, activation: Activation = .tanh,
        recurrentActivation: Activation = .sigmoid, resetAfter: Bool = true, returnSequences: Bool, goBackwards: Bool = false
    ) {
        self.kernel = kernel
        self.recurrentKernel = recurrentKernel
        self.bias = bias
        self.activation = activation
        self.recurrentActivation = recurrentActivation
        self.resetAfter = resetAfter
        self.returnSequences = returnSequences
        self.goBackwards = goBackwards
    }

    public var units: Int { recurrentKernel.shape[0] }
}
