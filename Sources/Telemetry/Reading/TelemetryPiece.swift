/// What a pass over a telemetry file decodes.
struct ColumnPlan {
    /// How many cells a row has.
    let width: Int
    /// In the file's order.
    let decoders: [ColumnDecoder]
    /// The identity columns' indices in `decoders`; nil if the file lacks one.
    let identity: (timestamp: Int, node: Int, peer: Int)?
    /// Indices of the columns whose values are kept as numbers, and as texts.
    let keptNumbers: [Int]
    let keptTexts: [Int]

    /// - Parameters:
    ///   - decoded: whether to look at a column; identity columns are looked at anyway.
    ///   - kept: whether a column's values are asked for.
    init(header: [String], schema: Schema, decoded: (String) -> Bool, kept: (String) -> Bool) {
        width = header.count
        let identityColumns = Schema.identityColumns
        let decoders = ColumnDecoder.all(header: header, schema: schema) { identityColumns.contains($0) || decoded($0) }
        self.decoders = decoders
        let places = identityColumns.compactMap { name in decoders.firstIndex { $0.name == name } }
        identity = places.count == identityColumns.count ? (places[0], places[1], places[2]) : nil
        let asked = decoders.indices.filter { kept(decoders[$0].name) && !places.contains($0) }
        keptNumbers = asked.filter { decoders[$0].type.isStoredAsNumber }
        keptTexts = asked.filter { !decoders[$0].type.isStoredAsNumber }
    }
}

/// A piece of a telemetry file, decoded. Rows and lines are counted from the start of the piece. Texts and links are numbered
/// as this object meets them, also in the pieces that it held before.
final class TelemetryPiece {
    let csv: CSVPiece
    /// Rows with as many cells as the header; all that follows is about these, but for `ragged`.
    private(set) var rows: [CSVPiece.Row] = []
    private(set) var ragged = Occurrences()
    /// What the rows say of each column of the plan.
    private(set) var tallies: [ColumnTally]
    /// The texts of each column of the plan; nil where nobody wants them.
    private(set) var texts: [TextNumbers?]
    /// One for each row, `Instant.none` where there is none.
    private(set) var instants: [Int64] = []
    /// The number of each row's link, -1 where the row has no place in a series.
    private(set) var linkOfRow: [Int32] = []
    /// The numbers of each link's node and peer in `texts`.
    private(set) var links: [SIMD2<Int32>] = []
    /// What the links, and the kept texts, are numbered in the whole file; the pass fills it in.
    var linksInFile: [Int32] = []
    var textsInFile: [[Int32]]

    private let plan: ColumnPlan
    /// The values of each column of numbers, one column behind the other.
    private var values: UnsafeMutableBufferPointer<Float>
    private var linkNumbers = ByteStringTable()

    /// So many rows at a time are decoded column after column: their bytes stay in the innermost cache.
    private static let blockRows = 128

    init(_ csv: CSVPiece, plan: ColumnPlan) {
        self.csv = csv
        self.plan = plan
        tallies = plan.decoders.map(ColumnTally.init)
        var texts = [TextNumbers?](repeating: nil, count: plan.decoders.count)
        let ends = plan.identity.map { [$0.node, $0.peer] } ?? []
        for index in plan.keptTexts + ends { texts[index] = TextNumbers() }
        self.texts = texts
        textsInFile = plan.keptTexts.map { _ in [] }
        values = .allocate(capacity: 0)
    }

    deinit { values.deallocate() }

    /// Splits and decodes the bytes that `csv` was filled with.
    func decode() {
        csv.split()
        reset()
        csv.withCells(of: rows) { cells in
            tallies.withUnsafeMutableBufferPointer { tallies in
                for start in stride(from: 0, to: rows.count, by: Self.blockRows) {
                    decode(start..<min(start + Self.blockRows, rows.count), of: cells, tallies)
                }
            }
        }
        placeRows()
    }

    /// The values of a column of numbers, NaN where there is none.
    func values(of column: Int) -> UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(rebasing: values[column * rows.count..<(column + 1) * rows.count])
    }

    private func reset() {
        let width = plan.width
        rows = csv.rows.filter { $0.cellCount == width }
        ragged = Occurrences()
        if rows.count < csv.rows.count {
            for row in csv.rows where row.cellCount != width { ragged.add(row.place, found: "\(row.cellCount) cells") }
        }
        tallies = plan.decoders.map(ColumnTally.init)
        for index in texts.indices { texts[index]?.removeRows() }
        instants.removeAll(keepingCapacity: true)
        linkOfRow.removeAll(keepingCapacity: true)
        let count = rows.count * plan.decoders.count
        if values.count < count {
            values.deallocate()
            values = .allocate(capacity: count)
        }
    }

    private func decode(
        _ block: Range<Int>, of cells: CSVPiece.Cells, _ tallies: UnsafeMutableBufferPointer<ColumnTally>
    ) {
        for (index, decoder) in plan.decoders.enumerated() {
            if decoder.type.isStoredAsNumber {
                decoder.decodeNumbers(block, of: cells, into: values(of: index), tally: &tallies[index])
            } else if index == plan.identity?.timestamp {
                decoder.decodeInstants(block, of: cells, into: &instants, tally: &tallies[index])
            } else {
                decoder.decodeTexts(block, of: cells, into: &texts[index], tally: &tallies[index])
            }
        }
    }

    /// Numbers the links of rows whose identity is complete.
    private func placeRows() {
        guard let identity = plan.identity, let nodes = texts[identity.node], let peers = texts[identity.peer] else { return }
        for row in rows.indices {
            let link = SIMD2(nodes.numbers[row], peers.numbers[row])
            guard instants[row] != Instant.none, link.x != nodes.none, link.y != peers.none else {
                linkOfRow.append(-1)
                continue
            }
            let number = withUnsafeBytes(of: link) { linkNumbers.number(of: $0.assumingMemoryBound(to: UInt8.self)) }
            if number == links.count { links.append(link) }
            linkOfRow.append(number)
        }
    }
}
