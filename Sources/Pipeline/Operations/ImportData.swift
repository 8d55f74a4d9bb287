import Foundation
import Importing
import Telemetry

/// `dwcp import`: telemetry from foreign recordings through a mapping.
public enum ImportData {
    /// - Throws: an `ExplainedError`: a mapping that cannot be used, a source that cannot be read, an output that cannot be written.
    public static func run(_ options: ImportOptions) throws -> CommandResult {
        let schema = try Schema.load(options.schemaPath)
        let mapping = try ImportMapping(contentsOf: options.mapping, schema: schema)
        let summary = try Importer(mapping, schema: schema).run(
            inputs: options.inputs, output: options.output, incidentsOutput: options.incidents)
        let notes = summary.notes.map { "note: \($0)\n" }.joined()
        let dropped = summary.droppedRowCount > 0 ? ", \(summary.droppedRowCount) rows left out" : ""
        let incidents = summary.incidentCount.map { ", \($0) incidents in \(options.incidents ?? "")" } ?? ""
        return CommandResult(
            output: notes,
            conclusion: .success(
                "imported \(summary.rowCount) rows × \(summary.columns.count) columns of \(summary.linkCount) links into "
                    + "\(options.output)\(dropped)\(incidents)"))
    }
}
