public import Failures

/// Everything that validation found about a telemetry file (and an incident file), and whether training may use it.
public struct ValidationReport: Sendable, Codable, Equatable {
    public var path: String
    public var incidentsPath: String?
    /// Data rows, the header not counted.
    public var rows: Int
    public var columns: Int
    /// Distinct directed links.
    public var links: Int
    /// Earliest and latest instant, ISO-8601.
    public var firstInstant: String?
    public var lastInstant: String?
    /// Usable incidents of the incident file.
    public var incidents: Int?
    /// The models that were asked for and whose required columns the file has, in listing order.
    public var trainableModels: [ModelKind]
    /// Errors first, then warnings, then notes; inside, in the order of the checks.
    public var findings: [Finding]

    /// Whether no finding is an error.
    public var isAccepted: Bool { !findings.contains { $0.severity == .error } }

    /// Columns whose unreadable cells were only warned about, because no selected model needs them: pass them to
    /// `TelemetryFile.read(…, tolerating:)`, which then takes those cells for missing.
    public var toleratedColumns: Set<String> {
        let tolerated = findings.filter { finding in
            finding.severity != .error && (finding.kind == .wrongType || finding.kind == .unknownCategory)
        }
        return Set(tolerated.compactMap(\.column))
    }

    /// - Throws: `RejectedData`, with this report, when a finding is an error.
    public func requireAccepted() throws(RejectedData) {
        if !isAccepted { throw RejectedData(report: self) }
    }

    func findings(of severity: Finding.Severity) -> [Finding] { findings.filter { $0.severity == severity } }
}

/// Data that validation refused.
public struct RejectedData: ExplainedError, Equatable {
    public let category = FailureCategory.invalidData
    public let report: ValidationReport

    public var description: String { report.text(notes: false) }
}
