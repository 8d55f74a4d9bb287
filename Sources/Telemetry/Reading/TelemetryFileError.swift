public import Failures

/// A telemetry file whose bytes, rows or cells cannot be read as what they should be.
public struct TelemetryFileError: ExplainedError, Equatable {
    public let category = FailureCategory.invalidData
    public let path: String
    /// The row where reading stopped, if it was inside a row.
    public let place: RowPlace?
    public let column: String?
    /// What was found, what was expected, what to do: three short texts.
    public let found: String
    public let expected: String
    public let advice: String

    init(path: String, place: RowPlace? = nil, column: String? = nil, found: String, expected: String, advice: String) {
        self.path = path
        self.place = place
        self.column = column
        self.found = found
        self.expected = expected
        self.advice = advice
    }

    public var description: String {
        let where_ = [place.map { ", \($0)" }, column.map { ", column \($0)" }].compactMap { $0 }.joined()
        return "reading \(path)\(where_): found \(found), expected \(expected); \(advice)"
    }
}

/// Where a row stands in its file.
public struct RowPlace: Sendable, Codable, Equatable, CustomStringConvertible {
    /// The data row, counted from 1 after the header.
    public var row: Int
    /// The line of the file on which the row starts, counted from 1 with the header.
    public var line: Int

    public init(row: Int, line: Int) {
        self.row = row
        self.line = line
    }

    /// The same place where counting starts behind `start`.
    func counted(from start: RowPlace) -> RowPlace { RowPlace(row: start.row + row, line: start.line + line) }

    public var description: String { "row \(row) (line \(line))" }
}
