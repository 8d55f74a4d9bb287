import Evaluation
import Foundation
public import Learners
public import Telemetry

/// `<stem>_report.json`: the keys that tools read, and beside them everything a report of ours shows.
public struct ModelReport: Sendable, Equatable {
    /// ISO 8601, UTC.
    public var trainingDate: String
    public var evaluation: EvaluatedModel
    /// Empty for a model without epochs.
    public var history: [EpochRecord]
    /// Of the weights that were kept; 0 without epochs.
    public var bestEpoch: Int
    /// The values in effect, by the schema's names.
    public var hyperparameters: [String: Double]
    /// What else a reader needs to repeat the training: seed, precision, window, features.
    public var settings: Settings

    public struct Settings: Sendable, Codable, Equatable {
        public var seed: UInt64
        public var precision: Precision
        public var windowLength: Int
        public var features: [String]
        public var schemaSha256: String

        public init(
            seed: UInt64, precision: Precision = .float32, windowLength: Int, features: [String], schemaSha256: String
        ) {
            self.seed = seed
            self.precision = precision
            self.windowLength = windowLength
            self.features = features
            self.schemaSha256 = schemaSha256
        }
    }

    public init(
        trainingDate: String, evaluation: EvaluatedModel, history: [EpochRecord], bestEpoch: Int,
        hyperparameters: [String: Double], settings: Settings
    ) {
        self.trainingDate = trainingDate
        self.evaluation = evaluation
        self.history = history
        self.bestEpoch = bestEpoch
        self.hyperparameters = hyperparameters
        self.settings = settings
    }

    /// A model whose trainer did not deliver.
    public static func failed(_ model: ModelKind, because reason: String, seed: UInt64, date: String) -> ModelReport {
        ModelReport(
            trainingDate: date, evaluation: .failed(model, because: reason), history: [], bestEpoch: 0, hyperparameters: [:],
            settings: Settings(seed: seed, windowLength: 0, features: [], schemaSha256: ""))
    }

    public var model: ModelKind { evaluation.model }
    public var success: Bool { evaluation.success }
}

extension ModelReport: Codable {
    /// `version` of this layout.
    public static let version = "1.0"

    // `modelSizeMb` becomes `model_size_mb` in the file.
    private enum CodingKeys: String, CodingKey {
        case modelName, version, trainingDate, targetMetrics, achievedMetrics, testSetSize, trainingTimeSeconds
        case modelSizeMb, success, hyperparameters, deploymentReady
        case evaluation, history, bestEpoch, settings
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(model.fileStem, forKey: .modelName)
        try container.encode(Self.version, forKey: .version)
        try container.encode(trainingDate, forKey: .trainingDate)
        try container.encode(evaluation.targetMetrics, forKey: .targetMetrics)
        try container.encode(evaluation.achievedMetrics, forKey: .achievedMetrics)
        try container.encode(evaluation.judgement.testRows, forKey: .testSetSize)
        try container.encode(evaluation.trainingSeconds ?? .nan, forKey: .trainingTimeSeconds)
        try container.encode(evaluation.modelSizeMB, forKey: .modelSizeMb)
        try container.encode(success, forKey: .success)
        try container.encode(success, forKey: .deploymentReady)
        try container.encode(hyperparameters, forKey: .hyperparameters)
        try container.encode(evaluation.withoutPlots, forKey: .evaluation)
        try container.encode(history, forKey: .history)
        try container.encode(bestEpoch, forKey: .bestEpoch)
        try container.encode(settings, forKey: .settings)
    }

    /// Reads the parts that the derived keys come from.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        trainingDate = try container.decode(String.self, forKey: .trainingDate)
        evaluation = try container.decode(EvaluatedModel.self, forKey: .evaluation)
        history = try container.decode([EpochRecord].self, forKey: .history)
        bestEpoch = try container.decode(Int.self, forKey: .bestEpoch)
        hyperparameters = try container.decode([String: Double].self, forKey: .hyperparameters)
        settings = try container.decode(Settings.self, forKey: .settings)
    }
}
