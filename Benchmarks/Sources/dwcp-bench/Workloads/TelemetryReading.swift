import Telemetry

/// What a training command does with its data file before it computes anything: validate every cell against the schema, then
/// read all columns.
struct TelemetryReading: Contestant {
    private let path: String
    private let schema: Schema

    init(_ settings: Settings) throws {
        path = settings.path("telemetry.csv")
        schema = try Schema.load(try settings.required(settings.schema, "schema"))
    }

    func run() throws -> Round {
        let columns = Set(schema.columns.map(\.name))
        let (table, seconds) = try Round.measure {
            let report = try TelemetryValidator.validate(path, schema: schema)
            try report.requireAccepted()
            return try TelemetryFile.read(path, columns: columns, schema: schema, tolerating: report.toleratedColumns)
        }
        return Round(seconds: seconds, evidence: ["rows": Double(table.rowCount)])
    }
}
