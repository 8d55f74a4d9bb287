import Expressions
import Telemetry

/// One input file as its mapping sees it: the file's own columns, those joined by key, those of the file beside it, and the
/// parts of its path that the pattern captured.
struct SourceTable {
    let path: String
    let columns: [String]
    private let positions: [String: Int]
    private var table: DelimitedTable
    private var beside: DelimitedTable?
    private let keyPosition: Int
    private let joined: [String: [String]]
    private let captured: [String]
    private var row = 0

    init(_ match: InputPaths.Match, _ input: ImportMapping.Input, _ paths: InputPaths) throws {
        path = match.path
        table = try DelimitedTable(match.path, input.format)
        beside = try input.beside.map { try DelimitedTable(paths.only($0.files, captures: match.captures), $0.format) }
        let captures = input.files.captures
        captured = captures.map { match.captures[$0] ?? "" }
        if let join = input.join {
            guard let position = table.columns.firstIndex(of: join.key) else {
                throw ImportError("the join needs this column, which the file lacks", path: match.path, column: join.key)
            }
            keyPosition = position
            joined = try Self.rows(of: DelimitedTable(paths.only(join.file), join.format), join)
        } else {
            keyPosition = 0
            joined = [:]
        }
        columns = table.columns + (input.join?.take ?? []) + (beside?.columns ?? []) + captures
        var positions: [String: Int] = [:]
        for (position, name) in columns.enumerated() where positions.updateValue(position, forKey: name) != nil {
            throw ImportError(
                "two tables or captures have this column; take it from one of them only", path: match.path, column: name)
        }
        self.positions = positions
    }

    /// The next rows, at most `count`; empty at the end.
    mutating func next(_ count: Int) throws -> SourceRows {
        let first = row
        var rows: [[String]] = []
        while rows.count < count, var cells = try table.next() {
            row += 1
            if !joined.isEmpty {
                guard let partner = joined[cells[keyPosition]] else {
                    throw ImportError(
                        "the joined table has no row for “\(cells[keyPosition])”", path: path, row: row,
                        column: table.columns[keyPosition])
                }
                cells += partner
            }
            if let more = try beside?.next() {
                cells += more
            } else if let beside {
                throw ImportError("it has fewer rows than \(path), beside which it stands", path: beside.path, row: row)
            }
            rows.append(cells + captured)
        }
        if rows.isEmpty, let beside, try self.beside?.next() != nil {
            throw ImportError("it has more rows than \(path), beside which it stands", path: beside.path, row: row + 1)
        }
        return SourceRows(path: path, firstRow: first + 1, positions: positions, cells: rows)
    }

    /// Whether every one of the columns is there.
    func has(_ columns: [String]) -> Bool { columns.allSatisfy { positions[$0] != nil } }

    /// - Throws: `ImportError` naming the columns that are not there.
    func require(_ columns: [String], for purpose: String) throws {
        let missing = columns.filter { positions[$0] == nil }
        guard missing.isEmpty else {
            let found = self.columns.prefix(40).joined(separator: ", ")
            throw ImportError("\(purpose) needs \(missing.joined(separator: ", ")); the file has \(found)", path: path)
        }
    }

    private static func rows(of table: consuming DelimitedTable, _ join: ImportMapping.Join) throws -> [String: [String]] {
        func position(_ name: String) throws -> Int {
            if let position = table.columns.firstIndex(of: name) { return position }
            throw ImportError("the join needs this column, which the file lacks", path: table.path, column: name)
        }
        let key = try position(join.key)
        let taken = try join.take.map(position)
        let path = table.path
        var rows: [String: [String]] = [:]
        while let cells = try table.next() {
            guard rows.updateValue(taken.map { cells[$0] }, forKey: cells[key]) == nil else {
                throw ImportError(
                    "“\(cells[key])” stands in two rows; a join key must be unique", path: path, column: join.key)
            }
        }
        guard !rows.isEmpty else { throw ImportError("the file has no rows to join", path: path) }
        return rows
    }
}

/// Some successive rows of a source table.
struct SourceRows {
    let path: String
    /// The first one's number in its file, counted from 1.
    let firstRow: Int
    let positions: [String: Int]
    /// `[row][column]`
    let cells: [[String]]

    var count: Int { cells.count }

    /// A cell of a column that exists.
    func text(_ row: Int, _ column: String) -> String {
        positions[column].map { cells[row][$0] } ?? ""
    }

    /// A formula over the rows; NaN where a cell is empty.
    /// - Throws: `ImportError` for a cell that is no number.
    func numbers(_ formula: Formula) throws -> [Double] {
        try formula.evaluate(rowCount: count) { column -> [Double] in
            try (0 ..< count).map { row in
                let text = text(row, column).trimmed
                if text.isEmpty { return .nan }
                guard let value = Self.number(text) else {
                    throw failure(
                        "found “\(text.prefix(40))”, expected a number; list texts that mean missing under `missing`", row,
                        column)
                }
                return value
            }
        }
    }

    /// A text rule for one row.
    /// - Throws: `ImportError` for a value that the rule does not list.
    func text(_ row: Int, _ rule: TextRule) throws -> String {
        switch rule {
        case .template(let template):
            return template.text { text(row, $0) }
        case .cases(let of, let values, let otherwise):
            let value = of.text { text(row, $0) }
            if value.isEmpty { return "" }
            if let template = values[value] ?? otherwise { return template.text { text(row, $0) } }
            throw failure(
                "found “\(value.prefix(40))”; the mapping knows \(values.keys.sorted().joined(separator: ", "))", row,
                of.columns.first)
        }
    }

    func failure(_ problem: String, _ row: Int, _ column: String? = nil) -> ImportError {
        ImportError(problem, path: path, row: firstRow + row, column: column)
    }

    /// A finite decimal number; `nan`, `inf` and hexadecimals, which the standard library would accept, are none.
    private static func number(_ text: String) -> Double? {
        guard let value = Double(text), value.isFinite, !text.utf8.contains(where: { $0 | 0x20 == UInt8(ascii: "x") }) else {
            return nil
        }
        return value
    }
}
