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
    let configuration: TrainingConfiguration
    let threads: Int

    func run() throws -> Round {
        let (loss, seconds) = try Round.measure { try train(threads: ThreadBudget(threads)) }
        return Round(seconds: seconds, evidence: ["loss": loss])
    }

    /// The last epoch's loss.
    func train(threads: ThreadBudget, isCancelled: () -> Bool = { false }) throws -> Double {
        let trained = try network.train(
            on: data, configuration: configuration, stream: RandomStream(seed: 42), threads: threads,
            isCancelled: isCancelled)
        return trained.history.last?.loss ?? .nan
    }

    /// LSTM 128 → LSTM 64 → Dense 32 → 1 on windows of a series; mean squared error.
    static func lstm(_ settings: Settings) throws -> NetworkTraining {
        let samples = try windows(settings)
        let targets = try NumPyArray.read(settings.path("lstm_targets.npy")).values
        return NetworkTraining(
            network: lstmNetwork(windowLength: samples.windowLength, features: samples.featureCount),
            data: TrainingData(samples: samples, targets: .values(targets)),
            configuration: try configuration(.meanSquaredError, settings), threads: settings.threads)
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
        return NetworkTraining(
            network: network, data: TrainingData(samples: samples, targets: .inputs()),
            configuration: try configuration(.meanSquaredError, settings), threads: settings.threads)
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
        return NetworkTraining(
            network: network, data: TrainingData(samples: samples, targets: .values(labels)),
            configuration: try configuration(.sparseCategoricalCrossEntropy, settings), threads: settings.threads)
    }

    /// Every window of the series `series.npy`, `[row, feature]`, as views into it.
    private static func windows(_ settings: Settings) throws -> WindowedRows {
        let series = try NumPyArray.read(settings.path("series.npy"))
        let length = try settings.required(settings.windowLength, "windowLength")
        return WindowedRows(
            rows: series.values, featureCount: series.shape[1], windowLength: length,
            windowEnds: (length - 1 ..< series.shape[0]).map(Int32.init))
    }

    private static func configuration(_ loss: Loss, _ settings: Settings) throws -> TrainingConfiguration {
        TrainingConfiguration(
            loss: loss, optimiser: .adam(), epochs: settings.epochs ?? 1,
            batchSize: try settings.required(settings.batchSize, "batchSize"))
    }
}
