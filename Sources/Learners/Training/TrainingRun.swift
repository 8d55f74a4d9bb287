import Foundation
public import Randomness
public import TensorCore

extension SequentialNetwork {
    /// Trains the network on `data`.
    ///
    /// Weights, order of samples and dropout come from children of `stream` by name, so the result depends on the network,
    /// the data, the configuration and the stream only: not on the number of threads, nor on whether the run was
    /// interrupted.
    ///
    /// - Parameters:
    ///   - validation: where early stopping and the learning-rate reduction look; without it they look at the training loss.
    ///   - threads: how many share a batch; the number may change while the network trains.
    ///   - start: weights to begin with instead of fresh ones.
    ///   - resume: the state that an earlier run with the same arguments handed out last.
    ///   - onState: called after each epoch with all that is needed to resume; what it throws ends the run.
    ///   - isCancelled: asked before each step; the run then throws `TrainingError.cancelled`.
    /// - Throws: `NetworkError` for data that does not fit, `TrainingError` for a diverged or cancelled run.
    public func train(
        on data: TrainingData, validation: TrainingData? = nil, configuration: TrainingConfiguration, stream: RandomStream,
        threads: ThreadBudget = 1, startingFrom start: NetworkWeights? = nil, resuming resume: TrainingState? = nil,
        onEvent: (TrainingEvent) -> Void = { _ in }, onState: ((TrainingState) throws -> Void)? = nil,
        isCancelled: () -> Bool = { Task.isCancelled }
    ) throws -> TrainedNetwork {
        let run = try TrainingRun(
            self, data: data, validation: validation, configuration: configuration, stream: stream, threads: threads)
        if let resume { try run.restore(resume) } else { try run.begin(with: start) }
        return try run.finish(onEvent: onEvent, onState: onState, isCancelled: isCancelled)
    }
}

/// One training run from its first epoch to its last.
final class TrainingRun {
    let engine: StepEngine
    private let configuration: TrainingConfiguration
    private let training: SampleStore
    private let validation: SampleStore?
    private let memory: OptimiserMemory
    private let stream: RandomStream
    private var order: [Int32]
    private let validationOrder: [Int32]
    private var epoch = 0
    private var step = 0
    private var progress: TrainingState.Progress
    private var history: [EpochRecord] = []

    init(
        _ network: SequentialNetwork, data: TrainingData, validation: TrainingData?, configuration: TrainingConfiguration,
        stream: RandomStream, threads: ThreadBudget
    ) throws {
        try Self.check(configuration)
        let loss = configuration.loss
        let compiled = try CompiledNetwork(
            network, absorbing: loss.absorbedActivation, pairKernels: try configuration.precision.pairKernels())
        training = try SampleStore(data, for: compiled, loss: loss, purpose: "training")
        self.validation = try validation.map { try SampleStore($0, for: compiled, loss: loss, purpose: "validation") }
        engine = StepEngine(compiled, loss: loss, batchSize: min(configuration.batchSize, training.count), threads: threads)
        memory = OptimiserMemory(configuration.optimiser, parameterCount: compiled.parameters.total)
        order = (0 ..< Int32(training.count)).map { $0 }
        validationOrder = (0 ..< Int32(self.validation?.count ?? 0)).map { $0 }
        progress = TrainingState.Progress(learningRate: configuration.optimiser.learningRate)
        self.configuration = configuration
        self.stream = stream
    }

    private static func check(_ configuration: TrainingConfiguration) throws {
        func require(_ holds: Bool, _ what: String, _ value: some Any, _ advice: String) throws {
            guard holds else { throw TrainingError.invalidConfiguration("\(what) is \(value); give \(advice)") }
        }
        try require(configuration.epochs > 0, "the number of epochs", configuration.epochs, "at least 1")
        try require(configuration.batchSize > 0, "the batch size", configuration.batchSize, "at least 1")
        let rate = configuration.optimiser.learningRate
        try require(rate > 0 && rate.isFinite, "the learning rate", rate, "a positive number")
        if case .adam(_, let beta1, let beta2, _) = configuration.optimiser {
            for beta in [beta1, beta2] { try require(0 ..< 1 ~= beta, "a decay rate of Adam", beta, "one in 0 ..< 1") }
        }
        if let norm = configuration.largestGradientNorm {
            try require(norm > 0, "the largest gradient norm", norm, "a positive number")
        }
        if let patience = configuration.earlyStopping?.patience {
            try require(patience >= 0, "the patience of early stopping", patience, "at least 0")
        }
        if let reduction = configuration.learningRateReduction {
            try require(
                reduction.factor > 0 && reduction.factor < 1, "the factor of the learning rate on a plateau", reduction.factor,
                "one between 0 and 1")
            try require(reduction.patience >= 0, "the patience on a plateau", reduction.patience, "at least 0")
        }
    }

    /// Starts from fresh or given weights.
    func begin(with start: NetworkWeights?) throws {
        try engine.load(start ?? NetworkWeights(initial: engine.network, from: stream.child("weights")))
    }

    /// Continues from a state.
    func restore(_ state: TrainingState) throws {
        guard state.averages.map(\.count) == memory.averages.map(\.count) else {
            throw NetworkError("cannot resume: the saved state belongs to another network or optimiser; start afresh")
        }
        try engine.load(state.weights)
        for (block, values) in zip(memory.averages, state.averages) { block.assign(values) }
        (epoch, step, progress, history) = (state.epoch, state.step, state.progress, state.history)
    }

    /// Trains until the last epoch or until early stopping ends the run.
    func finish(
        onEvent: (TrainingEvent) -> Void, onState: ((TrainingState) throws -> Void)?, isCancelled: () -> Bool
    ) throws -> TrainedNetwork {
        let clock = ContinuousClock()
        let began = clock.now
        onEvent(
            .started(epochs: configuration.epochs, samples: training.count, parameters: engine.weights.parameterCount))
        while epoch < configuration.epochs, !progress.stopped {
            let record = try runEpoch(clock: clock, isCancelled: isCancelled)
            onEvent(.epoch(record))
            try onState?(state)
        }
        if progress.stopped { onEvent(.stoppedEarly(epoch: epoch, bestEpoch: progress.bestEpoch)) }
        let keepsBest = configuration.earlyStopping != nil
        let bestEpoch = keepsBest ? progress.bestEpoch : epoch
        onEvent(.finished(bestEpoch: bestEpoch, seconds: (clock.now - began).inSeconds))
        return TrainedNetwork(
            network: engine.network.specification, weights: (keepsBest ? progress.bestWeights : nil) ?? engine.weights,
            history: history, bestEpoch: bestEpoch)
    }

    private var state: TrainingState {
        TrainingState(
            epoch: epoch, step: step, weights: engine.weights, averages: memory.averages.map(\.values), progress: progress,
            history: history)
    }

    private func runEpoch(clock: ContinuousClock, isCancelled: () -> Bool) throws -> EpochRecord {
        let began = clock.now
        let learningRate = progress.learningRate
        let loss = try trainEpoch(number: epoch + 1, learningRate: learningRate, isCancelled)
        // The last step's update is in no loss yet.
        guard engine.hasFiniteParameters else {
            throw TrainingError.diverged(epoch: epoch + 1, step: nil, learningRate: learningRate)
        }
        let trained = clock.now
        let validationLoss = try validate(isCancelled) ?? loss
        epoch += 1
        let improved = progress.note(validationLoss, epoch: epoch, configuration)
        if improved, configuration.earlyStopping != nil { progress.bestWeights = engine.weights }
        let record = EpochRecord(
            epoch: epoch, loss: loss, validationLoss: validationLoss, learningRate: Double(learningRate), improved: improved,
            samplesPerSecond: Double(training.count) / max((trained - began).inSeconds, 1e-9),
            seconds: (clock.now - began).inSeconds)
        history.append(record)
        return record
    }

    /// One pass over the training samples; the mean of the batches' losses, by their sizes.
    private func trainEpoch(number: Int, learningRate: Float, _ isCancelled: () -> Bool) throws -> Double {
        for index in order.indices { order[index] = Int32(index) }
        if configuration.shuffles {
            var words = RandomWords(of: stream.child("order").child("epoch", number), kernels: engine.kernels)
            words.shuffle(&order)
        }
        let keys = dropoutKeys(epoch: number)
        var total = 0.0
        try order.withUnsafeBufferPointer { order in
            try eachBatch(of: order, isCancelled) { batch, index in
                let loss = engine.lossAndGradients(
                    of: batch, in: training, dropout: DropoutKeys(keys: keys, step: UInt32(index)))
                guard loss.isFinite else {
                    throw TrainingError.diverged(epoch: number, step: index + 1, learningRate: learningRate)
                }
                step += 1
                engine.update(
                    StepEngine.Update(
                        memory: memory, stepSize: memory.stepSize(learningRate: learningRate, step: step),
                        largestNorm: configuration.largestGradientNorm),
                    samples: batch.count)
                total += loss * Double(batch.count)
            }
        }
        return total / Double(training.count)
    }

    private func validate(_ isCancelled: () -> Bool) throws -> Double? {
        guard let validation else { return nil }
        var total = 0.0
        try validationOrder.withUnsafeBufferPointer { order in
            try eachBatch(of: order, isCancelled) { batch, _ in
                total += engine.loss(of: batch, in: validation) * Double(batch.count)
            }
        }
        let loss = total / Double(validation.count)
        guard loss.isFinite else {
            throw TrainingError.diverged(epoch: epoch + 1, step: nil, learningRate: progress.learningRate)
        }
        return loss
    }

    private func eachBatch(
        of order: UnsafeBufferPointer<Int32>, _ isCancelled: () -> Bool,
        _ body: (_ batch: UnsafeBufferPointer<Int32>, _ index: Int) throws -> Void
    ) throws {
        let size = min(configuration.batchSize, training.count)
        for (index, first) in stride(from: 0, to: order.count, by: size).enumerated() {
            if isCancelled() { throw TrainingError.cancelled(epochsFinished: epoch) }
            try body(UnsafeBufferPointer(rebasing: order[first ..< min(first + size, order.count)]), index)
        }
    }

    private func dropoutKeys(epoch: Int) -> [UInt64] {
        engine.network.names.map { name in
            var keys = stream.child("dropout").child(name).child("epoch", epoch)
            return keys.next()
        }
    }
}

extension Duration {
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
