/// Reads telemetry files: CSV or gzipped CSV, recognised by content.
public enum TelemetryFile {
    /// The names in the file's header, in order; empty for an empty file.
    /// - Throws: `InputFileError` when the file cannot be opened, `TelemetryFileError` when its bytes are no CSV.
    public static func columnNames(_ path: String) throws -> [String] {
        try CSVReader(path).header
    }

    /// Reads the asked-for columns of a file, streaming: memory holds the result and one row.
    ///
    /// Validate the file first (`TelemetryValidator`): this stops at the first problem, that lists them all.
    /// - Parameters:
    ///   - columns: names to read beside the identity (instant and link), which is always read. Names that the file or the
    ///     schema lacks are absent from the result.
    ///   - tolerating: columns whose unreadable cells count as missing, as `ValidationReport.toleratedColumns` lists them.
    /// - Throws: `InputFileError` when the file cannot be opened; `TelemetryFileError`, with row and column, for a file
    ///   without rows or identity columns, a row of another length than the header, or a cell that its column cannot hold.
    public static func read(
        _ path: String, columns: Set<String>, schema: Schema, tolerating: Set<String> = []
    ) throws -> TelemetryTable {
        let reader = try CSVReader(path)
        var identity = try IdentityReader(reader, schema: schema)
        let wanted = columns.subtracting(Schema.identityColumns)
        let decoders = ColumnDecoder.all(header: reader.header, schema: schema, where: wanted.contains)
        let numbers = NumberColumns(decoders.filter(\.type.isStoredAsNumber), tolerating: tolerating)
        var texts = decoders.filter { !$0.type.isStoredAsNumber }.map(TextColumnBuilder.init)
        let width = reader.header.count
        while try reader.next() {
            let row = reader.row
            guard row.count == width else { throw raggedRow(reader) }
            try identity.append(row, path: path)
            if let culprit = numbers.append(row) { throw unreadable(culprit, row, path: path) }
            for index in texts.indices { texts[index].append(row) }
        }
        guard !identity.timestamps.isEmpty else {
            throw TelemetryFileError(
                path: path, found: "a header and no rows", expected: "rows of telemetry",
                advice: "check the recorder's output")
        }
        return TelemetryTable(
            timestamps: identity.timestamps, linkOfRow: identity.linkOfRow, links: identity.links.links,
            columns: numbers.finish(),
            textColumns: Dictionary(uniqueKeysWithValues: texts.map { ($0.decoder.name, $0.column) }))
    }

    private static func raggedRow(_ reader: CSVReader) -> TelemetryFileError {
        TelemetryFileError(
            path: reader.path, place: reader.row.place, found: "\(reader.row.count) cells",
            expected: "\(reader.header.count), as many as the header has", advice: "quote cells that contain commas")
    }

    fileprivate static func unreadable(_ decoder: ColumnDecoder, _ row: CSVReader.Row, path: String) -> TelemetryFileError {
        let cell = row[decoder.position]
        return TelemetryFileError(
            path: path, place: row.place, column: decoder.name,
            found: cell.isEmpty ? "an empty cell" : excerpt(cell), expected: decoder.expectation,
            advice: "run `dwcp validate` to see every problem of the file at once")
    }
}

/// Collects the instant and the link of every row.
private struct IdentityReader {
    private let timestamp: ColumnDecoder
    private let node: ColumnDecoder
    private let peer: ColumnDecoder
    var timestamps: [Int64] = []
    var linkOfRow: [Int32] = []
    var links = LinkTable()

    init(_ reader: CSVReader, schema: Schema) throws {
        let decoders = ColumnDecoder.all(header: reader.header, schema: schema, where: Schema.identityColumns.contains)
        func decoder(_ name: String) throws -> ColumnDecoder {
            if let decoder = decoders.first(where: { $0.name == name }) { return decoder }
            throw TelemetryFileError(
                path: reader.path, found: reader.header.isEmpty ? "an empty file" : "no column \(name)",
                expected: "a header with the columns \(Schema.identityColumns.joined(separator: ", "))",
                advice: "give the path of a telemetry file")
        }
        timestamp = try decoder(Schema.timestampColumn)
        node = try decoder(Schema.nodeColumn)
        peer = try decoder(Schema.peerColumn)
    }

    mutating func append(_ row: CSVReader.Row, path: String) throws {
        guard let instant = Instant.parse(row[timestamp.position].trimmed) else {
            throw TelemetryFile.unreadable(timestamp, row, path: path)
        }
        for decoder in [node, peer] {
            guard case .text = decoder.decode(row[decoder.position]) else {
                throw TelemetryFile.unreadable(decoder, row, path: path)
            }
        }
        timestamps.append(instant)
        linkOfRow.append(links.number(node: row[node.position], peer: row[peer.position]))
    }
}
