/// Some rows of a CSV file, split into cells.
///
/// Quoted cells (with doubled quotes, commas and line breaks), LF and CRLF are accepted; empty lines are left out.
final class CSVPiece {
    static let syntax = RowSyntax(separator: UInt8(ascii: ","))

    /// The piece's bytes; fill them, then `split`.
    let source: RowBytes
    private(set) var rows: [Row] = []
    /// Line breaks in the piece, those in quoted cells too.
    private(set) var lineCount = 0
    /// What is wrong with the row behind the last of `rows`, which stands at `nextPlace`; nothing behind that one is split.
    private(set) var defect: Defect?
    private var rowLine = 1
    /// Where the row stands that is being split.
    var nextPlace: RowPlace { RowPlace(row: rows.count + 1, line: rowLine) }

    private var bytes: UnsafeMutableBufferPointer<UInt8>
    /// One more than there are bytes, so that splitting need not look: every cell ends at a byte of its own.
    private var cells: UnsafeMutableBufferPointer<CellBounds>
    private var cellCount = 0
    /// Where the current cell and the current row begin.
    private var cellStart = 0
    private var rowStart = 0
    private var firstCell = 0

    struct Row {
        fileprivate let firstCell: Int32
        let cellCount: Int32
        /// The row's number in the piece, and the line of the piece on which it starts, both counted from 1.
        fileprivate let number: Int32
        fileprivate let line: Int32

        var place: RowPlace { RowPlace(row: Int(number), line: Int(line)) }
    }

    /// Offsets into `bytes`. They fit: a piece is hardly longer than a row may be.
    fileprivate struct CellBounds {
        let start: Int32
        let end: Int32

        @inline(__always)
        init(_ start: Int, _ end: Int) {
            self.start = Int32(truncatingIfNeeded: start)
            self.end = Int32(truncatingIfNeeded: end)
        }
    }

    enum Defect { case unclosedQuote, tooLong }

    init(_ source: RowBytes) {
        self.source = source
        bytes = source.bytes
        cells = .allocate(capacity: source.capacity + 1)
    }

    deinit { cells.deallocate() }

    /// Lets `body` look at the cells of some of `rows`.
    func withCells<Result>(of rows: [Row], _ body: (Cells) -> Result) -> Result {
        rows.withUnsafeBufferPointer {
            body(Cells(rows: $0, bounds: UnsafeBufferPointer(cells), text: UnsafeBufferPointer(bytes)))
        }
    }

    /// The cells of some rows, as plain pointers: loops over cells ask nothing else of the piece.
    struct Cells {
        let rows: UnsafeBufferPointer<Row>
        fileprivate let bounds: UnsafeBufferPointer<CellBounds>
        fileprivate let text: UnsafeBufferPointer<UInt8>

        /// The bytes of a cell, quotes removed; `column` is below the row's `cellCount`. Words can be loaded from any place of
        /// it, `RowBytes.margin` bytes long.
        @inline(__always)
        subscript(row: Int, column: Int) -> UnsafeBufferPointer<UInt8> {
            let row = rows[row]
            assert(column >= 0 && column < Int(row.cellCount))
            // `split` wrote `cellCount` bounds from `firstCell` on; they lie inside of the text, the end not before the start.
            let cell = bounds[Int(row.firstCell) &+ column]
            return UnsafeBufferPointer(
                start: text.baseAddress.unsafelyUnwrapped + Int(cell.start), count: Int(cell.end &- cell.start))
        }
    }

    /// Splits the bytes of `source`. Quotes are removed in place, so this is done once.
    func split() {
        bytes = source.text
        if cells.count <= bytes.count {
            cells.deallocate()
            cells = .allocate(capacity: bytes.count + 1)
        }
        rows.removeAll(keepingCapacity: true)
        (cellCount, cellStart, firstCell, rowStart, rowLine, lineCount, defect) = (0, 0, 0, 0, 1, 0, nil)
        var position = 0
        while true {
            let text = UnsafeBufferPointer(bytes)
            let quote = Self.syntax.opening(in: text, from: position, before: text.count)
            splitPlain(position..<(quote ?? text.count))
            guard let quote, defect == nil else { break }
            guard let close = Self.syntax.close(in: text, of: quote) else {
                defect = .unclosedQuote
                break
            }
            lineCount += text[quote..<close].count { $0 == UInt8(ascii: "\n") }
            cellStart = unquote(quote..<close)
            position = close
        }
        if bytes.count - rowStart > RowSyntax.rowLimit { defect = .tooLong }
    }

    /// Splits bytes outside of quotes.
    private func splitPlain(_ range: Range<Int>) {
        let text = UnsafeBufferPointer(bytes)
        var position = range.lowerBound
        while let feed = text.first(UInt8(ascii: "\n"), in: position..<range.upperBound) {
            splitAtCommas(position..<feed)
            // A carriage return in quotes is text.
            let hasReturn = feed > max(cellStart, position) && text[feed - 1] == UInt8(ascii: "\r")
            endCell(at: hasReturn ? feed - 1 : feed)
            endRow(at: feed)
            if defect != nil { return }
            position = feed + 1
        }
        splitAtCommas(position..<range.upperBound)
    }

    /// Ends a cell at every comma, 64 bytes at a time.
    private func splitAtCommas(_ range: Range<Int>) {
        guard let text = bytes.baseAddress, let cells = cells.baseAddress else { return }
        // Locals, so that the loop works in registers.
        var (start, count) = (cellStart, cellCount)
        for position in stride(from: range.lowerBound, to: range.upperBound, by: 64) {
            // Loads at most 63 bytes behind the text: within the margin.
            var commas = Self.places(of: UInt8(ascii: ","), in: text + position)
            let rest = range.upperBound - position
            if rest < 64 { commas &= 1 << UInt64(rest) &- 1 }
            while commas != 0 {
                let comma = position + commas.trailingZeroBitCount
                commas &= commas &- 1
                cells[count] = CellBounds(start, comma)
                count += 1
                start = comma + 1
            }
        }
        (cellStart, cellCount) = (start, count)
    }

    private func endCell(at end: Int) {
        cells[cellCount] = CellBounds(cellStart, end)
        cellCount += 1
    }

    /// Ends the row at a line feed; the cell of an empty line goes.
    private func endRow(at feed: Int) {
        let row = Slice(base: UnsafeBufferPointer(bytes), bounds: rowStart..<feed + 1)
        guard row.count <= RowSyntax.rowLimit else {
            defect = .tooLong
            return
        }
        if RowSyntax.isEmpty(row) {
            cellCount = firstCell
        } else {
            rows.append(
                Row(
                    firstCell: Int32(firstCell), cellCount: Int32(cellCount - firstCell), number: Int32(rows.count + 1),
                    line: Int32(rowLine)))
            firstCell = cellCount
        }
        (rowStart, cellStart) = (feed + 1, feed + 1)
        lineCount += 1
        rowLine = lineCount + 1
    }

    /// Moves the text of a quoted cell to the end of the cell, halving doubled quotes: what may follow the closing quote then
    /// follows the text. Returns where the text starts.
    private func unquote(_ cell: Range<Int>) -> Int {
        var target = cell.upperBound
        var position = cell.upperBound - 2
        while position > cell.lowerBound {
            target -= 1
            bytes[target] = bytes[position]
            position -= bytes[position] == UInt8(ascii: "\"") ? 2 : 1
        }
        return target
    }

    /// Where a byte is among 64: bit i stands for byte i.
    @inline(__always)
    private static func places(of byte: UInt8, in text: UnsafePointer<UInt8>) -> UInt64 {
        let pattern = 0x0101_0101_0101_0101 &* UInt64(byte)
        let low: UInt64 = 0x7f7f_7f7f_7f7f_7f7f
        var places: UInt64 = 0
        for word in 0..<8 {
            let bytes = UnsafeRawPointer(text + 8 * word).loadUnaligned(as: UInt64.self)
            // The high bit of every byte that is zero, and no other.
            let difference = UInt64(littleEndian: bytes) ^ pattern
            let zeros = ~(((difference & low) &+ low) | difference | low)
            // The product gathers the eight high bits in the topmost byte.
            places |= ((zeros &* 0x0002_0408_1020_4081) >> 56) << UInt64(8 * word)
        }
        return places
    }
}
