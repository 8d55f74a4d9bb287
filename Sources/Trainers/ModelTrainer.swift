//  Trainers owns the four models: from the parts of a recording to a trained model as a value, with what its judge must know
//  of the training data. It must never import a file format, the judge or the terminal: it writes nothing and prints nothing.

import Expressions
import Foundation
public import Learners
public import Metrics
public import ModelGraph
import Randomness
public import Telemetry
public import TensorCore

/// What a trainer learns from and with.
public struct TrainingInput: Sendable {
    public var schema: Schema
    public var kind: ModelKind
    public var selection: FeatureSelection
    public var split: TemporalSplit
    /// nil when there is no incidents file.
    public var incidents: [Incident]?
    /// For recordings without measured codec columns.
    public var codecProfile: CodecProfile?
    /// The schema's hyperparameters with flags applied, by name.
    public var hyperparameters: [String: Double]
    public var windowLength: Int
    /// The gates in force, which thresholds are chosen for.
    public var gates: [GateDefinition]
    /// Goes into every artifact beside what the trainer adds: schema hash, seed, version.
    public var metadata: [String: String]
    var stream: RandomStream
    /// How many threads the training may use; the number may change meanwhile and never changes a result.
    public var threads: ThreadBudget
    /// Of the LSTM layers' matrix products; models without them do not depend on it.
    public var precision: Precision

    public init(
        schema: Schema, kind: ModelKind, selection: FeatureSelection, split: TemporalSplit, incidents: [Incident]?,
        codecProfile: CodecProfile?, hyperparameters: [String: Double], windowLength: Int, gates: [GateDefinition],
        metadata: [String: String], seed: UInt64, threads: ThreadBudget,
        precision: Precision = .float32
    ) {
        self.schema = schema
        self.kind = kind
        self.selection = selection
        self.split = split
        self.incidents = incidents
        self.codecProfile = codecProfile
        self.hyperparameters = hyperparameters
        self.windowLength = windowLength
        self.gates = gates
        self.metadata = metadata
        stream = RandomStream(seed: seed).child(kind.rawValue)
        self.threads = threads
        self.precision = precision
    }
}

/// A trained model as a value, ready to be written.
public struct TrainedModel: Sendable {
    public var kind: ModelKind
    public var graph: ModelGraph
    /// Empty for models that are not trained in epochs.
    public var history: [EpochRecord]
    public var bestEpoch: Int
    public var reference: ModelReference
    /// Some inputs, and the trainer's own outputs for them: what the written artifact must reproduce.
    public var check: ArtifactCheck
    /// Rows or windows that were learned from, and chosen on.
    public var trainingSamples: Int
    public var validationSamples: Int
    /// What a reader of the report should know about the training.
    public var notes: [String]
}

/// Inputs `[sample, …]` and the outputs that the trainer computed for them.
public struct ArtifactCheck: Sendable {
    public var inputs: Tensor
    public var outputs: Tensor

    /// At most this many samples, spread over the data.
    static let sampleCount = 64
}

/// A hook for progress, and a question whether to stop.
public struct TrainingObserver: Sendable {
    public var onEvent: @Sendable (TrainingEvent) -> Void
    public var isCancelled: @Sendable () -> Bool

    public init(
        onEvent: @escaping @Sendable (TrainingEvent) -> Void = { _ in }, isCancelled: @escaping @Sendable () -> Bool = { false }
    ) {
        self.onEvent = onEvent
        self.isCancelled = isCancelled
    }
}

/// Trains one of the four models.
public enum ModelTrainer {
    /// - Throws: `FeatureSelectionError`, `TrainerError` and what the learners throw.
    public static func train(_ input: TrainingInput, observer: TrainingObserver) throws -> TrainedModel {
        guard input.kind.windowLengths.contains(input.windowLength) else {
            throw TrainerError.windowLength(input.kind, input.windowLength)
        }
        let plan = try FeaturePlan(input.selection, fittedTo: input.split.train)
        return switch input.kind {
        case .bandwidth: try BandwidthTrainer.train(input, plan: plan, observer: observer)
        case .compression: try CompressionTrainer.train(input, plan: plan, observer: observer)
        case .reliability: try ReliabilityTrainer.train(input, plan: plan, observer: observer)
        case .latency: try LatencyTrainer.train(input, plan: plan, observer: observer)
        }
    }
}

extension TrainingInput {
    /// A hyperparameter of the schema, which must be there.
    func number(_ name: String) throws(TrainerError) -> Double {
        guard let value = hyperparameters[name], value.isFinite else { throw .missingHyperparameter(kind, name) }
        return value
    }

    func count(_ name: String) throws(TrainerError) -> Int {
        let value = try number(name)
        guard let count = Int(exactly: value), count > 0 else { throw .invalidHyperparameter(kind, name, value) }
        return count
    }

    /// The training run that the hyperparameters describe.
    func configuration(_ loss: Loss) throws(TrainerError) -> TrainingConfiguration {
        TrainingConfiguration(
            loss: loss, optimiser: .adam(learningRate: Float(try number("learning_rate"))), epochs: try count("epochs"),
            batchSize: try count("batch_size"), largestGradientNorm: 1,
            earlyStopping: EarlyStopping(patience: try count("patience")),
            learningRateReduction: LearningRateReduction(
                factor: Float(try number("plateau_factor")), patience: try count("plateau_patience"), smallestRate: 1e-5),
            precision: precision)
    }

    /// The metadata of the model's artifacts.
    func metadata(_ plan: FeaturePlan, outputMeaning: String, outputUnit: String) throws -> [String: String] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let added = [
            MetadataKey.model: kind.rawValue, MetadataKey.formatVersion: "1",
            MetadataKey.featurePlan: String(decoding: try encoder.encode(plan), as: UTF8.self),
            MetadataKey.featureNames: plan.featureNames.joined(separator: ","),
            MetadataKey.featureUnits: plan.features.map(\.unit).joined(separator: ","),
            MetadataKey.windowLength: String(windowLength), MetadataKey.outputMeaning: outputMeaning,
            MetadataKey.outputUnit: outputUnit,
        ]
        return metadata.merging(added) { _, new in new }
    }

    /// The recall that a threshold must reach on validation to reach the gate on test.
    func requiredRecall(_ metric: String) -> Double {
        let target = gates.first { $0.metric == metric }?.target ?? 0.98
        return AlarmThreshold.requiredRecall(target: min(1, max(0, target)))
    }

    /// A number of the schema's `judgement` section.
    func judgement(_ name: String, default value: Double) -> Double { schema.models[kind]?.judgement[name] ?? value }
}

extension AlarmThreshold {
    /// The threshold for data without labels: at most `share` of the rows alarm, but always the highest score does, since a
    /// threshold that nothing reaches says nothing. Nil for no rows or a score that is not finite.
    static func unlabelled(share: Double, scores: [Double]) -> AlarmThreshold? {
        let highest = scores.max()
        let least = Double(scores.count { $0 == highest }) / Double(max(1, scores.count))
        return .alarming(share: max(share, least), scores: scores)
    }
}

extension WindowSet {
    /// The windows as the learners view them.
    var samples: WindowedRows {
        WindowedRows(
            rows: frame.values, featureCount: frame.featureCount, windowLength: windowLength, windowEnds: endRows)
    }

    /// Some windows spread over all, as input of a written artifact.
    func checkWindows() -> [Int] {
        let stride = max(1, count / ArtifactCheck.sampleCount)
        return Array(Swift.stride(from: 0, to: count, by: stride).prefix(ArtifactCheck.sampleCount))
    }

    /// The given windows as one tensor, `[window, time, feature]` or, for single rows, `[window, feature]`.
    func tensor(_ windows: [Int]) -> Tensor {
        let shape = windowLength == 1
            ? [windows.count, frame.featureCount] : [windows.count, windowLength, frame.featureCount]
        return Tensor(shape: shape, values: windows.flatMap { values(ofWindow: $0) })
    }
}

extension StandardScaler {
    /// The first layer of a network on these features.
    var normalization: LayerSpecification { .normalization(mean: center, variance: scale.map { $0 * $0 }) }
}
