import Foundation
public import Telemetry

/// Reads and validates a run's input, before anything is trained.
public enum DataExamination {
    /// - Parameters:
    ///   - models: those that the data is meant for; the summary names the ones it cannot train.
    ///   - isSplit: whether the rows are to be split into train, validation and test part, or are test rows as a whole.
    /// - Throws: an `ExplainedError`: missing input, or invalid data with every finding.
    public static func examine(_ data: DataOptions, models: [ModelKind], isSplit: Bool) throws -> DataSummary {
        let schema = try Schema.load(data.schemaPath)
        let (table, report) = try TelemetryFile.readAccepted(
            data.dataPath, columns: ["link_type"], schema: schema, models: Set(models), incidents: data.incidentsPath)
        return try summary(of: table, report, schema: schema, isSplit: isSplit)
    }

    /// - Parameter table: with the column `link_type`.
    static func summary(
        of table: TelemetryTable, _ report: ValidationReport, schema: Schema, isSplit: Bool
    ) throws -> DataSummary {
        DataSummary(
            rows: table.rowCount, links: table.links.count, firstTime: report.firstInstant ?? "",
            lastTime: report.lastInstant ?? "", rowsByLinkType: rowsByLinkType(table, schema: schema),
            incidents: report.incidents ?? 0, parts: isSplit ? try parts(table, schema: schema) : [],
            warnings: report.findings.filter { $0.severity == .warning }.map(report.summary),
            schemaVersion: schema.version)
    }

    private static func rowsByLinkType(_ table: TelemetryTable, schema: Schema) -> [DataSummary.Count] {
        guard let codes = table.columns["link_type"], let names = schema.column("link_type")?.categories else { return [] }
        return names.enumerated().map { code, name in
            DataSummary.Count(name: name, count: codes.count { $0 == Float(code) })
        }.filter { $0.count > 0 }
    }

    private static func parts(_ table: TelemetryTable, schema: Schema) throws -> [DataSummary.Part] {
        let split = try Recording.split(table, schema: schema)
        func part<Role>(_ part: Part<Role>) -> DataSummary.Part {
            DataSummary.Part(
                name: Role.name, firstTime: Instant.text(part.interval.lowerBound),
                lastTime: Instant.text(part.interval.upperBound), rows: part.rowCount)
        }
        return [part(split.train), part(split.validation), part(split.test)]
    }
}
