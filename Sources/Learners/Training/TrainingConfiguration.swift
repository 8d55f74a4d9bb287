/// How a network is trained. Defaults are Keras' where it has them.
public struct TrainingConfiguration: Sendable, Equatable, Codable {
    public var loss: Loss
    public var optimiser: Optimiser
    public var epochs: Int
    public var batchSize: Int
    /// Whether each epoch visits the samples in a new order.
    public var shuffles: Bool
    /// Gradients with a larger Euclidean norm over all parameters are scaled down to this one.
    public var largestGradientNorm: Float?
    public var earlyStopping: EarlyStopping?
    public var learningRateReduction: LearningRateReduction?
    public var precision: Precision

    public init(
        loss: Loss, optimiser: Optimiser = .adam(), epochs: Int, batchSize: Int = 32, shuffles: Bool = true,
        largestGradientNorm: Float? = nil, earlyStopping: EarlyStopping? = nil,
        learningRateReduction: LearningRateReduction? = nil, precision: Precision = .float32
    ) {
        self.loss = loss
        self.optimiser = optimiser
        self.epochs = epochs
        self.batchSize = batchSize
        self.shuffles = shuffles
        self.largestGradientNorm = largestGradientNorm
        self.earlyStopping = earlyStopping
        self.learningRateReduction = learningRateReduction
        self.precision = precision
    }
}

/// Keras' `EarlyStopping` on the validation loss: stops after `patience` epochs without an improvement by more than
/// `minimumChange`, and goes back to the weights of the best epoch, also when training ends for another reason.
public struct EarlyStopping: Sendable, Equatable, Codable {
    public var patience: Int
    public var minimumChange: Double

    public init(patience: Int, minimumChange: Double = 0) {
        self.patience = patience
        self.minimumChange = minimumChange
    }
}

/// Keras' `ReduceLROnPlateau` on the validation loss: multiplies the learning rate by `factor` after `patience` epochs
/// without an improvement by more than `minimumChange`, then waits `cooldown` epochs before it counts again.
public struct LearningRateReduction: Sendable, Equatable, Codable {
    public var factor: Float
    public var patience: Int
    public var minimumChange: Double
    public var cooldown: Int
    /// The rate is never reduced below this.
    public var smallestRate: Float

    public init(
        factor: Float = 0.1, patience: Int = 10, minimumChange: Double = 1e-4, cooldown: Int = 0, smallestRate: Float = 0
    ) {
        self.factor = factor
        self.patience = patience
        self.minimumChange = minimumChange
        self.cooldown = cooldown
        self.smallestRate = smallestRate
    }
}
