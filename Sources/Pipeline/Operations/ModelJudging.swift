public import Telemetry

/// Judges one model's written artifacts.
public enum ModelJudging {
    /// - Parameter artifacts: paths of the model's existing artifacts, at least one.
    /// - Throws: an `ExplainedError` when the test rows cannot be read. An unreadable artifact is a FAIL, not an error.
    public static func judge(_ model: ModelKind, artifacts: [String], options: EvaluateOptions) throws -> EvaluatedModel {
        throw NotBuiltIn("judging a model")
    }
}
