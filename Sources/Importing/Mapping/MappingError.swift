public import Failures

/// A mapping document that cannot be understood.
public struct MappingError: ExplainedError, Equatable {
    public let path: String
    /// Counted from 1; 0 when the document as a whole is meant.
    public let line: Int
    public let problem: String

    public var category: FailureCategory { .invalidData }

    public var description: String {
        "cannot use the mapping \(path)\(line > 0 ? ", line \(line)" : ""): \(problem)"
    }
}

/// A recording that does not fit its mapping.
public struct ImportError: ExplainedError, Equatable {
    public let category: FailureCategory
    public let path: String
    /// The data row, counted from 1; nil when the file as a whole is meant.
    public let row: Int?
    public let column: String?
    /// What was found, what was expected and what to do.
    public let problem: String

    init(_ problem: String, path: String, row: Int? = nil, column: String? = nil, category: FailureCategory = .invalidData) {
        self.category = category
        self.path = path
        self.row = row
        self.column = column
        self.problem = problem
    }

    public var description: String {
        let place = [row.map { ", row \($0)" }, column.map { ", column \($0)" }].compactMap { $0 }.joined()
        return "cannot import \(path)\(place): \(problem)"
    }
}
