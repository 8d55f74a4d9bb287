public import Expressions
public import Failures

/// Why a model's features cannot be computed from a file; every problem at once.
public struct FeatureSelectionError: ExplainedError, Equatable {
    public let model: ModelKind
    public let problems: [Problem]

    public enum Problem: Sendable, Equatable {
        case unreadable(feature: String, FormulaError)
        case repeatedName(String)
        case unknownColumn(feature: String, String)
        /// Free text and instants have no value a model could take.
        case notANumber(feature: String, String)
        case neverFeature(feature: String, String)
        case knownAfterDecision(feature: String, String)
        /// `feature` is nil for the columns that training and judging need beyond the features.
        case missingColumns(feature: String?, [String])
        case noTrainingValues(feature: String)
        case noFeatures
    }

    public var category: FailureCategory { .invalidData }

    public var description: String {
        "cannot compute the features of the \(model.rawValue) model:\n"
            + problems.map { "  - \($0.description)" }.joined(separator: "\n")
    }
}

extension FeatureSelectionError.Problem: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadable(let feature, let error):
            "feature \(feature): \(error.description)"
        case .repeatedName(let name):
            "two features are called \(name); rename one in the schema"
        case .unknownColumn(let feature, let column):
            "feature \(feature) reads \(column), which the schema does not know; correct the formula or add the column"
        case .notANumber(let feature, let column):
            "feature \(feature) reads \(column), which holds text or instants; use a numeric or categorical column"
        case .neverFeature(let feature, let column):
            "feature \(feature) reads \(column), which is a label or ground truth and must never be a feature; take it out"
        case .knownAfterDecision(let feature, let column):
            """
            feature \(feature) reads \(column) of the row it decides about, which is known only after the decision; write \
            lag(\(column), 1) or more
            """
        case .missingColumns(.some(let feature), let columns):
            "required feature \(feature) needs \(columns.joined(separator: ", ")), which the file lacks"
        case .missingColumns(nil, let columns):
            "training and judging need \(columns.joined(separator: ", ")), which the file lacks"
        case .noTrainingValues(let feature):
            "required feature \(feature) has no value in the whole train part; record its columns"
        case .noFeatures:
            "the file supplies none of its features; record more columns or leave this model out with --models"
        }
    }
}
