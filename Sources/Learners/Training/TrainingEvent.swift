/// What a training run tells its subscribers: the terminal, JSON lines, logs and reports. The training loop prints nothing.
public enum TrainingEvent: Sendable, Codable, Equatable {
    /// A named step that is not an epoch: `reading data`, `growing trees`, `writing artifacts`, `evaluating`.
    case phase(String)
    case started(epochs: Int, samples: Int, parameters: Int)
    case epoch(EpochRecord)
    /// Validation loss did not improve for `patience` epochs; the weights of `bestEpoch` are restored.
    case stoppedEarly(epoch: Int, bestEpoch: Int)
    case finished(bestEpoch: Int, seconds: Double)
}

/// One row of the training history.
public struct EpochRecord: Sendable, Codable, Equatable {
    /// From 1.
    public var epoch: Int
    /// The mean of the batches' losses, by their sizes, each before its own update.
    public var loss: Double
    /// After the epoch; without validation samples, `loss`.
    public var validationLoss: Double
    public var learningRate: Double
    /// Validation loss is the best so far.
    public var improved: Bool
    /// Of training alone.
    public var samplesPerSecond: Double
    /// Of training and validation.
    public var seconds: Double

    public init(
        epoch: Int, loss: Double, validationLoss: Double, learningRate: Double, improved: Bool, samplesPerSecond: Double,
        seconds: Double
    ) {
        self.epoch = epoch
        self.loss = loss
        self.validationLoss = validationLoss
        self.learningRate = learningRate
        self.improved = improved
        self.samplesPerSecond = samplesPerSecond
        self.seconds = seconds
    }
}
