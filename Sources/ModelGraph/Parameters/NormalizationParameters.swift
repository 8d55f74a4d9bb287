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

public struct LayerNormalizationParameters: Sendable, Equatable {
    /// `[F]`, or absent for 1.
    public var gamma: Tensor?
    /// `[F]`, or absent for 0.
    public var beta: Tensor?
    public var epsilon: Float

    public init(gamma: Tensor?, beta: Tensor?, epsilon: Float) {
        self.gamma = gamma
        self.beta = beta
        self.epsilon = epsilon
    }
}
