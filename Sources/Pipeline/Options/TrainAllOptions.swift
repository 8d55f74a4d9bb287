import Evaluation
import Foundation
import Learners
public import Telemetry

/// Everything that `dwcp train-all` can be told.
public struct TrainAllOptions: Sendable, Codable, Equatable {
    public var data: DataOptions
    public var outputDirectory: String
    public var reportsDirectory: String
    /// In the order of `ModelKind`, without repetition.
    public var models: [ModelKind]
    public var targets: TargetFlags
    public var training: TrainingOptions
    /// All at once (as far as the threads reach), or one after the other.
    public var isParallel: Bool
    /// A trainer that reports nothing for this long counts as hung.
    public var stallTimeoutSeconds: Double

    public init(
        data: DataOptions, outputDirectory: String = "checkpoints/dwcp_v1", reportsDirectory: String = "reports/dwcp_v1",
        models: [ModelKind] = ModelKind.allCases, targets: TargetFlags = TargetFlags(),
        training: TrainingOptions = TrainingOptions(), isParallel: Bool = true, stallTimeoutSeconds: Double = 900
    ) {
        self.data = data
        self.outputDirectory = outputDirectory
        self.reportsDirectory = reportsDirectory
        self.models = models
        self.targets = targets
        self.training = training
        self.isParallel = isParallel
        self.stallTimeoutSeconds = stallTimeoutSeconds
    }

    public var folder: RunFolder { RunFolder(checkpoints: outputDirectory, reports: reportsDirectory) }

    /// Trainers at a time; the threads are shared out among them as they come and go.
    var trainersAtATime: Int { isParallel ? training.threads : 1 }

    /// The longest first, so that no long trainer starts when the others have finished.
    var startingOrder: [ModelKind] { models.sorted { $0.expectedWork > $1.expectedWork } }

    /// The arguments of one trainer's process: `dwcp train <model> …`.
    func workerArguments(for model: ModelKind) -> [String] {
        var arguments = ["train", model.rawValue, "--supervised", "--json-progress"]
        func add(_ flag: String, _ value: (some CustomStringConvertible)?) {
            if let value { arguments += [flag, value.description] }
        }
        add("--data-path", data.dataPath)
        add("--schema", data.schemaPath)
        if model.takesIncidents { add("--incidents-path", data.incidentsPath) }
        add("--output", folder.artifact(model, training.exportFormats.first(where: model.formats.contains) ?? .onnx))
        add("--plot-data", folder.plotData(model))
        add("--export-format", training.exportFormats.map(\.rawValue).joined(separator: ","))
        add("--seed", training.seed)
        // The orchestrator gives more.
        add("--threads", 1)
        add("--precision", training.precision.rawValue)
        add("--gate", training.gateRule.rawValue)
        if model != .reliability {
            add("--epochs", training.epochs)
            add("--batch-size", training.batchSize)
        }
        for (name, value) in training.hyperparameters.sorted(by: { $0.key < $1.key }) { add("--set", "\(name)=\(value)") }
        arguments += targets.arguments(for: model)
        return arguments
    }
}

extension ModelKind {
    /// Whether the model's labels or normal windows come from the incidents file.
    var takesIncidents: Bool { self == .reliability || self == .latency }

    /// Formats that can hold the model: a forest of trees has no Keras layers, and only it is a scikit-learn estimator. The
    /// first one is judged.
    public var formats: [ExportFormat] { self == .reliability ? [.onnx, .pkl] : [.keras, .onnx] }

    /// Seconds that a trainer takes on one thread for 100,000 rows with the schema's settings; only how they compare counts.
    var expectedWork: Double {
        switch self {
        case .bandwidth: 30
        case .compression: 3
        case .reliability: 2
        case .latency: 250
        }
    }
}
