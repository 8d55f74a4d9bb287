/// Reads telemetry files: CSV or gzipped CSV, recognised by content.
public enum TelemetryFile {
    /// The names in the file's header, in order; empty for an empty file.
    /// - Throws: `InputFileError` when the file cannot be opened, `TelemetryFileError` when its bytes are no CSV.
    public static func columnNames(_ path: String) throws -> [String] {
        try CSVReader(path).header
    }

    /// Reads the asked-for columns of a file, streaming: memory holds the result and some pieces of the file.
    ///
    /// Validate the file first, or use `readAccepted`: this stops at the first problem, validation lists them all.
    /// - Parameters:
    ///   - columns: names to read beside the identity (instant and link), which is always read. Names that the file or the
    ///     schema lacks are absent from the result.
    ///   - tolerating: columns whose unreadable cells count as missing, as `ValidationReport.toleratedColumns` lists them.
    ///   - threads: how many share the work, all cores if nil; the result is the same for any number.
    /// - Throws: `InputFileError` when the file cannot be opened; `TelemetryFileError`, with row and column, for a file
    ///   without rows or identity columns, a row of another length than the header, or a cell that its column cannot hold.
    public static func read(
        _ path: String, columns: Set<String>, schema: Schema, tolerating: Set<String> = [], threads: Int? = nil
    ) throws -> TelemetryTable {
        try read(path, columns: columns, schema: schema, tolerating: tolerating, means: .init(threads: threads))
    }

    static func read(
        _ path: String, columns: Set<String>, schema: Schema, tolerating: Set<String>, means: TelemetryPass.Means
    ) throws -> TelemetryTable {
        let pass = try TelemetryPass.over(
            path, schema: schema, decoded: columns.contains, kept: columns.contains, means: means,
            stopsEarly: { $0.plan.identity == nil || $0.firstDefect(tolerating: tolerating) != nil })
        return try pass.table(tolerating: tolerating)
    }

    /// Validates a file and reads the asked-for columns of it in the same pass.
    /// - Parameters:
    ///   - columns: as for `read`.
    ///   - models, incidents: as for `TelemetryValidator.validate`.
    ///   - threads: how many share the work, all cores if nil; the result is the same for any number.
    /// - Throws: `RejectedData`, with the report, when a finding is an error; `InputFileError` when a file cannot be opened or
    ///   read; `TelemetryFileError` for a row without a complete identity.
    public static func readAccepted(
        _ path: String, columns: Set<String>, schema: Schema, models: Set<ModelKind>? = nil, incidents: String? = nil,
        threads: Int? = nil
    ) throws -> (table: TelemetryTable, report: ValidationReport) {
        try readAccepted(
            path, columns: columns, schema: schema, models: models, incidents: incidents, means: .init(threads: threads))
    }

    static func readAccepted(
        _ path: String, columns: Set<String>, schema: Schema, models: Set<ModelKind>?, incidents: String?,
        means: TelemetryPass.Means
    ) throws -> (table: TelemetryTable, report: ValidationReport) {
        let (report, pass) = try TelemetryValidator.examine(
            path, schema: schema, models: models, incidents: incidents, kept: columns.contains, means: means)
        try report.requireAccepted()
        guard let pass else { preconditionFailure("a file without a header was accepted") }
        return (try pass.table(tolerating: report.toleratedColumns), report)
    }
}

extension TelemetryPass {
    /// The kept columns.
    /// - Throws: `TelemetryFileError` for the first row that cannot stand in a table.
    func table(tolerating tolerated: Set<String>) throws(TelemetryFileError) -> TelemetryTable {
        if plan.identity == nil { throw missingIdentity }
        if let error = firstDefect(tolerating: tolerated) ?? broken { throw error }
        guard rowCount > 0 else {
            throw TelemetryFileError(
                path: path, found: "a header and no rows", expected: "rows of telemetry",
                advice: "check the recorder's output")
        }
        func named<Column>(_ columns: [Column], _ indices: [Int]) -> [String: Column] {
            Dictionary(uniqueKeysWithValues: zip(indices.map { plan.decoders[$0].name }, columns))
        }
        return TelemetryTable(
            timestamps: placed.timestamps, linkOfRow: placed.linkOfRow, links: links.links,
            columns: named(numbers, plan.keptNumbers), textColumns: named(texts, plan.keptTexts))
    }

    /// What is wrong with the first row that a table cannot hold; of several problems of a row, its length, then its identity
    /// come first.
    func firstDefect(tolerating tolerated: Set<String>) -> TelemetryFileError? {
        let identity = plan.identity.map { [$0.timestamp, $0.node, $0.peer] } ?? []
        let raggedRow = ragged.places.first.map { place in
            TelemetryFileError(
                path: path, place: place, found: ragged.found,
                expected: "\(header.count), as many as the header has", advice: "quote cells that contain commas")
        }
        let gaps = identity.flatMap { [defect($0, \.unreadable), defect($0, \.missing)] }
        let cells = plan.keptNumbers.map { tolerated.contains(plan.decoders[$0].name) ? nil : defect($0, \.unreadable) }
        let defects = ([raggedRow] + gaps + cells).compactMap { $0 }
        // The first of equal ones.
        return defects.min { ($0.place?.row ?? 0) < ($1.place?.row ?? 0) }
    }

    private func defect(_ column: Int, _ kind: KeyPath<ColumnTally, Occurrences>) -> TelemetryFileError? {
        let (decoder, occurrences) = (plan.decoders[column], tallies[column][keyPath: kind])
        return occurrences.places.first.map { place in
            TelemetryFileError(
                path: path, place: place, column: decoder.name, found: occurrences.found, expected: decoder.expectation,
                advice: "run `dwcp validate` to see every problem of the file at once")
        }
    }

    private var missingIdentity: TelemetryFileError {
        let missing = Schema.identityColumns.first { !header.contains($0) } ?? ""
        return TelemetryFileError(
            path: path, found: header.isEmpty ? "an empty file" : "no column \(missing)",
            expected: "a header with the columns \(Schema.identityColumns.joined(separator: ", "))",
            advice: "give the path of a telemetry file")
    }
}
