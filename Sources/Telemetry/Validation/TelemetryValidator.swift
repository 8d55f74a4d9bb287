/// Checks telemetry files (and incident files) against the schema.
public enum TelemetryValidator {
    /// Reads the whole file once and lists every problem.
    ///
    /// A defect of a column is an error only if a selected model needs the column; a missing column of a model that was
    /// named in `models` is an error, otherwise it only takes that model off the list of trainable ones. Rows out of time
    /// order are a warning, because rows are sorted by time inside their series before use. Repeated instants of one link
    /// are a warning (the first row is used) up to `quality.missing_limit` of the rows and an error above: then the identity
    /// columns do not tell links apart. Memory: one row, about 20 bytes for each row (time rules), and a sample for
    /// quantiles.
    /// - Parameters:
    ///   - models: the models that the data is meant for; nil for all that it can train.
    ///   - incidents: the path of an incident file to check too, also against the telemetry.
    /// - Throws: `InputFileError` when a file cannot be opened or read. Whatever a readable file holds is a finding.
    public static func validate(
        _ path: String, schema: Schema, models: Set<ModelKind>? = nil, incidents: String? = nil
    ) throws -> ValidationReport {
        var pass: ValidationPass
        do {
            pass = ValidationPass(try CSVReader(path), schema: schema, models: models)
            try pass.run()
        } catch let error as TelemetryFileError {
            // Nothing can be read, not even a header.
            return ValidationReport(brokenFile: error, incidentsPath: incidents)
        }
        var report = pass.report()
        if let incidents {
            let file = try IncidentFile.read(incidents, schema: schema)
            let usesIncidents = models?.contains { $0 == .reliability || $0 == .latency } ?? true
            report.add(file, path: incidents, scope: pass.scope, rejecting: usesIncidents)
        }
        report.sortFindings()
        return report
    }
}

extension ValidationReport {
    fileprivate init(brokenFile error: TelemetryFileError, incidentsPath: String?) {
        self.init(
            path: error.path, incidentsPath: incidentsPath, rows: 0, columns: 0, links: 0, trainableModels: [],
            findings: [Finding(error)])
    }

    fileprivate mutating func add(_ file: IncidentFile, path: String, scope: RecordingScope, rejecting: Bool) {
        incidentsPath = path
        incidents = file.incidents.count
        findings += (file.findings + scope.findings(for: file)).map { finding in
            var finding = finding
            if !rejecting, finding.severity == .error { finding.severity = .warning }
            return finding
        }
    }

    fileprivate mutating func sortFindings() {
        findings = Finding.Severity.allCases.flatMap(findings(of:))
    }
}

extension Finding {
    init(_ error: TelemetryFileError) {
        self.init(
            .brokenFile, .error, places: error.place.map { [$0] } ?? [], found: error.found, expected: error.expected,
            advice: error.advice)
    }
}

/// One pass over a telemetry file.
struct ValidationPass {
    let reader: CSVReader
    let schema: Schema
    let needs: ColumnNeeds
    var tallies: [ColumnTally]
    var ragged = Occurrences()
    var broken: TelemetryFileError?
    /// Rows with as many cells as the header, and all rows.
    var wholeRows = 0
    var rowCount = 0
    var placed = SeriesTimes.Rows()
    var links = LinkTable()
    private var sampler = RowSampler()

    init(_ reader: CSVReader, schema: Schema, models: Set<ModelKind>?) {
        self.reader = reader
        self.schema = schema
        needs = ColumnNeeds(schema: schema, models: models, header: reader.header)
        tallies = ColumnDecoder.all(header: reader.header, schema: schema).map(ColumnTally.init)
    }

    /// The recording that incidents must lie in.
    var scope: RecordingScope {
        RecordingScope(links: links.links, first: placed.timestamps.min(), last: placed.timestamps.max())
    }

    mutating func run() throws {
        let identity = IdentityColumns(tallies)
        let width = reader.header.count
        do {
            while try reader.next() {
                rowCount += 1
                let row = reader.row
                guard row.count == width else {
                    ragged.add(row.place, found: "\(row.count) cells")
                    continue
                }
                wholeRows += 1
                add(row, identity)
            }
        } catch let error as TelemetryFileError {
            broken = error
        }
    }

    private mutating func add(_ row: CSVReader.Row, _ identity: IdentityColumns?) {
        let sampled = sampler.take(row.place.row)
        for index in tallies.indices {
            tallies[index].add(row[tallies[index].decoder.position], place: row.place, sampled: sampled)
        }
        if sampled, let kept = sampler.thin() {
            for index in tallies.indices { tallies[index].thinSample(keeping: kept) }
        }
        guard let identity else { return }
        let (node, peer) = (row[identity.node].trimmed, row[identity.peer].trimmed)
        guard let instant = Instant.parse(row[identity.timestamp].trimmed), !node.isEmpty, !peer.isEmpty else { return }
        placed.append(instant, link: links.number(node: node, peer: peer), place: row.place)
    }

    /// Positions of the identity columns; there are none if the file lacks one.
    private struct IdentityColumns {
        let timestamp: Int
        let node: Int
        let peer: Int

        init?(_ tallies: [ColumnTally]) {
            let positions = Schema.identityColumns.compactMap { name in
                tallies.first { $0.decoder.name == name }?.decoder.position
            }
            guard positions.count == 3 else { return nil }
            (timestamp, node, peer) = (positions[0], positions[1], positions[2])
        }
    }
}
