public import Failures

/// An operation whose parts are not in this build.
public struct NotBuiltIn: ExplainedError, Equatable {
    public let category = FailureCategory.failure
    public let description: String

    init(_ operation: String) {
        description = "\(operation) is not part of this build yet; build a newer version of this program"
    }
}
