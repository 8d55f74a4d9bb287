/// Loops over the rows of a piece, one for each type: they look for nothing but the type's usual notation, and only other
/// cells go through `decode`. Every row has the header's width.
extension ColumnDecoder {
    /// Decodes cells as numbers; missing and unreadable ones become NaN.
    /// - Parameter values: for every row of `cells` one; those of `rows` are set.
    func decodeNumbers(
        _ rows: Range<Int>, of cells: CSVPiece.Cells, into values: UnsafeMutableBufferPointer<Float>,
        tally: inout ColumnTally
    ) {
        switch type {
        case .float: decodeNumbers(rows, of: cells, into: values, tally: &tally) { Decimal.parse(withMargin: $0) }
        case .int64:
            decodeNumbers(rows, of: cells, into: values, tally: &tally) { cell in
                let value = Decimal.parse(withMargin: cell)
                return abs(value) <= Self.largestInteger && Double(Int64(value)) == value ? value : .nan
            }
        case .categorical:
            let categories = categories
            decodeNumbers(rows, of: cells, into: values, tally: &tally) { categories.find($0).map(Double.init) ?? .nan }
        case .datetime, .string: preconditionFailure("\(name) holds no numbers")
        }
    }

    /// - Parameter parse: the number that a cell holds in the usual notation; NaN, or any beyond the usual range, for others.
    @inline(__always)
    private func decodeNumbers(
        _ rows: Range<Int>, of cells: CSVPiece.Cells, into values: UnsafeMutableBufferPointer<Float>,
        tally: inout ColumnTally, parse: (UnsafeBufferPointer<UInt8>) -> Double
    ) {
        // Locals, so that the loop works in registers.
        let (position, smallestUsual, largestUsual) = (position, usual.smallest, usual.largest)
        var (count, smallest, largest) = (0, Double.infinity, -Double.infinity)
        for row in rows {
            let cell = cells[row, position]
            let value = cell.isEmpty ? .nan : parse(cell)
            // False for NaN.
            if value >= smallestUsual, value <= largestUsual {
                count += 1
                if value < smallest { smallest = value }
                if value > largest { largest = value }
                values[row] = Float(value)
            } else {
                values[row] = Float(addUnusual(cell, row, of: cells, to: &tally))
            }
        }
        tally.add(usual: count, smallest: smallest, largest: largest)
    }

    @inline(never)
    private func addUnusual(
        _ cell: UnsafeBufferPointer<UInt8>, _ row: Int, of cells: CSVPiece.Cells, to tally: inout ColumnTally
    ) -> Double {
        tally.add(cell, as: decode(cell), place: cells.rows[row].place)
    }

    /// Decodes cells as instants.
    /// - Parameter instants: gets one for each row, `Instant.none` where the cell holds none.
    func decodeInstants(
        _ rows: Range<Int>, of cells: CSVPiece.Cells, into instants: inout [Int64], tally: inout ColumnTally
    ) {
        var count = 0
        // Recorders write the rows of all links at an instant one after the other.
        var last = (text: cells[rows.lowerBound, position], instant: Instant.none)
        for row in rows {
            let cell = cells[row, position]
            if last.instant == Instant.none || !cell.elementsEqual(last.text) {
                last = (cell, Instant.parse(cell) ?? Instant.none)
            }
            if last.instant != Instant.none {
                count += 1
                instants.append(last.instant)
            } else {
                let decoded = decode(cell)
                tally.add(cell, as: decoded, place: cells.rows[row].place)
                let instant = if case .text = decoded { Instant.parse(cell.trimmed) } else { Int64?.none }
                instants.append(instant ?? Instant.none)
            }
        }
        tally.add(usual: count, smallest: .infinity, largest: -.infinity)
    }

    /// Decodes cells as texts.
    /// - Parameter texts: gets the trimmed text of each row, the empty one where there is none; nil if nobody wants them.
    func decodeTexts(
        _ rows: Range<Int>, of cells: CSVPiece.Cells, into texts: inout TextNumbers?, tally: inout ColumnTally
    ) {
        let isPlain = type == .string && !hasMarkers
        var count = 0
        for row in rows {
            let cell = cells[row, position]
            var decoded = Cell.text
            if isPlain, let first = cell.first, first > 0x20 {
                count += 1
            } else {
                decoded = decode(cell)
                tally.add(cell, as: decoded, place: cells.rows[row].place)
            }
            let text = if case .text = decoded { cell.trimmed } else { UnsafeBufferPointer<UInt8>(start: nil, count: 0) }
            texts?.append(text)
        }
        tally.add(usual: count, smallest: .infinity, largest: -.infinity)
    }
}

extension ColumnType {
    /// Whether a table holds the column's values as numbers.
    var isStoredAsNumber: Bool { isNumeric || self == .categorical }
}
