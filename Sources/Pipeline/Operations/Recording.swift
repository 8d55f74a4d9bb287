import Evaluation
import Failures
import Files
import Foundation
import ModelGraph
import Simulation
import Telemetry
import Trainers

/// A validated recording in memory with everything that training and judging read beside it.
struct Recording {
    let schema: Schema
    let schemaSHA256: String
    let table: TelemetryTable
    /// What validation found; no error among it.
    let report: ValidationReport
    /// nil when no incidents file was given.
    let incidents: [Incident]?
    /// The codec profile that stands beside the schema, if one of the models chooses compression levels.
    let codecProfile: CodecProfile?
    /// For simulated data, the scores of the best possible predictor, which the simulator wrote beside it.
    private let noiseFloor: NoiseFloor?

    /// Validates a file for the models and reads the columns that they need, in one pass.
    /// - Parameter threads: how many share the reading, all cores if nil.
    /// - Throws: an `ExplainedError`: missing input, or invalid data with every finding.
    init(_ data: DataOptions, models: [ModelKind], threads: Int? = nil) throws {
        let schema = try Schema.load(data.schemaPath)
        (table, report) = try TelemetryFile.readAccepted(
            data.dataPath, columns: Self.columns(models, schema: schema), schema: schema, models: Set(models),
            incidents: data.incidentsPath, threads: threads)
        self.schema = schema
        schemaSHA256 = try SHA256.hexDigest(ofFile: data.schemaPath)
        incidents = try data.incidentsPath.map { try IncidentFile.read($0, schema: schema).incidents }
        codecProfile = models.contains(.compression) ? try Self.codecProfile(beside: data.schemaPath) : nil
        let floor = Simulation.noiseFloorPath(beside: data.dataPath)
        noiseFloor = FileManager.default.fileExists(atPath: floor) ? try NoiseFloor(contentsOf: floor) : nil
    }

    private static func codecProfile(beside schemaPath: String) throws -> CodecProfile? {
        let profile = URL(fileURLWithPath: schemaPath).deletingLastPathComponent()
            .appendingPathComponent("codec_profile.json").path
        return FileManager.default.fileExists(atPath: profile) ? try CodecProfile.load(profile) : nil
    }

    /// What the simulator knows to be possible, by metric; nil for recordings.
    func bestPossible(_ model: ModelKind) -> [String: Double]? { noiseFloor?.models[model]?.best }

    /// What the models' features, targets and labels read.
    private static func columns(_ models: [ModelKind], schema: Schema) -> Set<String> {
        let used = models.flatMap { model in
            schema.columnsUsed(by: model) + schema.targets.filter { $0.model == model }.map(\.column)
        }
        let labels = models.contains(.compression) ? CompressionOracle.columnsOfInterest : []
        return Set(used + labels + [AnomalyLabels.column, "link_type"])
    }

    /// Rows for `dwcp evaluate`: the whole file is the test part.
    func wholeFile() throws -> Part<HeldOut> {
        try Part(wholeFile: table, gapFactor: schema.quality.gapFactor)
    }

    /// The temporal split that every command uses.
    func split(windowLength: Int = 1) throws -> TemporalSplit {
        try Self.split(table, schema: schema, windowLength: windowLength)
    }

    static func split(_ table: TelemetryTable, schema: Schema, windowLength: Int = 1) throws -> TemporalSplit {
        let longest = max(windowLength, schema.models.values.map(\.windowLength).max() ?? 1)
        return try TemporalSplit(table, rules: schema.split, longestWindow: longest, gapFactor: schema.quality.gapFactor)
    }
}

extension Schema {
    /// A model's section.
    /// - Throws: `SchemaError` when the document has none.
    func definition(of model: ModelKind, path: String) throws -> ModelDefinition {
        guard let definition = models[model] else {
            throw SchemaError(path: path, problems: ["it has no section for the model `\(model.rawValue)`"])
        }
        return definition
    }
}

extension ModelDefinition {
    /// The gates with flags applied: flag over schema.
    func gates(overriddenBy targets: [String: Double]) -> [GateDefinition] {
        gates.map { gate in
            var gate = gate
            gate.target = targets[gate.metric] ?? gate.target
            return gate
        }
    }
}
