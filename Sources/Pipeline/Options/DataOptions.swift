/// Where a command's input is.
public struct DataOptions: Sendable, Codable, Equatable {
    /// Telemetry, CSV or gzipped CSV.
    public var dataPath: String
    /// Labelled incidents, JSON.
    public var incidentsPath: String?
    public var schemaPath: String

    public static let defaultSchemaPath = "schemas/dwcp_training_schema.json"

    public init(dataPath: String, incidentsPath: String? = nil, schemaPath: String = defaultSchemaPath) {
        self.dataPath = dataPath
        self.incidentsPath = incidentsPath
        self.schemaPath = schemaPath
    }
}
