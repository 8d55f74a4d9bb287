import Evaluation
import Foundation
import Telemetry

/// `master_training_report.json`: one run of `train-all`.
public struct MasterReport: Sendable, Codable, Equatable {
    public var trainingSession: String
    public var overallSuccess: Bool
    /// Models whose trainer delivered a judged artifact.
    public var modelsTrained: Int
    public var modelsPassed: Int
    /// Wall clock of the run.
    public var totalTrainingTimeSeconds: Double
    /// By file stem.
    public var models: [String: ModelReport]
    public var productionReadiness: ProductionReadiness
    public var dataSummary: DataSummary

    public struct ProductionReadiness: Sendable, Codable, Equatable {
        public var allTargetsMet: Bool
        /// Every artifact was executed again from disk and agreed.
        public var integrationTestsPassed: Bool
        /// Every ONNX file meets the client contract.
        public var goApiCompatibility: Bool
        public var deploymentRecommendation: Recommendation
    }

    /// - Parameters:
    ///   - run: the run folder's name.
    ///   - models: one report for each selected model.
    ///   - date: when the run started, ISO 8601.
    public init(run: String, date: String, models: [ModelReport], seconds: Double, data: DataSummary) {
        let evaluated = models.map(\.evaluation)
        let artifacts = evaluated.flatMap(\.artifacts)
        trainingSession = "\(run) \(date)"
        overallSuccess = Recommendation(for: evaluated) == .approved
        modelsTrained = evaluated.filter { !$0.artifacts.isEmpty }.count
        modelsPassed = evaluated.filter(\.success).count
        totalTrainingTimeSeconds = seconds
        self.models = models.reduce(into: [:]) { $0[$1.model.fileStem] = $1 }
        dataSummary = data
        let allDelivered = !models.isEmpty && modelsTrained == models.count
        let onnx = artifacts.filter { $0.contractViolations != nil }
        productionReadiness = ProductionReadiness(
            allTargetsMet: overallSuccess, integrationTestsPassed: allDelivered && artifacts.allSatisfy(\.agrees),
            goApiCompatibility: allDelivered && !onnx.isEmpty && onnx.allSatisfy { $0.contractViolations == [] },
            deploymentRecommendation: Recommendation(for: evaluated))
    }

    /// In the order of every listing.
    public var orderedModels: [ModelReport] { ModelKind.allCases.compactMap { models[$0.fileStem] } }
}

/// Whether a run may be deployed.
public enum Recommendation: String, Sendable, Codable {
    case approved = "APPROVED"
    case failed = "FAILED"

    /// APPROVED only when there is at least one model and every one passed.
    public init(for models: [EvaluatedModel]) {
        self = !models.isEmpty && models.allSatisfy(\.success) ? .approved : .failed
    }
}
