/// Checks telemetry files (and incident files) against the schema.
public enum TelemetryValidator {
    /// Reads the whole file once and lists every problem.
    ///
    /// A defect of a column is an error only if a selected model needs the column; a missing column of a model that was
    /// named in `models` is an error, otherwise it only takes that model off the list of trainable ones. Rows out of time
    /// order are a warning, because rows are sorted by time inside their series before use. Repeated instants of one link
    /// are a warning (the first row is used) up to `quality.missing_limit` of the rows and an error above: then the identity
    /// columns do not tell links apart. Memory: some pieces of the file, about 20 bytes for each row (time rules), and a
    /// sample for quantiles.
    /// - Parameters:
    ///   - models: the models that the data is meant for; nil for all that it can train.
    ///   - incidents: the path of an incident file to check too, also against the telemetry.
    ///   - threads: how many share the work, all cores if nil; the report is the same for any number.
    /// - Throws: `InputFileError` when a file cannot be opened or read. Whatever a readable file holds is a finding.
    public static func validate(
        _ path: String, schema: Schema, models: Set<ModelKind>? = nil, incidents: String? = nil, threads: Int? = nil
    ) throws -> ValidationReport {
        try examine(path, schema: schema, models: models, incidents: incidents, means: .init(threads: threads)).report
    }

    /// Validates a file and keeps some columns on the way.
    /// - Parameter kept: whether to keep a column's values.
    /// - Returns: the report, and what the pass gathered; nil if not even the header could be read.
    static func examine(
        _ path: String, schema: Schema, models: Set<ModelKind>?, incidents: String?, kept: (String) -> Bool = { _ in false },
        means: TelemetryPass.Means
    ) throws -> (report: ValidationReport, pass: TelemetryPass?) {
        let pass: TelemetryPass
        do {
            pass = try TelemetryPass.over(path, schema: schema, decoded: { _ in true }, kept: kept, means: means)
        } catch let error as TelemetryFileError {
            return (ValidationReport(brokenFile: error, incidentsPath: incidents), nil)
        }
        var report = ValidationFindings(pass, schema: schema, models: models).report(threads: means.threads)
        if let incidents {
            let file = try IncidentFile.read(incidents, schema: schema)
            let usesIncidents = models?.contains { $0 == .reliability || $0 == .latency } ?? true
            let scope = RecordingScope(
                links: pass.links.links, first: pass.placed.timestamps.min(), last: pass.placed.timestamps.max())
            report.add(file, path: incidents, scope: scope, rejecting: usesIncidents)
        }
        report.sortFindings()
        return (report, pass)
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
