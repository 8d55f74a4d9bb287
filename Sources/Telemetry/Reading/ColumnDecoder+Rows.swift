/// Loops over the rows of a piece, one for each type: they look for nothing but the type's usual notation, and only other
/// cells go through `decode`. Every row has the header's width.
extension ColumnDecoder {
    /// Decodes cells as numbers; missing and unreadable ones become NaN.
    /// - Parameter values: for every row of `cells` one; those of `rows` are set.
    func decodeNumbers(
        _ rows: Range<Int>, of cells: CSVPiece.Cells, into values: UnsafeMutableBufferPointer<Float>,
        tally: inout ColumnTally
    ) {
        func whole(_ value: Double) -> Double {
            abs(value) <= Self.largestInteger && Double(Int64(value)) == value ? value : .nan
        }
        switch type {
        case .float:
            decodeNumbers(
                rows, of: cells, into: values, tally: &tally, short: { Decimal.parseShort(withMargin: $0) },
                any: { Decimal.parse($0) })
        case .int64:
            decodeNumbers(
                rows, of: cells, into: values, tally: &tally, short: { whole(Decimal.parseShort(withMargin: $0)) },
                any: { whole(Decimal.parse($0)) })
        case .categorical:
            let categories = categories
            decodeNumbers(
                rows, of: cells, into: values, tally: &tally, short: { categories.find($0).map(Double.init) ?? .nan },
                any: { _ in .nan })
        case .datetime, .string: preconditionFailure("\(name) holds no numbers")
        }
    }

    /// - Parameters:
    ///   - short: the number that a cell holds in the shortest notation; NaN, or any beyond the usual range, for others.
    ///   - any: the same for all notations.
    @inline(__always)
    private func decodeNumbers(
        _ rows: Range<Int>, of cells: CSVPiece.Cells, into values: UnsafeMutableBufferPointer<Float>,
        tally: inout ColumnTally, short: (UnsafeBufferPointer<UInt8>) -> Double, any: (UnsafeBufferPointer<UInt8>) -> Double
    ) {
        // Locals, so that the loops work in registers.
        let (position, smallestUsual, largestUsual) = (position, usual.smallest, usual.largest)
        var (unusual, smallest, largest) = (0, Double.infinity, -Double.infinity)
        var row = rows.lowerBound
        @inline(__always)
        func take(_ value: Double) -> Bool {
            // False for NaN.
            guard value >= smallestUsual, value <= largestUsual else { return false }
            if value < smallest { smallest = value }
            if value > largest { largest = value }
            values[row] = Float(value)
            row += 1
            return true
        }
        while row < rows.upperBound {
            // This loop calls nothing.
            while row < rows.upperBound, take(short(cells[row, position])) {}
            guard row < rows.upperBound, !take(any(cells[row, position])) else { continue }
            values[row] = Float(addUnusual(row, of: cells, to: &tally))
            unusual += 1
            row += 1
        }
        tally.add(usual: rows.count - unusual, smallest: smallest, largest: largest)
    }

    @inline(never)
    private func addUnusual(_ row: Int, of cells: CSVPiece.Cells, to tally: inout ColumnTally) -> Double {
        tally.add(cells[row, position], as: decode(cells[row, position]), place: cells.rows[row].place)
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
            if last.instant == Instant.none || !cell.holdsSameBytes(as: last.text) {
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
