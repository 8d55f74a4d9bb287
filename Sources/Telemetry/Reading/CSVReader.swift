/// Splits a CSV file (RFC 4180) into rows and cells, one row in memory at a time.
///
/// Accepts LF and CRLF, a UTF-8 byte order mark, quoted cells with doubled quotes, commas and line breaks, a last line without an
/// end, and empty lines (left out). A quote inside an unquoted cell is an ordinary character.
final class CSVReader {
    /// The longest row that is accepted; a longer one is an unclosed quote or no CSV at all.
    static let rowLimit = 4 << 20
    private static let chunk = 1 << 18

    let path: String
    /// The cells of the first row, spaces around them removed; empty for an empty file.
    private(set) var header: [String] = []
    /// Cells of the current row.
    private(set) var cellCount = 0
    /// Where the current row stands.
    private(set) var place = RowPlace(row: -1, line: 1)

    private let source: ByteSource
    private var sourceEnded = false
    /// `buffer[start..<end]` is read and not consumed; `buffer[end]` is always a line feed, so that scanning needs no other bound.
    private var buffer: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private var start = 0
    private var end = 0
    private var nextLine = 1
    private var cells: UnsafeMutablePointer<CellBounds>
    private var cellCapacity = 256
    /// Indices of cells of the current row that began with a quote.
    private var quoted: [Int] = []

    /// Offsets into `buffer`; stays below 2³¹ because the buffer does.
    private struct CellBounds {
        var start: Int32
        var end: Int32
    }

    /// Opens the file and reads its header.
    init(_ path: String) throws {
        self.path = path
        source = try ByteSource(path)
        capacity = 2 * Self.chunk
        buffer = .allocate(capacity: capacity + 1)
        buffer[0] = UInt8(ascii: "\n")
        cells = .allocate(capacity: cellCapacity)
        try refill()
        try skipByteOrderMark()
        guard try next() else { return }
        header = (0..<cellCount).map { String(decoding: UnsafeRawBufferPointer(cell($0).trimmed), as: UTF8.self) }
    }

    deinit {
        buffer.deallocate()
        cells.deallocate()
    }

    /// The bytes of a cell of the current row, quotes removed; valid until the next call of `next`.
    @inline(__always)
    func cell(_ index: Int) -> UnsafeBufferPointer<UInt8> {
        precondition(index < cellCount)
        let bounds = cells[index]
        return UnsafeBufferPointer(start: buffer + Int(bounds.start), count: Int(bounds.end - bounds.start))
    }

    /// Moves to the next row; false at the end of the file.
    func next() throws -> Bool {
        while true {
            place.line = nextLine
            switch scanRow() {
            case .complete:
                for index in quoted { unquote(index) }
                place.row += 1
                return true
            case .empty:
                continue
            case .cutOff where !sourceEnded:
                try refill()
            case .cutOff:
                if start == end { return false }
                throw TelemetryFileError(
                    path: path, place: place, found: "a quoted cell that is never closed", expected: "a closing quote",
                    advice: "close the quote, or double quotes that are part of the text")
            }
        }
    }

    private enum Scan { case complete, empty, cutOff }

    /// Finds the bounds of the cells of the row at `start` and moves `start` behind it, unless the row is not all there yet.
    private func scanRow() -> Scan {
        let bytes = buffer
        var position = start
        var cellStart = position
        var line = nextLine
        cellCount = 0
        quoted.removeAll(keepingCapacity: true)
        while true {
            if bytes[position] == UInt8(ascii: "\""), position < end {
                guard let close = skipQuoted(from: position, line: &line) else { return .cutOff }
                position = close
                quoted.append(cellCount)
            }
            // Comma and everything that ends a cell are at or below 0x2c; most bytes of numbers are above.
            var byte = bytes[position]
            while byte > 0x2c || (byte != 0x2c && byte != 0x0a) {
                position += 1
                byte = bytes[position]
            }
            if byte == UInt8(ascii: ",") {
                appendCell(cellStart, position)
                position += 1
                cellStart = position
                continue
            }
            if position == end, !sourceEnded || start == end { return .cutOff }
            var cellEnd = position
            if cellEnd > cellStart, bytes[cellEnd - 1] == UInt8(ascii: "\r") { cellEnd -= 1 }
            appendCell(cellStart, cellEnd)
            start = min(position + 1, end)
            nextLine = line + 1
            return cellCount == 1 && cellEnd == cellStart ? .empty : .complete
        }
    }

    /// The position behind the closing quote of the cell that opens at `position`; nil if it is not in the buffer.
    private func skipQuoted(from position: Int, line: inout Int) -> Int? {
        var position = position + 1
        while position < end {
            switch buffer[position] {
            case UInt8(ascii: "\"") where position + 1 < end && buffer[position + 1] == UInt8(ascii: "\""): position += 2
            case UInt8(ascii: "\"") where position + 1 == end && !sourceEnded: return nil
            case UInt8(ascii: "\""): return position + 1
            case UInt8(ascii: "\n"):
                line += 1
                position += 1
            default: position += 1
            }
        }
        return nil
    }

    @inline(__always)
    private func appendCell(_ from: Int, _ to: Int) {
        if cellCount == cellCapacity { growCells() }
        cells[cellCount] = CellBounds(start: Int32(truncatingIfNeeded: from), end: Int32(truncatingIfNeeded: to))
        cellCount += 1
    }

    private func growCells() {
        let larger = UnsafeMutablePointer<CellBounds>.allocate(capacity: 2 * cellCapacity)
        larger.update(from: cells, count: cellCount)
        cells.deallocate()
        cells = larger
        cellCapacity *= 2
    }

    /// Removes the quotes of a cell in place: the text between them, then whatever follows the closing one.
    private func unquote(_ index: Int) {
        let bounds = cells[index]
        var target = Int(bounds.start)
        var position = target + 1
        var inside = true
        while position < Int(bounds.end) {
            let byte = buffer[position]
            position += 1
            if inside, byte == UInt8(ascii: "\"") {
                inside = position < Int(bounds.end) && buffer[position] == UInt8(ascii: "\"")
                guard inside else { continue }
                position += 1
            }
            buffer[target] = byte
            target += 1
        }
        cells[index].end = Int32(truncatingIfNeeded: target)
    }

    /// Moves the unfinished row to the front of the buffer, makes room, and reads on.
    private func refill() throws {
        let rest = end - start
        guard rest <= Self.rowLimit else {
            throw TelemetryFileError(
                path: path, place: place, found: "a row longer than \(Self.rowLimit >> 20) MiB",
                expected: "rows of comma-separated cells, one a line", advice: "look for a quote that is never closed on that line")
        }
        if rest + Self.chunk > capacity {
            capacity *= 2
            let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity + 1)
            larger.update(from: buffer + start, count: rest)
            buffer.deallocate()
            buffer = larger
        } else {
            buffer.update(from: buffer + start, count: rest)
        }
        (start, end) = (0, rest)
        let count = try source.read(into: UnsafeMutableRawBufferPointer(start: buffer + end, count: capacity - end))
        sourceEnded = count == 0
        end += count
        buffer[end] = UInt8(ascii: "\n")
    }

    private func skipByteOrderMark() throws {
        let first = UnsafeBufferPointer(start: buffer, count: min(end, 3))
        if first.elementsEqual([0xef, 0xbb, 0xbf]) { start = 3 }
        if first.starts(with: [0xff, 0xfe]) || first.starts(with: [0xfe, 0xff]) {
            throw TelemetryFileError(
                path: path, found: "UTF-16 text", expected: "UTF-8 or ASCII", advice: "save the file as CSV in UTF-8")
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Without spaces and tabs at either end.
    var trimmed: UnsafeBufferPointer<UInt8> {
        var (low, high) = (0, count)
        while low < high, self[low] == 0x20 || self[low] == 0x09 { low += 1 }
        while high > low, self[high - 1] == 0x20 || self[high - 1] == 0x09 { high -= 1 }
        return UnsafeBufferPointer(rebasing: self[low..<high])
    }
}
