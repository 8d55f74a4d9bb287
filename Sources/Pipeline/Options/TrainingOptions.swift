public import Evaluation
import Foundation
public import Learners

/// Settings that a trainer takes, whichever model it trains. Absent ones come from the schema.
public struct TrainingOptions: Sendable, Codable, Equatable {
    public var seed: UInt64
    public var epochs: Int?
    public var batchSize: Int?
    /// Steps per input window.
    public var windowLength: Int?
    /// Overrides of the schema's hyperparameters, by the schema's names.
    public var hyperparameters: [String: Double]
    /// Overrides of the schema's gates, by metric name; `%` gates in percent.
    public var targets: [String: Double]
    public var gateRule: GateRule
    /// Formats to write, in this order.
    public var exportFormats: [ExportFormat]
    /// Threads of one trainer. Never changes a result.
    public var threads: Int
    public var precision: Precision

    /// - Parameter threads: all cores when absent.
    public init(
        seed: UInt64 = 42, epochs: Int? = nil, batchSize: Int? = nil, windowLength: Int? = nil,
        hyperparameters: [String: Double] = [:], targets: [String: Double] = [:], gateRule: GateRule = .point,
        exportFormats: [ExportFormat] = ExportFormat.allCases,
        threads: Int? = nil, precision: Precision = .float32
    ) {
        self.seed = seed
        self.epochs = epochs
        self.batchSize = batchSize
        self.windowLength = windowLength
        self.hyperparameters = hyperparameters
        self.targets = targets
        self.gateRule = gateRule
        self.exportFormats = exportFormats
        self.threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
        self.precision = precision
    }
}

/// A file format for trained models; raw values are file extensions.
public enum ExportFormat: String, Sendable, Codable, CaseIterable {
    case keras, onnx
    /// A scikit-learn pickle, for the isolation forest.
    case pkl
}
