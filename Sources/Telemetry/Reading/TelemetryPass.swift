import Foundation

/// What one pass over a telemetry file gathers, piece by piece in the file's order. It depends on the file alone: not on the
/// number of threads, and not on how long the pieces are.
struct TelemetryPass {
    let path: String
    let header: [String]
    let plan: ColumnPlan
    /// One for each column of the plan.
    private(set) var tallies: [ColumnTally]
    private(set) var ragged = Occurrences()
    /// Why the file cannot be read to its end.
    private(set) var broken: TelemetryFileError?
    /// Rows with as many cells as the header, and all rows.
    private(set) var wholeRows = 0
    var rowCount: Int { end.row }
    /// The whole rows whose identity is complete.
    private(set) var placed = SeriesTimes.Rows()
    private(set) var links = LinkTable()
    /// The values of the kept columns, in the plan's order.
    private(set) var numbers: [[Float]]
    private(set) var texts: [TelemetryTable.TextColumn]

    private var textCodes: [TextCodes]
    private var sampler = RowSampler()
    /// Where the gathered pieces end.
    private var end: RowPlace

    private init(_ reader: CSVReader, plan: ColumnPlan) {
        path = reader.path
        header = reader.header
        self.plan = plan
        tallies = plan.decoders.map(ColumnTally.init)
        numbers = plan.keptNumbers.map { _ in [] }
        texts = plan.keptTexts.map { _ in .init(codes: [], values: []) }
        textCodes = plan.keptTexts.map { _ in TextCodes() }
        end = reader.headerEnd
    }

    /// How a pass goes about its work; nothing of it shows in the result.
    struct Means {
        var threads: Int
        var pieceLength: Int

        /// - Parameter threads: all cores if nil.
        init(threads: Int?, pieceLength: Int = RowPieces.standardLength) {
            self.threads = max(1, threads ?? ProcessInfo.processInfo.activeProcessorCount)
            self.pieceLength = pieceLength
        }
    }

    /// Reads a file from its first row to its last.
    /// - Parameters:
    ///   - decoded: whether to look at a column; identity columns are looked at anyway.
    ///   - kept: whether to keep a column's values.
    ///   - stopsEarly: whether the rest of the file is of no interest; asked after every piece.
    /// - Throws: `InputFileError` when the file cannot be opened or read, `TelemetryFileError` when it has no header that can
    ///   be read. What is wrong behind the header is gathered.
    static func over(
        _ path: String, schema: Schema, decoded: (String) -> Bool, kept: (String) -> Bool, means: Means,
        stopsEarly: (TelemetryPass) -> Bool = { _ in false }
    ) throws -> TelemetryPass {
        let reader = try CSVReader(path, pieceLength: means.pieceLength)
        let plan = ColumnPlan(header: reader.header, schema: schema, decoded: decoded, kept: kept)
        var pass = TelemetryPass(reader, plan: plan)
        let pieces = reader.byteCount.map { $0 / means.pieceLength + 1 } ?? .max
        do {
            try OrderedWork.perform(
                threads: min(means.threads, pieces),
                makeItem: { TelemetryPiece(reader.makePiece(), plan: plan) },
                take: { try reader.next(into: $0.csv) },
                work: { $0.decode() },
                collect: { piece in
                    pass.add(piece, of: reader)
                    return pass.broken == nil && !stopsEarly(pass)
                })
        } catch let error as TelemetryFileError {
            pass.broken = error
        }
        for index in pass.texts.indices { pass.texts[index].values = pass.textCodes[index].values }
        return pass
    }

    private mutating func add(_ piece: TelemetryPiece, of reader: CSVReader) {
        if wholeRows == 0 { reserve(piece, of: reader) }
        ragged.add(piece.ragged, from: end)
        wholeRows += piece.rows.count
        for index in tallies.indices { tallies[index].add(piece.tallies[index], from: end) }
        addSample(piece)
        addPlaces(piece)
        for (column, index) in plan.keptNumbers.enumerated() { numbers[column] += piece.values(of: index) }
        addTexts(piece)
        if let defect = piece.csv.defect { broken = reader.error(defect, at: piece.csv.nextPlace.counted(from: end)) }
        end = RowPlace(row: piece.csv.rows.count, line: piece.csv.lineCount).counted(from: end)
    }

    /// Makes room for as many rows as the file has if they go on as they began: growing columns would be copied over and over.
    private mutating func reserve(_ piece: TelemetryPiece, of reader: CSVReader) {
        guard let byteCount = reader.byteCount, piece.csv.source.count > 0 else { return }
        let share = Double(byteCount) / Double(piece.csv.source.count)
        let expected = Int(Double(piece.rows.count) * share * 1.02) + 1
        for column in numbers.indices { numbers[column].reserveCapacity(expected) }
        placed.reserveCapacity(expected)
    }

    private mutating func addSample(_ piece: TelemetryPiece) {
        var taken: [Int] = []
        for (index, row) in piece.rows.enumerated() where sampler.take(end.row + row.place.row) {
            taken.append(index)
            guard let kept = sampler.thin() else { continue }
            addSample(taken, of: piece)
            taken = []
            for index in tallies.indices { tallies[index].thinSample(keeping: kept) }
        }
        addSample(taken, of: piece)
    }

    private mutating func addSample(_ taken: [Int], of piece: TelemetryPiece) {
        guard !taken.isEmpty else { return }
        for (index, decoder) in plan.decoders.enumerated() where decoder.type.isNumeric {
            tallies[index].addSample(of: taken, from: piece.values(of: index))
        }
    }

    private mutating func addPlaces(_ piece: TelemetryPiece) {
        guard let identity = plan.identity, let nodes = piece.texts[identity.node], let peers = piece.texts[identity.peer]
        else { return }
        for link in piece.links[piece.linksInFile.count...] {
            piece.linksInFile.append(links.number(of: LinkKey(node: nodes.text(link.x), peer: peers.text(link.y))))
        }
        for (index, link) in piece.linkOfRow.enumerated() where link >= 0 {
            placed.append(
                piece.instants[index], link: piece.linksInFile[Int(link)], place: piece.rows[index].place.counted(from: end))
        }
    }

    private mutating func addTexts(_ piece: TelemetryPiece) {
        for (column, index) in plan.keptTexts.enumerated() {
            guard let texts = piece.texts[index] else { continue }
            for number in piece.textsInFile[column].count..<texts.table.count {
                piece.textsInFile[column].append(textCodes[column].code(of: texts.text(Int32(number))))
            }
            self.texts[column].codes += texts.numbers.lazy.map { piece.textsInFile[column][Int($0)] }
        }
    }
}
