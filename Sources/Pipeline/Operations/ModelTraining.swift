import Evaluation
import Files
import Foundation
public import Learners
import ModelArtifacts
import ModelGraph
import Telemetry
public import TensorCore
import Trainers

/// Trains one model, writes its artifacts, executes them again and judges them.
public enum ModelTraining {
    /// Writes `options.output` and its twin in every format of the options that the model has, and the reference that judging
    /// needs.
    /// - Parameter threads: how many may work; the number may change meanwhile and never changes a result.
    /// - Returns: the report, its judgement with the numbers behind the plots; not written yet.
    /// - Throws: an `ExplainedError` when the model could not be trained or written. A missed target is no error.
    public static func train(
        _ options: TrainModelOptions, threads: ThreadBudget, onEvent: @escaping @Sendable (TrainingEvent) -> Void
    ) async throws -> ModelReport {
        try options.training.precision.requireSupport()
        let start = ContinuousClock.now
        let date = RunClock.text()
        onEvent(.phase("reading data"))
        let recording = try Recording(options.data, models: [options.model])
        try AtomicFile.requireWritable(options.output)
        let input = try input(options, recording, threads)
        var trained = try ModelTrainer.train(
            input, observer: TrainingObserver(onEvent: onEvent, isCancelled: { Task.isCancelled }))
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        onEvent(.phase("writing artifacts"))
        trained.graph.metadata[MetadataKey.targetsReached] = TargetsReached.open(input.gates)
        let unjudged = try write(trained, options)
        let names = ArtifactNames(options.output)
        try ReportJSON.write(trained.reference, to: names.reference)
        try NumPyArray.write(trained.check.inputs, to: names.sampleInputs)
        try NumPyArray.write(trained.check.outputs, to: names.sampleOutputs)
        onEvent(.phase("evaluating"))
        let judgement = try judge(options, trained, input, recording, artifacts: unjudged, seconds: seconds)
        trained.graph.metadata[MetadataKey.targetsReached] = TargetsReached.judged(input.gates, judgement.metrics)
        let artifacts = try write(trained, options)
        return ModelReport(
            trainingDate: date,
            evaluation: EvaluatedModel(
                judgement: judgement, artifacts: artifacts, inferenceP99Milliseconds: judgement.value("inference_p99_ms"),
                trainingSeconds: seconds),
            history: trained.history, bestEpoch: trained.bestEpoch, hyperparameters: input.hyperparameters,
            settings: .init(
                seed: options.training.seed, precision: options.training.precision, windowLength: input.windowLength,
                features: input.selection.features.map(\.name), schemaSha256: recording.schemaSHA256))
    }

    private static func input(
        _ options: TrainModelOptions, _ recording: Recording, _ threads: ThreadBudget
    ) throws -> TrainingInput {
        let schema = recording.schema, training = options.training
        let definition = try schema.definition(of: options.model, path: options.data.schemaPath)
        let windowLength = training.windowLength ?? definition.windowLength
        var hyperparameters = definition.hyperparameters
        hyperparameters["epochs"] = training.epochs.map(Double.init) ?? hyperparameters["epochs"]
        hyperparameters["batch_size"] = training.batchSize.map(Double.init) ?? hyperparameters["batch_size"]
        hyperparameters.merge(training.hyperparameters) { _, given in given }
        return TrainingInput(
            schema: schema, kind: options.model,
            selection: try FeatureSelection(
                options.model, definition: definition, schema: schema,
                availableColumns: Set(recording.table.columns.keys)),
            split: try recording.split(windowLength: windowLength), incidents: recording.incidents,
            codecProfile: recording.codecProfile, hyperparameters: hyperparameters, windowLength: windowLength,
            gates: definition.gates(overriddenBy: training.targets),
            metadata: [
                MetadataKey.schemaSHA256: recording.schemaSHA256, MetadataKey.seed: String(training.seed),
                "producer": "dwcp \(ProgramVersion.current)",
            ],
            seed: training.seed, threads: threads, precision: training.precision)
    }

    /// Writes every format of the options that the model has; each file is proven before the next is written.
    private static func write(_ trained: TrainedModel, _ options: TrainModelOptions) throws -> [ArtifactRecord] {
        let names = ArtifactNames(options.output)
        let wanted = options.training.exportFormats.filter { options.model.formats.contains($0) }
        let formats = ExportFormat.allCases.filter { $0 == names.format || wanted.contains($0) }
        let export = ArtifactExport(graph: trained.graph, check: (trained.check.inputs, trained.check.outputs))
        return try formats.map { try export.file(names.artifact($0), of: options.model) }
    }

    private static func judge(
        _ options: TrainModelOptions, _ trained: TrainedModel, _ input: TrainingInput, _ recording: Recording,
        artifacts: [ArtifactRecord], seconds: Double
    ) throws -> ModelJudgement {
        let facts = OperationalFacts(trainingSeconds: seconds, modelBytes: artifacts.map(\.bytes).max())
        let context = JudgementContext(
            schema: recording.schema, kind: options.model, gates: input.gates, rule: options.training.gateRule,
            seed: options.training.seed, facts: facts,
            noiseFloor: recording.bestPossible(options.model))
        let names = ArtifactNames(options.output)
        let first = ExportFormat.allCases.first { options.model.formats.contains($0) } ?? .onnx
        let judged = artifacts.contains { $0.file.hasSuffix(first.rawValue) } ? names.artifact(first) : options.output
        var judgement = try ModelJudge.judge(
            try WrittenModel(options.model, path: judged, threads: input.threads), on: input.split.test, incidents: recording.incidents,
            profile: recording.codecProfile, reference: trained.reference, context: context)
        judgement.warnings += trained.notes
        return judgement
    }
}

extension ModelJudgement {
    func value(_ metric: String) -> Double? { metrics.first { $0.name == metric }?.value }
}

/// The names of the files around an artifact: `M.keras`, `M.onnx`, `M_report.json`, `M_reference.json`, `M_input.npy` …
struct ArtifactNames {
    private let stem: String
    /// The format that the given name's extension asks for.
    let format: ExportFormat?

    init(_ artifact: String) {
        let url = URL(fileURLWithPath: artifact)
        stem = url.deletingPathExtension().relativePath
        format = ExportFormat(rawValue: url.pathExtension)
    }

    func artifact(_ format: ExportFormat) -> String { "\(stem).\(format.rawValue)" }
    var report: String { "\(stem)_report.json" }
    var reference: String { "\(stem)_reference.json" }
    /// Some inputs, and the trainer's own outputs for them, as NumPy arrays: what any program that loads the artifact must
    /// compute.
    var sampleInputs: String { "\(stem)_input.npy" }
    var sampleOutputs: String { "\(stem)_output.npy" }
}
