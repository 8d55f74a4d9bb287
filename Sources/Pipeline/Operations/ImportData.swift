import Failures

/// `dwcp import`: telemetry from foreign recordings through a mapping.
public enum ImportData {
    public static func run(_ options: ImportOptions) throws -> CommandResult { throw Pending() }
    private struct Pending: ExplainedError {
        let category = FailureCategory.failure
        let description = "importing is not part of this build"
    }
}
