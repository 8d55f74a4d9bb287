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
