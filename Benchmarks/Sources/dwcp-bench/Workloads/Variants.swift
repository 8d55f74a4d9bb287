import Learners
import ModelArtifacts
import ModelGraph
import Randomness
import Synchronization
import TensorCore

/// The eight variants of a small binary classifier, 14 → 14 → 1, that a script for Keras trains one after the other: each
/// for 300 epochs in batches of 70 or for 400 in batches of 90. Too small to share, so each thread trains one of them.
struct Variants: Contestant {
    private let variants: [NetworkTraining]
    private let threads: Int

    private static let schedules = [(epochs: 300, batchSize: 70), (epochs: 400, batchSize: 90)]

    init(_ settings: Settings) throws {
        let rows = try NumPyArray.read(settings.path("variant_rows.npy"))
        let data = TrainingData(
            samples: WindowedRows(rows: rows.values, featureCount: rows.shape[1]),
            targets: .values(try NumPyArray.read(settings.path("variant_labels.npy")).values))
        let network = SequentialNetwork(
            input: .row(features: rows.shape[1]),
            layers: [.dense(units: 14, activation: .relu), .dense(units: 1, activation: .sigmoid)])
        variants = (0 ..< 8).map { index in
            let schedule = Self.schedules[index % Self.schedules.count]
            return NetworkTraining(
                network: network, data: data,
                configuration: TrainingConfiguration(
                    loss: .binaryCrossEntropy, epochs: schedule.epochs, batchSize: schedule.batchSize),
                threads: 1)
        }
        threads = settings.threads
    }

    func run() throws -> Round {
        let losses = Mutex<[Double]>([])
        let (_, seconds) = try Round.measure {
            let jobs = variants.map { variant in
                { @Sendable in
                    let loss = try variant.train(threads: 1)
                    losses.withLock { $0.append(loss) }
                }
            }
            try Concurrently.perform(jobs, threads: threads)
        }
        let sum = losses.withLock { $0.reduce(0, +) }
        return Round(seconds: seconds, evidence: ["loss": sum / Double(variants.count), "networks": Double(variants.count)])
    }
}
