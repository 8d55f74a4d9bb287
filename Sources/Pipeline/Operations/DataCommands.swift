import Files
import Foundation
import Importing
import Simulation
import Telemetry

/// `dwcp validate`: every problem of a data file at once.
public enum ValidateData {
    /// - Throws: `RejectedData` with every finding; missing or unreadable input.
    public static func run(_ options: DataOptions) throws -> CommandResult {
        let schema = try Schema.load(options.schemaPath)
        let report = try TelemetryValidator.validate(options.dataPath, schema: schema, incidents: options.incidentsPath)
        try report.requireAccepted()
        let models = report.trainableModels.map(\.rawValue).joined(separator: ", ")
        return CommandResult(
            output: report.text(), conclusion: .success("\(options.dataPath) is valid; it can train: \(models)"))
    }
}

/// `dwcp split`: the train, validation and test rows as files, at the instants that training uses.
public enum SplitData {
    /// Rows are copied byte for byte; the noise floor beside the data, if any, goes along with the test rows.
    public static func run(_ options: DataOptions, outputDirectory: String) throws -> CommandResult {
        let schema = try Schema.load(options.schemaPath)
        let table = try TelemetryFile.read(options.dataPath, columns: [], schema: schema)
        let split = try Recording.split(table, schema: schema)
        let files = try SplitFiles.write(recording: options.dataPath, assignments: split.assignments, to: outputDirectory)
        let floor = Simulation.noiseFloorPath(beside: options.dataPath)
        if let content = FileManager.default.contents(atPath: floor) {
            try AtomicFile.write(content, to: Simulation.noiseFloorPath(beside: "\(outputDirectory)/test.csv"))
        }
        let rows = "train \(split.train.rowCount), validation \(split.validation.rowCount), test \(split.test.rowCount) rows"
        return CommandResult(
            output: files.joined(separator: "\n") + "\n", conclusion: .success("split \(options.dataPath): \(rows)"))
    }
}

/// `dwcp generate`: telemetry and incidents from the simulator.
public enum GenerateData {
    public static func run(_ options: GenerateOptions) throws -> CommandResult {
        let simulation = try Simulation(
            scenario: SimulationScenario(rawValue: options.scenario.rawValue) ?? .reference, seed: options.seed,
            samples: options.samples)
        let summary = try simulation.write(csv: options.output, incidents: options.incidents)
        return CommandResult(
            output: summary.noiseFloor.description + "\n",
            conclusion: .success(
                "wrote \(options.output) (\(summary.rows) rows × \(summary.columns) columns, \(summary.links) links), "
                    + "\(options.incidents) (\(summary.incidents) incidents) and \(summary.noiseFloorPath)"))
    }
}
