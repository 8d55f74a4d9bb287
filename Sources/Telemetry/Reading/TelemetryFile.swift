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
    /// - Throws: `InputFileError` when the file cannot be opened; `TelemetryFileError`, with row and column, for a file without
    ///   rows or identity columns, a row of another length than the header, or a cell that is not what its column holds.
    public static func read(
        _ path: String, columns: Set<String>, schema: Schema, tolerating: Set<String> = []
    ) throws -> TelemetryTable {
        let reader = try CSVReader(path)
        var identity = try IdentityReader(reader, schema: schema)
        var builders = ColumnDecoder.all(header: reader.header, schema: schema) { name in
            columns.contains(name) && !Schema.identityColumns.contains(name)
        }.map { ColumnBuilder($0, tolerant: tolerating.contains($0.definition.name)) }
        let width = reader.header.count
        while try reader.next() {
            guard reader.cellCount == width else { throw raggedRow(reader) }
            try identity.append(reader)
            for index in builders.indices {
                guard builders[index].append(reader) else { throw unreadable(builders[index].decoder, reader) }
            }
        }
        guard !identity.timestamps.isEmpty else {
            throw TelemetryFileError(
                path: path, found: "a header and no rows", expected: "rows of telemetry", advice: "check the recorder's output")
        }
        return table(identity, builders)
    }

    private static func table(_ identity: IdentityReader, _ builders: [ColumnBuilder]) -> TelemetryTable {
        var numbers: [String: [Float]] = [:]
        var texts: [String: TelemetryTable.TextColumn] = [:]
        for builder in builders {
            switch builder.decoder.definition.type {
            case .float, .int64, .categorical: numbers[builder.decoder.definition.name] = builder.values
            case .string, .datetime:
                texts[builder.decoder.definition.name] = .init(codes: builder.codes, values: builder.texts.values)
            }
        }
        return TelemetryTable(
            timestamps: identity.timestamps, linkOfRow: identity.linkOfRow, links: identity.links.links, columns: numbers,
            textColumns: texts)
    }

    private static func raggedRow(_ reader: CSVReader) -> TelemetryFileError {
        TelemetryFileError(
            path: reader.path, place: reader.place, found: "\(reader.cellCount) cells",
            expected: "\(reader.header.count), as many as the header has", advice: "quote cells that contain commas")
    }

    fileprivate static func unreadable(_ decoder: ColumnDecoder, _ reader: CSVReader) -> TelemetryFileError {
        let cell = reader.cell(decoder.position)
        return TelemetryFileError(
            path: reader.path, place: reader.place, column: decoder.definition.name,
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
            if let decoder = decoders.first(where: { $0.definition.name == name }) { return decoder }
            throw TelemetryFileError(
                path: reader.path, found: reader.header.isEmpty ? "an empty file" : "no column \(name)",
                expected: "a header with the columns \(Schema.identityColumns.joined(separator: ", "))",
                advice: "give the path of a telemetry file")
        }
        timestamp = try decoder(Schema.timestampColumn)
        node = try decoder(Schema.nodeColumn)
        peer = try decoder(Schema.peerColumn)
    }

    mutating func append(_ reader: CSVReader) throws {
        guard let instant = Instant.parse(reader.cell(timestamp.position).trimmed) else {
            throw TelemetryFile.unreadable(timestamp, reader)
        }
        for decoder in [node, peer] {
            guard case .text = decoder.decode(reader.cell(decoder.position)) else {
                throw TelemetryFile.unreadable(decoder, reader)
            }
        }
        timestamps.append(instant)
        linkOfRow.append(links.number(node: reader.cell(node.position), peer: reader.cell(peer.position)))
    }
}

/// Collects the values of one column.
private struct ColumnBuilder {
    let decoder: ColumnDecoder
    private let tolerant: Bool
    /// Of numeric and categorical columns.
    private(set) var values: [Float] = []
    /// Of text columns.
    private(set) var codes: [Int32] = []
    private(set) var texts = TextCodes()

    init(_ decoder: ColumnDecoder, tolerant: Bool) {
        self.decoder = decoder
        self.tolerant = tolerant
    }

    /// Appends the current row's cell; false if it cannot be read.
    @inline(__always)
    mutating func append(_ reader: CSVReader) -> Bool {
        let cell = reader.cell(decoder.position)
        switch decoder.decode(cell) {
        case .value(let value): values.append(Float(value))
        case .text: codes.append(texts.code(of: cell))
        case .unreadable where !tolerant: return false
        case .missing, .unreadable: appendMissing()
        }
        return true
    }

    private mutating func appendMissing() {
        switch decoder.definition.type {
        case .float, .int64, .categorical: values.append(.nan)
        case .string, .datetime: codes.append(texts.code(of: UnsafeBufferPointer(start: nil, count: 0)))
        }
    }
}
