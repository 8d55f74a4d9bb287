/// All that a training run needs to continue after an epoch and end with the same bits as without the interruption.
public struct TrainingState: Sendable, Equatable, Codable {
    /// Epochs finished.
    public var epoch: Int
    /// Optimiser steps taken over all epochs.
    public var step: Int
    public var weights: NetworkWeights
    /// The optimiser's running averages, laid out like the parameters in memory.
    public var averages: [[Float]]
    public var progress: Progress
    public var history: [EpochRecord]

    /// What early stopping and the learning-rate reduction remember.
    public struct Progress: Sendable, Equatable, Codable {
        public var learningRate: Float
        /// Nil before the first epoch.
        public var bestLoss: Double?
        /// From 1; 0 before the first epoch.
        public var bestEpoch = 0
        /// Kept only for early stopping.
        public var bestWeights: NetworkWeights?
        public var epochsWithoutImprovement = 0
        /// The best loss that the reduction of the learning rate has seen.
        public var plateauLoss: Double?
        /// Epochs without an improvement of it since then, or since the last reduction.
        public var plateauEpochs = 0
        /// Epochs until they are counted again.
        public var cooldownLeft = 0
        /// Early stopping ended the run.
        public var stopped = false

        init(learningRate: Float) { self.learningRate = learningRate }
    }
}

extension TrainingState.Progress {
    /// Takes note of an epoch's loss. Whether it is the best so far; the caller then keeps the weights.
    mutating func note(_ loss: Double, epoch: Int, _ configuration: TrainingConfiguration) -> Bool {
        reduceLearningRate(after: loss, configuration.learningRateReduction)
        let stopping = configuration.earlyStopping
        epochsWithoutImprovement += 1
        let improved = bestLoss.map { loss - $0 < -(stopping?.minimumChange ?? 0) } ?? true
        if improved {
            (bestLoss, bestEpoch, epochsWithoutImprovement) = (loss, epoch, 0)
        } else if let stopping, epochsWithoutImprovement >= stopping.patience, epoch > 1 {
            stopped = true
        }
        return improved
    }

    private mutating func reduceLearningRate(after loss: Double, _ reduction: LearningRateReduction?) {
        guard let reduction else { return }
        if cooldownLeft > 0 {
            cooldownLeft -= 1
            plateauEpochs = 0
        }
        if plateauLoss.map({ loss - $0 < -reduction.minimumChange }) ?? true {
            plateauLoss = loss
            plateauEpochs = 0
        } else if cooldownLeft == 0 {
            plateauEpochs += 1
            if plateauEpochs >= reduction.patience, learningRate > reduction.smallestRate {
                learningRate = max(learningRate * reduction.factor, reduction.smallestRate)
                cooldownLeft = reduction.cooldown
                plateauEpochs = 0
            }
        }
    }
}
