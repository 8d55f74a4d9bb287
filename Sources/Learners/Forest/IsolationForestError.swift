public import Failures

/// Why a forest could not be grown or rows not be scored.
public enum IsolationForestError: ExplainedError, Equatable {
    case hyperparameter(name: String, found: Int, expected: String)
    case shape(name: String, found: [Int], expected: String)
    case tooFewRows(found: Int)
    case scale(column: Int, found: Float)
    /// `scaled` is false when the value came in so, true when `(value − center) / scale` overflowed.
    case notFinite(row: Int, column: Int, found: Float, scaled: Bool)
    case malformedTree(tree: Int, node: Int, problem: String)
    case normaliser(found: Double)

    public var category: FailureCategory {
        switch self {
        case .hyperparameter: .usage
        case .shape, .tooFewRows, .scale, .notFinite, .malformedTree, .normaliser: .invalidData
        }
    }

    public var description: String {
        switch self {
        case .hyperparameter(let name, let found, let expected):
            "isolation forest: \(name) is \(found), expected \(expected); correct the setting"
        case .shape(let name, let found, let expected):
            "isolation forest: \(name) has shape \(found), expected \(expected); pass the features the forest was made for"
        case .tooFewRows(let found):
            "growing an isolation forest: \(found) rows, expected at least 2; check the training part of the data"
        case .scale(let column, let found):
            "isolation forest: the scale of column \(column) is \(found), expected a finite number above 0; "
                + "use 1 for a constant column"
        case .notFinite(let row, let column, let found, let scaled):
            "isolation forest: row \(row), column \(column) holds \(found)\(scaled ? ", which overflows when scaled" : ""), "
                + "expected a finite value; fill or leave out the row"
        case .malformedTree(let tree, let node, let problem):
            "isolation forest: tree \(tree), node \(node): \(problem); the model is damaged, train or export it again"
        case .normaliser(let found):
            "isolation forest: the average path length is \(found), expected a finite number above 0; "
                + "the model is damaged, train or export it again"
        }
    }
}
