import Expressions
import Failures
import Files
import Foundation
public import Telemetry

/// Runs a mapping over the files of a recording.
public struct Importer: Sendable {
    let mapping: ImportMapping
    let schema: Schema

    /// Rows read before formulas are evaluated over them.
    private static let batchSize = 4_096

    public init(_ mapping: ImportMapping, schema: Schema) {
        self.mapping = mapping
        self.schema = schema
    }

    /// Writes a telemetry file in schema columns, rows ordered by instant, then link, then source order; and the incidents.
    ///
    /// A column that no input can fill is an error; one that only some inputs can fill is empty for the others.
    /// - Parameters:
    ///   - inputs: files and folders; folders are searched through.
    ///   - incidentsOutput: where to write incidents; nil to write none.
    /// - Throws: `ImportError` with file and row, `MappingError` with the line, `FileError` when an output cannot be
    ///   written.
    public func run(inputs: [String], output: String, incidentsOutput: String?) throws -> ImportSummary {
        let paths = try InputPaths(inputs)
        let sources = try mapping.inputs.flatMap { input in
            let matches = paths.matches(input.files, except: input.exclude)
            guard !matches.isEmpty else { throw paths.failure(input.files, found: 0) }
            return matches.map { (input: input, match: $0) }
        }
        guard incidentsOutput == nil || mapping.labels != nil else {
            throw ImportError(
                "the mapping says nothing about incidents; leave --incidents out", path: mapping.name, category: .usage)
        }
        let columns = try outputColumns(sources.map { try SourceTable($0.match, $0.input, paths) })
        var rows = ImportedRows()
        for (input, match) in sources {
            var table = try SourceTable(match, input, paths)
            let reading = try RowReading(table, input, mapping, columns)
            while true {
                let batch = try table.next(Self.batchSize)
                if batch.count == 0 { break }
                try reading.append(batch, to: &rows)
            }
        }
        guard rows.count > 0 else {
            throw ImportError("no row is left; look at `keep` in the mapping", path: inputs.joined(separator: ", "))
        }
        rows.sort()
        try rows.write(header: Schema.identityColumns + columns.map(\.name), to: output)
        let incidents = try incidentsOutput.flatMap { try writeIncidents(rows, paths, to: $0) }
        return ImportSummary(
            name: mapping.name, notes: mapping.notes, files: sources.map(\.match.path), rowCount: rows.count,
            droppedRowCount: rows.droppedCount, linkCount: rows.linkCount, columns: columns.map(\.name),
            incidentCount: incidents)
    }

    /// The columns of the result beyond the identity: the mapping's own, then the copied ones in the schema's order.
    private func outputColumns(_ tables: [SourceTable]) throws -> [OutputColumn] {
        for column in mapping.columns where !tables.contains(where: { $0.has(column.value.columns) }) {
            let needed = column.value.columns.joined(separator: ", ")
            throw MappingError(
                path: mapping.name, line: column.line,
                problem: "no input has all columns that `\(column.name)` is made of: \(needed)")
        }
        let own = mapping.columns.map { OutputColumn(name: $0.name, value: $0.value) }
        let copied: [String]
        switch mapping.copied {
        case .all:
            let taken = Set(own.map(\.name) + Schema.identityColumns)
            copied = schema.columns.map(\.name).filter { name in
                !taken.contains(name) && tables.contains { $0.has([name]) }
            }
        case .some(let names):
            copied = names
            for name in names where !tables.contains(where: { $0.has([name]) }) {
                throw MappingError(path: mapping.name, line: 0, problem: "`copy` names `\(name)`, which no input has")
            }
        }
        return own + copied.map { OutputColumn(name: $0, value: nil) }
    }

    /// - Returns: how many were written; nil when an incident file was taken over as it is.
    private func writeIncidents(_ rows: ImportedRows, _ paths: InputPaths, to path: String) throws -> Int? {
        switch mapping.labels {
        case .file(let pattern):
            let source = try paths.only(pattern)
            guard let document = FileManager.default.contents(atPath: source) else {
                throw FileError(.missingInput, path: source, doing: "read", errno: EIO)
            }
            try AtomicFile.write(document, to: path)
            return nil
        case .runs(_, let type, let severity, let scope):
            let incidents = rows.runs().map { run in
                ImportedIncident(
                    start: Instant.text(run.start), end: Instant.text(run.end), nodeID: run.link.node,
                    peerID: scope == .link ? run.link.peer : nil, incidentType: type, severity: severity)
            }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            try AtomicFile.write(encoder.encode(incidents), to: path)
            return incidents.count
        case nil:
            return nil
        }
    }
}

/// What an import did.
public struct ImportSummary: Sendable, Equatable {
    /// The mapping's name.
    public let name: String
    /// The mapping's notes: what a reader of the result must know.
    public let notes: [String]
    public let files: [String]
    public let rowCount: Int
    /// Rows that `keep` left out.
    public let droppedRowCount: Int
    public let linkCount: Int
    /// The columns written beside instant and link.
    public let columns: [String]
    /// nil when no incidents were made: none were asked for, or a file was taken over.
    public let incidentCount: Int?
}

/// A column of the result; `value` is nil for one that is copied cell by cell.
struct OutputColumn {
    var name: String
    var value: ValueRule?
}

extension ValueRule {
    /// The source columns it reads.
    var columns: [String] {
        switch self {
        case .number(let formula): formula.columns
        case .text(let rule): rule.columns
        }
    }
}

private struct ImportedIncident: Encodable {
    var start: String
    var end: String
    var nodeID: String
    var peerID: String?
    var incidentType: String
    var severity: String?

    enum CodingKeys: String, CodingKey {
        case start, end, severity
        case nodeID = "node_id"
        case peerID = "peer_id"
        case incidentType = "incident_type"
    }
}
