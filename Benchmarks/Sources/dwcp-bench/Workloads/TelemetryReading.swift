import Telemetry

/// What a training command does with its data file before it computes anything: validate every cell against the schema and
/// read columns, here all of them.
struct TelemetryReading: Contestant {
    private let path: String
    private let schema: Schema
    private let threads: Int

    init(_ settings: Settings) throws {
        path = settings.path("telemetry.csv")
        schema = try Schema.load(try settings.required(settings.schema, "schema"))
        threads = settings.threads
    }

    func run() throws -> Round {
        let columns = Set(schema.columns.map(\.name))
        let (table, seconds) = try Round.measure {
            try TelemetryFile.readAccepted(path, columns: columns, schema: schema, threads: threads).table
        }
        return Round(seconds: seconds, evidence: ["rows": Double(table.rowCount)])
    }
}
