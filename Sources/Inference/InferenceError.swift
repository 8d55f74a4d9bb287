public import Failures

/// Why a model could not be run.
public struct InferenceError: ExplainedError, Equatable {
    public let category: FailureCategory
    public let description: String

    private init(_ category: FailureCategory, _ description: String) {
        self.category = category
        self.description = description
    }

    /// The model itself does not fit together, or uses something that cannot be run here.
    static func invalidModel(_ model: String, _ reason: String) -> InferenceError {
        InferenceError(.invalidData, "cannot run the model `\(model)`: \(reason); export the model again")
    }

    static func missingInput(_ name: String, given: [String]) -> InferenceError {
        InferenceError(
            .invalidData, "the model needs the input `\(name)`, but was given \(listed(given)); pass a tensor of that name")
    }

    static func unknownInput(_ name: String, expected: [String]) -> InferenceError {
        InferenceError(.invalidData, "the model has no input `\(name)`; its inputs are \(listed(expected))")
    }

    static func wrongShape(_ input: String, given: [Int], expected: String) -> InferenceError {
        InferenceError(.invalidData, "the model's input `\(input)` was given the shape \(given); expected \(expected)")
    }

    /// An operator met values at run time that it cannot combine.
    static func failed(_ node: String, _ operatorType: String, _ reason: String) -> InferenceError {
        InferenceError(.failure, "cannot compute the node `\(node)` (\(operatorType)): \(reason)")
    }

    private static func listed(_ names: [String]) -> String {
        names.isEmpty ? "none" : names.map { "`\($0)`" }.joined(separator: ", ")
    }
}
