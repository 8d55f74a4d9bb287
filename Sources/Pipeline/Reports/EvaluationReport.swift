public import Evaluation
import Foundation
import Telemetry

/// `comprehensive_evaluation_report.json`: the judgement of every model on the test rows.
public struct EvaluationReport: Sendable, Codable, Equatable {
    /// ISO 8601, UTC.
    public var evaluationDate: String
    public var testDataPath: String
    public var modelsEvaluated: Int
    public var modelsPassed: Int
    public var allTargetsMet: Bool
    /// By file stem.
    public var individualResults: [String: Result]
    public var deploymentRecommendation: Recommendation
    public var dataSummary: DataSummary

    /// One model, with the keys that tools read beside the whole evaluation.
    public struct Result: Sendable, Codable, Equatable {
        public var verdict: Verdict
        public var success: Bool
        public var targetMetrics: [String: Double]
        public var achievedMetrics: [String: Double]
        public var testSetSize: Int
        public var evaluation: EvaluatedModel

        init(_ model: EvaluatedModel) {
            verdict = model.verdict
            success = model.success
            targetMetrics = model.targetMetrics
            achievedMetrics = model.achievedMetrics
            testSetSize = model.judgement.testRows
            evaluation = model.withoutPlots
        }
    }

    public init(date: String, testDataPath: String, models: [EvaluatedModel], data: DataSummary) {
        evaluationDate = date
        self.testDataPath = testDataPath
        modelsEvaluated = models.filter { !$0.artifacts.isEmpty }.count
        modelsPassed = models.filter(\.success).count
        deploymentRecommendation = Recommendation(for: models)
        allTargetsMet = deploymentRecommendation == .approved
        individualResults = models.reduce(into: [:]) { $0[$1.model.fileStem] = Result($1) }
        dataSummary = data
    }
}
