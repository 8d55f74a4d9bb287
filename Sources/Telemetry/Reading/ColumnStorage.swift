/// Collects the values of numeric and categorical columns.
///
/// Values go to a block of some rows first: appending to many long arrays in turn, one value each, would miss the cache
/// at nearly every cell.
final class NumberColumns {
    private static let blockRows = 128
    private let decoders: [ColumnDecoder]
    private let tolerated: [Bool]
    private var values: [[Float]]
    /// The values of the first row, then of the second, and so on.
    private let block: UnsafeMutablePointer<Float>
    private var rowsInBlock = 0

    /// - Parameter tolerating: columns whose unreadable cells count as missing.
    init(_ decoders: [ColumnDecoder], tolerating: Set<String>) {
        self.decoders = decoders
        tolerated = decoders.map { tolerating.contains($0.name) }
        values = [[Float]](repeating: [], count: decoders.count)
        block = .allocate(capacity: max(1, decoders.count * Self.blockRows))
    }

    deinit { block.deallocate() }

    /// Appends the cells of a row. Returns the column of a cell that cannot be read, nil if there is none.
    @inline(__always)
    func append(_ row: CSVReader.Row) -> ColumnDecoder? {
        if rowsInBlock == Self.blockRows { flush() }
        var target = block + rowsInBlock * decoders.count
        let culprit: Int? = decoders.withUnsafeBufferPointer { decoders in
            for index in decoders.indices {
                switch decoders[index].decode(row[decoders[index].position]) {
                case .value(let value): target.pointee = Float(value)
                case .unreadable where !tolerated[index]: return index
                case .missing, .unreadable, .text: target.pointee = .nan
                }
                target += 1
            }
            return nil
        }
        rowsInBlock += 1
        return culprit.map { decoders[$0] }
    }

    /// The values of every column, by name.
    func finish() -> [String: [Float]] {
        flush()
        return Dictionary(uniqueKeysWithValues: zip(decoders.map(\.name), values))
    }

    private func flush() {
        let width = decoders.count
        for index in values.indices {
            var source = block + index
            for _ in 0..<rowsInBlock {
                values[index].append(source.pointee)
                source += width
            }
        }
        rowsInBlock = 0
    }
}

/// Collects the values of one text column; missing cells are the empty text.
struct TextColumnBuilder {
    let decoder: ColumnDecoder
    private var codes: [Int32] = []
    private var texts = TextCodes()

    init(_ decoder: ColumnDecoder) { self.decoder = decoder }

    var column: TelemetryTable.TextColumn { .init(codes: codes, values: texts.values) }

    mutating func append(_ row: CSVReader.Row) {
        let cell = row[decoder.position]
        switch decoder.decode(cell) {
        case .text: codes.append(texts.code(of: cell))
        case .missing, .value, .unreadable: codes.append(texts.code(of: UnsafeBufferPointer(start: nil, count: 0)))
        }
    }
}

extension ColumnType {
    /// Whether a table holds the column's values as numbers.
    var isStoredAsNumber: Bool { isNumeric || self == .categorical }
}
