import ArgumentParser
import Pipeline

struct ValidateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Check a telemetry file against the schema and list every problem at once.")

    @OptionGroup var data: DataFlags
    @OptionGroup var incidents: IncidentsFlag

    func run() async throws {
        let options = data.options(incidents: incidents.incidentsPath)
        throw ExitCode(await CommandRunner.run { try ValidateData.run(options) })
    }
}

struct SplitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "split", abstract: "Write train, validation and test rows as files, at the instants that training uses.")

    @OptionGroup var data: DataFlags

    @Option(help: "Folder for the three files.")
    var outputDir: String

    func run() async throws {
        let options = data.options()
        throw ExitCode(await CommandRunner.run { [outputDir] in try SplitData.run(options, outputDirectory: outputDir) })
    }
}

struct GenerateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Simulate telemetry and labelled incidents.")

    @Option(help: "The telemetry file to write.")
    var output: String

    @Option(help: "The incidents file to write.")
    var incidents: String

    @Option(help: "Rows.")
    var samples: Int

    @Option(help: "Seed of everything random.")
    var seed: UInt64 = 42

    @Option(help: "The simulated world.")
    var scenario: GenerateOptions.Scenario = .reference

    @OptionGroup var schemaFlag: SchemaFlag

    func validate() throws {
        if samples < 1 { throw ValidationError("--samples must be at least 1, not \(samples)") }
    }

    func run() async throws {
        let options = GenerateOptions(
            output: output, incidents: incidents, samples: samples, seed: seed, scenario: scenario,
            schemaPath: schemaFlag.schema)
        throw ExitCode(await CommandRunner.run { try GenerateData.run(options) })
    }
}

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Turn foreign recordings into telemetry through a mapping.")

    @Option(help: "The mapping, a YAML file.")
    var mapping: String

    @Option(parsing: .upToNextOption, help: "The recordings: files or folders.")
    var input: [String]

    @Option(help: "The telemetry file to write.")
    var output: String

    @Option(help: "The incidents file to write.")
    var incidents: String?

    @OptionGroup var schemaFlag: SchemaFlag

    func validate() throws {
        if input.isEmpty { throw ValidationError("--input needs at least one file or folder") }
    }

    func run() async throws {
        let options = ImportOptions(
            mapping: mapping, inputs: input, output: output, incidents: incidents, schemaPath: schemaFlag.schema)
        throw ExitCode(await CommandRunner.run { try ImportData.run(options) })
    }
}
