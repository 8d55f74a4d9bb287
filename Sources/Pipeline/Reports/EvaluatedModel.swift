public import Evaluation
import Foundation
public import Telemetry

/// A model's judgement with what is known of its files: the content of its section in every report.
public struct EvaluatedModel: Sendable, Equatable {
    public var model: ModelKind
    public var judgement: ModelJudgement
    public var artifacts: [ArtifactRecord]
    /// 99th percentile of single-sample inference; absent when nothing was judged.
    public var inferenceP99Milliseconds: Double?
    /// Absent when only the artifact is known, as in `dwcp evaluate`.
    public var trainingSeconds: Double?

    public init(
        judgement: ModelJudgement, artifacts: [ArtifactRecord], inferenceP99Milliseconds: Double?, trainingSeconds: Double?
    ) {
        model = judgement.model
        self.judgement = judgement
        self.artifacts = artifacts
        self.inferenceP99Milliseconds = inferenceP99Milliseconds
        self.trainingSeconds = trainingSeconds
    }

    /// A model that could not be trained or judged: a FAIL with its reason.
    public static func failed(_ model: ModelKind, because reason: String) -> EvaluatedModel {
        EvaluatedModel(
            judgement: ModelJudgement(model: model, verdict: .fail, reasons: [reason]), artifacts: [],
            inferenceP99Milliseconds: nil, trainingSeconds: nil)
    }

    /// The judgement's verdict, or FAIL when a file or a limit is not as it must be.
    public var verdict: Verdict { operationalProblems.isEmpty ? judgement.verdict : .fail }

    public var success: Bool { verdict == .pass }

    /// What is wrong with the files, beside the metrics: none written, or one that does not compute what was trained.
    public var operationalProblems: [String] {
        if artifacts.isEmpty { return judgement.reasons.isEmpty ? ["no artifact was written"] : [] }
        var problems: [String] = []
        for artifact in artifacts {
            if let difference = artifact.reexecutedDifference {
                if !artifact.agrees {
                    problems.append("\(artifact.file), executed again from disk, differs by \(difference) from the trained model")
                }
            } else {
                problems.append("\(artifact.file) was not executed again after writing")
            }
            problems += (artifact.contractViolations ?? []).map { "\(artifact.file) breaks the client contract: \($0)" }
        }
        return problems
    }

    /// Why the verdict is not PASS, and what a reader must know although it is.
    public var reasons: [String] { judgement.reasons + operationalProblems }

    public var gatedMetrics: [MetricResult] { judgement.metrics.filter { $0.gate != nil } }

    /// The gated metrics that tables show: time and size only where their limit is missed.
    var shownMetrics: [MetricResult] {
        gatedMetrics.filter { !Self.operationalMetrics.contains($0.name) || $0.reached != true }
    }

    /// Metrics that differ from run to run.
    static let timedMetrics: Set<String> = ["training_time_seconds", "inference_p99_ms"]
    static let operationalMetrics = timedMetrics.union(["model_size_mb"])

    /// Targets by metric name.
    public var targetMetrics: [String: Double] {
        gatedMetrics.reduce(into: [:]) { $0[$1.name] = $1.gate?.target }
    }

    /// All measured metrics by name; NaN, written as null, for one that could not be measured.
    public var achievedMetrics: [String: Double] {
        judgement.metrics.reduce(into: [:]) { $0[$1.name] = $1.value ?? .nan }
    }

    /// The largest artifact, in units of 10⁶ bytes.
    public var modelSizeMB: Double { Double(artifacts.map(\.bytes).max() ?? 0) / 1_000_000 }

    /// The same without the numbers behind the plots, which have a file of their own.
    public var withoutPlots: EvaluatedModel {
        var copy = self
        copy.judgement.plots = PlotData()
        return copy
    }
}

extension EvaluatedModel: Codable {
    private enum CodingKeys: String, CodingKey {
        case model, judgement, artifacts, trainingSeconds
        // Digits do not survive the way to snake case and back.
        case inferenceP99Milliseconds = "inferenceTimeMs"
    }

    /// The values of timed metrics stand under their own keys, so that each line of the file that can differ between two runs
    /// says that it is a time.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        var judgement = judgement
        for index in judgement.metrics.indices where Self.timedMetrics.contains(judgement.metrics[index].name) {
            judgement.metrics[index].value = nil
        }
        try container.encode(model, forKey: .model)
        try container.encode(judgement, forKey: .judgement)
        try container.encode(artifacts, forKey: .artifacts)
        try container.encodeIfPresent(inferenceP99Milliseconds, forKey: .inferenceP99Milliseconds)
        try container.encodeIfPresent(trainingSeconds, forKey: .trainingSeconds)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        model = try container.decode(ModelKind.self, forKey: .model)
        judgement = try container.decode(ModelJudgement.self, forKey: .judgement)
        artifacts = try container.decode([ArtifactRecord].self, forKey: .artifacts)
        inferenceP99Milliseconds = try container.decodeIfPresent(Double.self, forKey: .inferenceP99Milliseconds)
        trainingSeconds = try container.decodeIfPresent(Double.self, forKey: .trainingSeconds)
        for index in judgement.metrics.indices {
            switch judgement.metrics[index].name {
            case "training_time_seconds": judgement.metrics[index].value = trainingSeconds
            case "inference_p99_ms": judgement.metrics[index].value = inferenceP99Milliseconds
            default: break
            }
        }
    }
}
