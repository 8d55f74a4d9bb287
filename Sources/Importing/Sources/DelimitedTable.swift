import Telemetry

/// A delimited text read row by row: cells as texts, quotes removed, cells that mean missing empty.
struct DelimitedTable {
    let path: String
    let columns: [String]
    private var records: RecordSplitter
    private let format: TableFormat
    private var row = 0

    /// Opens a file and reads its header, where it has one.
    /// - Throws: `ImportError` for an empty file or a header with one name twice; what `RecordSplitter` throws.
    init(_ path: String, _ format: TableFormat) throws {
        self.path = path
        self.format = format
        records = try RecordSplitter(path, separator: format.separator)
        if let columns = format.columns {
            self.columns = columns
            return
        }
        guard let header = try records.next() else {
            throw ImportError("the file is empty; a header and rows were expected", path: path)
        }
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        columns = Self.cells(header.starts(with: mark) ? header[3...] : header[...], format.separator).map(\.trimmed)
        var seen: Set<String> = []
        if let twice = columns.first(where: { !seen.insert($0).inserted }) {
            throw ImportError("its header names `\(twice)` twice; rename one", path: path, column: twice)
        }
    }

    /// The next row, as many cells as columns; nil at the end.
    mutating func next() throws -> [String]? {
        guard let record = try records.next() else { return nil }
        row += 1
        let cells = Self.cells(record[...], format.separator)
        guard cells.count == columns.count else {
            throw ImportError(
                "found \(cells.count) cells, expected \(columns.count), one for each column", path: path, row: row)
        }
        return format.missing.isEmpty ? cells : cells.map { format.missing.contains($0.trimmed) ? "" : $0 }
    }

    private static func cells(_ record: ArraySlice<UInt8>, _ separator: UInt8) -> [String] {
        var end = record.endIndex
        while end > record.startIndex, record[end - 1] == UInt8(ascii: "\n") || record[end - 1] == UInt8(ascii: "\r") {
            end -= 1
        }
        var cells: [String] = []
        var start = record.startIndex
        while true {
            var next = start
            if next < end, record[next] == UInt8(ascii: "\"") { next = endOfQuoted(record, from: next, end: end) }
            while next < end, record[next] != separator { next += 1 }
            cells.append(text(record[start ..< next]))
            guard next < end else { return cells }
            start = next + 1
        }
    }

    /// Behind the quote that closes the one at `start`.
    private static func endOfQuoted(_ record: ArraySlice<UInt8>, from start: Int, end: Int) -> Int {
        var position = start + 1
        while position < end {
            if record[position] == UInt8(ascii: "\"") {
                guard position + 1 < end, record[position + 1] == UInt8(ascii: "\"") else { return position + 1 }
                position += 1
            }
            position += 1
        }
        return end
    }

    private static func text(_ cell: ArraySlice<UInt8>) -> String {
        guard cell.first == UInt8(ascii: "\"") else { return String(decoding: cell, as: UTF8.self) }
        let inner = cell.last == UInt8(ascii: "\"") && cell.count > 1 ? cell.dropFirst().dropLast() : cell.dropFirst()
        return String(decoding: inner, as: UTF8.self).replacing("\"\"", with: "\"")
    }
}

extension String {
    /// Without spaces and tabs around it.
    var trimmed: String {
        guard let first = utf8.first, let last = utf8.last, first <= 0x20 || last <= 0x20 else { return self }
        let start = utf8.firstIndex { $0 > 0x20 } ?? endIndex
        let end = utf8.lastIndex { $0 > 0x20 }.map { utf8.index(after: $0) } ?? start
        return String(self[start ..< end])
    }
}
