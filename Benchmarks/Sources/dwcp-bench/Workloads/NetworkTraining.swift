import Learners
import ModelArtifacts
import ModelGraph
import Randomness
import TensorCore

/// Training from fresh weights, one epoch if nothing else is said. The clock covers everything between data in memory and
/// trained weights, also building the network, its initial weights and the step loop's buffers, which the peers have done
/// before their clock.
struct NetworkTraining: Contestant {
    let network: SequentialNetwork
    let data: TrainingData
    /// Samples of the same data that nothing is learned from, judged by the loss after the last epoch.
    var heldOut: TrainingData?
    let configuration: TrainingConfiguration
    let threads: Int
    var seed: UInt64 = 42

    func run() throws -> Round {
        let (last, seconds) = try Round.measure { try lastEpoch(threads: ThreadBudget(threads)) { false } }
        var evidence = ["loss": last?.loss ?? .nan]
        if let heldOut {
            evidence["held-out loss"] = last?.validationLoss ?? .nan
            evidence["training samples"] = Double(data.samples.sampleCount)
            evidence["held-out samples"] = Double(heldOut.samples.sampleCount)
        }
        return Round(seconds: seconds, evidence: evidence)
    }

    /// The last epoch's loss.
    func train(threads: ThreadBudget, isCancelled: () -> Bool = { false }) throws -> Double {
        try lastEpoch(threads: threads, isCancelled: isCancelled)?.loss ?? .nan
    }

    private func lastEpoch(threads: ThreadBudget, isCancelled: () -> Bool) throws -> EpochRecord? {
        try network.train(
            on: data, validation: heldOut, configuration: configuration, stream: RandomStream(seed: seed), threads: threads,
            isCancelled: isCancelled
        ).history.last
    }

    /// LSTM 128 → LSTM 64 → Dense 32 → 1 on windows of a series; mean squared error.
    static func lstm(_ settings: Settings) throws -> NetworkTraining {
        let samples = try windows(settings)
        let targets = try NumPyArray.read(settings.path("lstm_targets.npy")).values
        return try NetworkTraining(
            lstmNetwork(windowLength: samples.windowLength, features: samples.featureCount),
            TrainingData(samples: samples, targets: .values(targets)), .meanSquaredError, settings)
    }

    static func lstmNetwork(windowLength: Int, features: Int) -> SequentialNetwork {
        SequentialNetwork(
            input: .window(length: windowLength, features: features),
            layers: [
                .lstm(units: 128, returnSequences: true), .lstm(units: 64), .dense(units: 32, activation: .relu),
                .dense(units: 1),
            ])
    }

    /// LSTM 64 → 32 → repeat → 32 → 64 → Dense per step, reconstructing its input.
    static func autoencoder(_ settings: Settings) throws -> NetworkTraining {
        let samples = try windows(settings)
        let network = SequentialNetwork(
            input: .window(length: samples.windowLength, features: samples.featureCount),
            layers: [
                .lstm(units: 64, returnSequences: true), .lstm(units: 32), .repeatVector(count: samples.windowLength),
                .lstm(units: 32, returnSequences: true), .lstm(units: 64, returnSequences: true),
                .timeDistributedDense(units: samples.featureCount),
            ])
        return try NetworkTraining(
            network, TrainingData(samples: samples, targets: .inputs()), .meanSquaredError, settings)
    }

    /// Dense 128 → 64 → 32 → softmax over three classes; cross-entropy.
    static func policy(_ settings: Settings) throws -> NetworkTraining {
        let rows = try NumPyArray.read(settings.path("policy_rows.npy"))
        let network = SequentialNetwork(
            input: .row(features: rows.shape[1]),
            layers: [
                .dense(units: 128, activation: .relu), .dense(units: 64, activation: .relu),
                .dense(units: 32, activation: .relu), .dense(units: 3, activation: .softmax),
            ])
        let labels = try NumPyArray.read(settings.path("policy_labels.npy")).values
        let samples = WindowedRows(rows: rows.values, featureCount: rows.shape[1])
        return try NetworkTraining(
            network, TrainingData(samples: samples, targets: .values(labels)), .sparseCategoricalCrossEntropy, settings)
    }

    /// Every window of the series `series.npy`, `[row, feature]`, as views into it.
    private static func windows(_ settings: Settings) throws -> WindowedRows {
        let series = try NumPyArray.read(settings.path("series.npy"))
        let length = try settings.required(settings.windowLength, "windowLength")
        return WindowedRows(
            rows: series.values, featureCount: series.shape[1], windowLength: length,
            windowEnds: (length - 1 ..< series.shape[0]).map(Int32.init))
    }
}

extension NetworkTraining {
    /// As the settings say: with a part of `data` held out, from their seed.
    private init(_ network: SequentialNetwork, _ data: TrainingData, _ loss: Loss, _ settings: Settings) throws {
        self.network = network
        (self.data, heldOut) = data.split(heldOut: settings.heldOut ?? 0)
        configuration = TrainingConfiguration(
            loss: loss, optimiser: .adam(), epochs: settings.epochs ?? 1,
            batchSize: try settings.required(settings.batchSize, "batchSize"), precision: settings.precision ?? .float32)
        threads = settings.threads
        seed = settings.seed ?? 42
    }
}

extension TrainingData {
    /// The first samples, and the last `count`. Windows that share rows with both parts are left out.
    fileprivate func split(heldOut count: Int) -> (training: TrainingData, heldOut: TrainingData?) {
        guard count > 0 else { return (self, nil) }
        let all = samples.sampleCount
        return (part(0 ..< all - count - (samples.windowLength - 1)), part(all - count ..< all))
    }

    private func part(_ range: Range<Int>) -> TrainingData {
        var part = self
        part.samples.windowEnds = Array(samples.windowEnds[range])
        if case .values(let values) = targets {
            let width = values.count / samples.sampleCount
            part.targets = .values(Array(values[range.lowerBound * width ..< range.upperBound * width]))
        }
        return part
    }
}
