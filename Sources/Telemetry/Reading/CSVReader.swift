/// Splits a CSV file (RFC 4180) into rows and cells, one row in memory at a time.
///
/// Accepts LF and CRLF, a UTF-8 byte order mark, quoted cells with doubled quotes, commas and line breaks, a last line
/// without an end, and empty lines (left out). A quote inside an unquoted cell is an ordinary character.
final class CSVReader {
    /// The longest row that is accepted; a longer one is an unclosed quote or no CSV at all.
    static let rowLimit = 4 << 20
    private static let chunk = 1 << 18
    private static let padding = 8

    let path: String
    /// The cells of the first row, spaces around them removed; empty for an empty file.
    private(set) var header: [String] = []
    /// The current row; valid until the next call of `next`.
    var row: Row { Row(bytes: buffer, cells: cells, count: cellCount, place: place) }
    /// Where the current row stands.
    private(set) var place = RowPlace(row: -1, line: 1)

    private let source: ByteSource
    private var sourceEnded = false
    /// `buffer[start..<end]` is read and not consumed; `buffer[end]` is always a line feed, so that scanning needs no other
    /// bound, and `padding` bytes are allocated from there on, so that eight bytes can be loaded at once.
    private var buffer: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private var start = 0
    private var end = 0
    private var nextLine = 1
    private var cells: UnsafeMutablePointer<CellBounds>
    private var cellCapacity = 256
    private var cellCount = 0
    /// Indices of cells of the current row that began with a quote.
    private var quoted: [Int] = []

    /// Offsets into `buffer`; they fit because a row has its limit.
    fileprivate struct CellBounds {
        var start: Int32
        var end: Int32

        @inline(__always)
        init(_ start: Int, _ end: Int) {
            self.start = Int32(truncatingIfNeeded: start)
            self.end = Int32(truncatingIfNeeded: end)
        }
    }

    /// One row of the file.
    struct Row {
        fileprivate let bytes: UnsafePointer<UInt8>
        fileprivate let cells: UnsafePointer<CellBounds>
        let count: Int
        let place: RowPlace

        /// The bytes of a cell, quotes removed.
        @inline(__always)
        subscript(_ index: Int) -> UnsafeBufferPointer<UInt8> {
            precondition(index >= 0 && index < count)
            let bounds = cells[index]
            return UnsafeBufferPointer(start: bytes + Int(bounds.start), count: Int(bounds.end - bounds.start))
        }
    }

    /// Opens the file and reads its header.
    init(_ path: String) throws {
        self.path = path
        source = try ByteSource(path)
        capacity = 2 * Self.chunk
        buffer = .allocate(capacity: capacity + Self.padding)
        buffer.initialize(repeating: UInt8(ascii: "\n"), count: capacity + Self.padding)
        cells = .allocate(capacity: cellCapacity)
        try refill()
        try skipByteOrderMark()
        guard try next() else { return }
        let row = row
        header = (0..<row.count).map { String(decoding: UnsafeRawBufferPointer(row[$0].trimmed), as: UTF8.self) }
    }

    deinit {
        buffer.deallocate()
        cells.deallocate()
    }

    /// Moves to the next row; false at the end of the file.
    func next() throws -> Bool {
        while true {
            let line = nextLine
            switch scanRow() {
            case .complete:
                for index in quoted { unquote(index) }
                place = RowPlace(row: place.row + 1, line: line)
                return true
            case .empty:
                continue
            case .cutOff where !sourceEnded:
                try refill()
            case .cutOff:
                if start == end { return false }
                throw TelemetryFileError(
                    path: path, place: nextPlace, found: "a quoted cell that is never closed", expected: "a closing quote",
                    advice: "close the quote, or double quotes that are part of the text")
            }
        }
    }

    /// Where the row stands that is being read.
    private var nextPlace: RowPlace { RowPlace(row: place.row + 1, line: nextLine) }

    private enum Scan { case complete, empty, cutOff }

    /// Finds the bounds of the cells of the row at `start` and moves `start` behind it, unless the row is not all there yet.
    private func scanRow() -> Scan {
        // Locals, so that the loop works in registers.
        let (bytes, first, end) = (buffer, start, end)
        var position = first
        var line = nextLine
        var count = 0
        quoted.removeAll(keepingCapacity: true)
        while true {
            let cellStart = position
            if bytes[position] == UInt8(ascii: "\""), position < end {
                guard let close = skipQuoted(from: position, line: &line) else { return .cutOff }
                position = close
                quoted.append(count)
            }
            position = endOfCell(bytes, from: position)
            if count == cellCapacity { growCells(count) }
            if bytes[position] == UInt8(ascii: ",") {
                cells[count] = CellBounds(cellStart, position)
                count += 1
                position += 1
                continue
            }
            if position == end, !sourceEnded || first == end { return .cutOff }
            let carriageReturn = position > cellStart && bytes[position - 1] == UInt8(ascii: "\r")
            let cellEnd = carriageReturn ? position - 1 : position
            cells[count] = CellBounds(cellStart, cellEnd)
            cellCount = count + 1
            start = min(position + 1, end)
            nextLine = line + 1
            return count == 0 && cellEnd == cellStart ? .empty : .complete
        }
    }

    /// The position of the next comma or line feed, which the line feed behind the last byte makes certain to exist.
    @inline(__always)
    private func endOfCell(_ bytes: UnsafeMutablePointer<UInt8>, from start: Int) -> Int {
        var position = start
        while true {
            // Eight bytes at a time: both are below 0x2d, nearly all bytes of numbers and names are not. The lowest marked
            // byte is exact, higher ones may be false (Mycroft's test for a byte below a bound).
            let word = UInt64(littleEndian: UnsafeRawPointer(bytes + position).loadUnaligned(as: UInt64.self))
            let low = (word &- 0x2d2d_2d2d_2d2d_2d2d) & ~word & 0x8080_8080_8080_8080
            guard low != 0 else {
                position += 8
                continue
            }
            position += low.trailingZeroBitCount / 8
            if bytes[position] == UInt8(ascii: ",") || bytes[position] == UInt8(ascii: "\n") { return position }
            position += 1
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

    private func growCells(_ used: Int) {
        let larger = UnsafeMutablePointer<CellBounds>.allocate(capacity: 2 * cellCapacity)
        larger.update(from: cells, count: used)
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
                path: path, place: nextPlace, found: "a row longer than \(Self.rowLimit >> 20) MiB",
                expected: "rows of comma-separated cells, one a line",
                advice: "look for a quote that is never closed on that line")
        }
        if rest + Self.chunk > capacity {
            capacity *= 2
            let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity + Self.padding)
            larger.initialize(repeating: UInt8(ascii: "\n"), count: capacity + Self.padding)
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
