public import Evaluation
import Foundation
public import Telemetry

/// A model's judgement with what is known of its files: the content of its section in every report.
public struct EvaluatedModel: Sendable, Codable, Equatable {
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

    /// Limits that hold for every model.
    public enum Limit {
        public static let trainingSeconds = 7_200.0
        public static let artifactBytes = 10_000_000
        public static let inferenceP99Milliseconds = 10.0
    }

    /// The judgement's verdict, or FAIL when a file or a limit is not as it must be.
    public var verdict: Verdict { operationalProblems.isEmpty ? judgement.verdict : .fail }

    public var success: Bool { verdict == .pass }

    /// What is wrong beside the metrics: files that disagree, limits exceeded, nothing measured.
    public var operationalProblems: [String] {
        if artifacts.isEmpty { return judgement.reasons.isEmpty ? ["no artifact was written"] : [] }
        var problems: [String] = []
        for artifact in artifacts {
            if artifact.bytes >= Limit.artifactBytes {
                problems.append("\(artifact.file) has \(artifact.bytes) bytes; the limit is \(Limit.artifactBytes)")
            }
            if let difference = artifact.reexecutedDifference {
                if !artifact.agrees {
                    problems.append("\(artifact.file), executed again from disk, differs by \(difference) from the trained model")
                }
            } else {
                problems.append("\(artifact.file) was not executed again after writing")
            }
            problems += (artifact.contractViolations ?? []).map { "\(artifact.file) breaks the client contract: \($0)" }
        }
        if let p99 = inferenceP99Milliseconds {
            if !(p99 < Limit.inferenceP99Milliseconds) {
                problems.append("single-sample inference exceeds the limit of \(Int(Limit.inferenceP99Milliseconds)) ms at the 99th percentile")
            }
        } else {
            problems.append("the time of a single inference was not measured")
        }
        if let seconds = trainingSeconds, !(seconds < Limit.trainingSeconds) {
            problems.append("training exceeded the limit of \(Int(Limit.trainingSeconds)) s")
        }
        return problems
    }

    /// Why the verdict is not PASS, and what a reader must know although it is.
    public var reasons: [String] { judgement.reasons + operationalProblems }

    public var gatedMetrics: [MetricResult] { judgement.metrics.filter { $0.gate != nil } }

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
