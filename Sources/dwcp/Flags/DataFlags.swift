import ArgumentParser
import Pipeline

/// The telemetry file and the schema.
struct DataFlags: ParsableArguments {
    @Option(help: "Telemetry: a CSV file, plain or gzipped.")
    var dataPath: String

    @OptionGroup var schemaFlag: SchemaFlag

    func options(incidents: String? = nil) -> DataOptions {
        DataOptions(dataPath: dataPath, incidentsPath: incidents, schemaPath: schemaFlag.schema)
    }
}

struct SchemaFlag: ParsableArguments {
    @Option(help: "The telemetry schema.")
    var schema = DataOptions.defaultSchemaPath
}

struct IncidentsFlag: ParsableArguments {
    @Option(help: "Labelled incidents, a JSON file. Without it, what needs labels can only be judged UNDECIDED.")
    var incidentsPath: String?
}
