public import Failures
public import Metrics
public import Telemetry

/// Judges whichever model.
public enum ModelJudge {
    /// - Parameters:
    ///   - test: the held-out rows.
    ///   - incidents: nil when there is no incidents file.
    ///   - reference: what was kept of the train and validation parts for judging, of the same model.
    /// - Throws: `JudgementError` when the reference is another model's; what reading features and running the model throw.
    public static func judge(
        _ model: WrittenModel, on test: Part<HeldOut>, incidents: [Incident]?, profile: CodecProfile?,
        reference: ModelReference, context: JudgementContext
    ) throws -> ModelJudgement {
        switch (model.kind, reference) {
        case (.bandwidth, .bandwidth(let reference)):
            try BandwidthJudge.judge(model, on: test, reference: reference, context: context)
        case (.compression, .compression(let reference)):
            try CompressionJudge.judge(model, on: test, reference: reference, profile: profile, context: context)
        case (.reliability, .reliability(let reference)):
            try ReliabilityJudge.judge(model, on: test, incidents: incidents, reference: reference, context: context)
        case (.latency, .latency(let reference)):
            try LatencyJudge.judge(model, on: test, incidents: incidents, reference: reference, context: context)
        default:
            throw JudgementError(path: model.path)
        }
    }
}

/// The reference beside an artifact belongs to another model.
public struct JudgementError: ExplainedError, Equatable {
    public var category: FailureCategory { .invalidData }
    public let path: String

    public var description: String {
        "cannot judge \(path): the reference file beside it belongs to another model; train the model again"
    }
}
