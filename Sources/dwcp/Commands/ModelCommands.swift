import ArgumentParser
import Evaluation
import Pipeline
import Telemetry

struct EvaluateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Judge written artifacts on test rows; needs nothing else of the run.")

    @Option(help: "Folder of the artifacts.")
    var checkpointsDir: String

    @Option(help: "The test rows: a CSV file, plain or gzipped.")
    var testDataPath: String

    @OptionGroup var incidents: IncidentsFlag

    @Option(help: "Folder for the evaluation report and its plots.")
    var outputDir: String

    @Option(help: "Models to judge, separated by commas.", transform: ListArguments.models)
    var models: [ModelKind] = ModelKind.allCases

    @Option(help: "Target of correlation, compression accuracy, incident recall and detection accuracy.")
    var targetAccuracy: Double?

    @Option(
        name: .customLong("gate"),
        help: "What must reach a target: the point estimate (point) or its 95 % bound (bound).")
    var gateRule: GateRule = .point

    @OptionGroup var schemaFlag: SchemaFlag

    func validate() throws { try FlagRules.requireShare(targetAccuracy, "--target-accuracy") }

    func run() async throws {
        let data = DataOptions(
            dataPath: testDataPath, incidentsPath: incidents.incidentsPath, schemaPath: schemaFlag.schema)
        let options = EvaluateOptions(
            checkpointsDirectory: checkpointsDir, data: data, outputDirectory: outputDir, models: models,
            targets: TargetFlags(accuracy: targetAccuracy), gateRule: gateRule)
        throw ExitCode(await CommandRunner.run { try await EvaluateRun.run(options) })
    }
}

struct PredictCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict", abstract: "Run a written model on telemetry.")

    @Option(help: "The artifact.")
    var model: String

    @OptionGroup var data: DataFlags

    @Option(help: "The CSV file to write; standard output when absent.")
    var output: String?

    func run() async throws {
        let options = PredictOptions(modelPath: model, data: data.options(), output: output)
        throw ExitCode(await CommandRunner.run { try Predict.run(options) })
    }
}

struct CompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Show what changed between two runs: data, settings, metrics, artifacts.")

    @Argument(help: ArgumentHelp("Checkpoints folder of a finished run.", valueName: "run-a"))
    var first: String

    @Argument(help: ArgumentHelp("Checkpoints folder of another.", valueName: "run-b"))
    var second: String

    func run() async throws {
        throw ExitCode(await CommandRunner.run { [first, second] in try CompareRuns.run(first, second) })
    }
}
