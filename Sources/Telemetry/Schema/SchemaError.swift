public import Failures

/// A schema or codec profile that cannot be used, with everything that is wrong with it.
public struct SchemaError: ExplainedError, Equatable {
    public let category = FailureCategory.invalidData
    public let path: String
    /// One sentence each: the place in the document, what was found, what was expected.
    public let problems: [String]

    public init(path: String, problems: [String]) {
        self.path = path
        self.problems = problems
    }

    public var description: String {
        let count = problems.count == 1 ? "1 problem" : "\(problems.count) problems"
        return (["\(path) cannot be used, \(count):"] + problems.map { "  - \($0)" }
            + ["correct the document; nothing was trained or written"]).joined(separator: "\n")
    }
}
