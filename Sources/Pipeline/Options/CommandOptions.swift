public import Evaluation
public import Telemetry

/// What `dwcp train <model>` is told.
public struct TrainModelOptions: Sendable, Codable, Equatable {
    public var model: ModelKind
    public var data: DataOptions
    public var training: TrainingOptions
    /// The artifact; its twin and its report go beside it.
    public var output: String
    /// Where the rows go that every artifact is executed on again, and the outputs expected of it: `<prefix>_input.npy` and
    /// `<prefix>_output.npy`, for a check in another runtime. Nowhere when absent.
    public var checkDataPrefix: String?

    public init(
        model: ModelKind, data: DataOptions, training: TrainingOptions, output: String, checkDataPrefix: String? = nil
    ) {
        self.model = model
        self.data = data
        self.training = training
        self.output = output
        self.checkDataPrefix = checkDataPrefix
    }
}

/// What `dwcp evaluate` is told.
public struct EvaluateOptions: Sendable, Codable, Equatable {
    public var checkpointsDirectory: String
    /// The test rows.
    public var data: DataOptions
    public var outputDirectory: String
    public var models: [ModelKind]
    public var targets: TargetFlags
    public var gateRule: GateRule

    public init(
        checkpointsDirectory: String, data: DataOptions, outputDirectory: String, models: [ModelKind] = ModelKind.allCases,
        targets: TargetFlags = TargetFlags(), gateRule: GateRule = .point
    ) {
        self.checkpointsDirectory = checkpointsDirectory
        self.data = data
        self.outputDirectory = outputDirectory
        self.models = models
        self.targets = targets
        self.gateRule = gateRule
    }
}

/// What `dwcp predict` is told.
public struct PredictOptions: Sendable, Equatable {
    public var modelPath: String
    public var data: DataOptions
    /// A CSV file; standard output when absent.
    public var output: String?

    public init(modelPath: String, data: DataOptions, output: String?) {
        self.modelPath = modelPath
        self.data = data
        self.output = output
    }
}

/// What `dwcp generate` is told.
public struct GenerateOptions: Sendable, Equatable {
    public var output: String
    public var incidents: String
    public var samples: Int
    public var seed: UInt64
    public var scenario: Scenario
    public var schemaPath: String

    /// A recorded world of the simulator; raw values are the flag's.
    public enum Scenario: String, Sendable, CaseIterable {
        case reference, calm, stormy, noise
    }

    public init(output: String, incidents: String, samples: Int, seed: UInt64, scenario: Scenario, schemaPath: String) {
        self.output = output
        self.incidents = incidents
        self.samples = samples
        self.seed = seed
        self.scenario = scenario
        self.schemaPath = schemaPath
    }
}

/// What `dwcp import` is told.
public struct ImportOptions: Sendable, Equatable {
    public var mapping: String
    public var inputs: [String]
    public var output: String
    public var incidents: String?
    public var schemaPath: String

    public init(mapping: String, inputs: [String], output: String, incidents: String?, schemaPath: String) {
        self.mapping = mapping
        self.inputs = inputs
        self.output = output
        self.incidents = incidents
        self.schemaPath = schemaPath
    }
}
