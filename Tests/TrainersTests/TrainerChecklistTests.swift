import Failures
import Inference
import Learners
import ModelArtifacts
import ModelGraph
import Telemetry
import TensorCore
import TestSupport
import Testing
@testable import Trainers

/// What each of the four trainers must do, whatever it trains.
@Suite("Every trainer")
struct TrainerChecklistTests {
    /// One model of each kind, trained once for all tests that only look at it.
    private static let models = Result {
        let sample = try TrainerSample()
        return try Dictionary(uniqueKeysWithValues: ModelKind.allCases.map { ($0, try sample.train($0)) })
    }

    private func model(_ kind: ModelKind) throws -> TrainedModel { try #require(Self.models.get()[kind]) }

    @Test("The same seed gives the same model bit for bit, with any number of threads", arguments: ModelKind.allCases)
    func reproducible(kind: ModelKind) throws {
        var sample = try TrainerSample()
        let first = try model(kind)
        #expect(try sample.train(kind).differences(from: first) == [])
        sample.threads = 2
        #expect(try sample.train(kind).differences(from: first) == [])
    }

    @Test("Another seed gives another model", arguments: ModelKind.allCases)
    func seeded(kind: ModelKind) throws {
        var sample = try TrainerSample()
        let first = try model(kind)
        sample.seed = 43
        #expect(try sample.train(kind).differences(from: first).contains("nodes"))
    }

    @Test("The judge's own forward pass gives the trainer's outputs", arguments: ModelKind.allCases)
    func reproducesCheck(kind: ModelKind) throws {
        let model = try model(kind)
        #expect(model.check.inputs.shape[0] > 10)
        try expectSame(GraphExecutor(model.graph).run(["input": model.check.inputs])["output"], model.check.outputs)
    }

    @Test("The graph read back from an ONNX file gives the trainer's outputs", arguments: ModelKind.allCases)
    func onnxRoundTrip(kind: ModelKind) throws {
        let model = try model(kind)
        let read = try OnnxFile.decode(OnnxFile.encode(model.graph), path: "model.onnx")
        #expect(read.metadata == model.graph.metadata)
        try expectSame(OperatorExecutor(read).run(["input": model.check.inputs])["output"], model.check.outputs)
    }

    @Test("The graph read back from a Keras archive gives the trainer's outputs", arguments: [
        ModelKind.bandwidth, .compression, .latency,
    ])
    func kerasRoundTrip(kind: ModelKind) throws {
        let model = try model(kind)
        let read = try KerasArchive.decode(KerasArchive.encode(model.graph), path: "model.keras")
        #expect(read.metadata == model.graph.metadata)
        try expectSame(GraphExecutor(read).run(["input": model.check.inputs])["output"], model.check.outputs)
    }

    /// |a − b| ≤ 1e-5 · max(1, |b|): what the pipeline demands of a written artifact.
    private func expectSame(_ found: Tensor?, _ expected: Tensor) throws {
        let found = try #require(found)
        #expect(found.shape == expected.shape)
        let worst = zip(found.values, expected.values).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? .infinity
        #expect(worst <= 1e-5)
        #expect(expected.values.allSatisfy(\.isFinite) && Set(expected.values).count > 1)
    }

    @Test("The metadata says all that a user of the artifact needs", arguments: ModelKind.allCases)
    func metadata(kind: ModelKind) throws {
        let model = try model(kind), metadata = model.graph.metadata, plan = try model.plan
        #expect(metadata[MetadataKey.model] == kind.rawValue)
        #expect(metadata[MetadataKey.seed] == "42" && metadata[MetadataKey.schemaSHA256] == "abc")
        #expect(metadata[MetadataKey.formatVersion] == "1")
        #expect(plan.model == kind && plan.features.count >= 3)
        #expect(metadata[MetadataKey.featureNames] == plan.featureNames.joined(separator: ","))
        let units = metadata[MetadataKey.featureUnits]?.split(separator: ",", omittingEmptySubsequences: false)
        #expect(units?.map(String.init) == plan.features.map(\.unit))
        #expect(metadata[MetadataKey.windowLength] == [.bandwidth: "5", .latency: "6"][kind, default: "1"])
        #expect(metadata[MetadataKey.outputMeaning]?.isEmpty == false && metadata[MetadataKey.outputUnit] != nil)
        let threshold = metadata[MetadataKey.threshold].flatMap { Double($0) }
        #expect((threshold != nil) == (kind == .reliability || kind == .latency))
        let deviations = metadata[MetadataKey.scoreDeviations]?.split(separator: ",").compactMap { Float($0) }
        #expect(deviations?.count == (kind == .latency ? plan.features.count : nil))
        #expect(model.graph.name == kind.fileStem)
        #expect(model.graph.inputs.map(\.name) == ["input"] && model.graph.outputs.map(\.name) == ["output"])
        #expect(model.trainingSamples > 100 && model.validationSamples > 20)
    }

    @Test("Nothing of the test part reaches the model, its threshold or its reference", arguments: ModelKind.allCases)
    func testPartUnseen(kind: ModelKind) throws {
        var sample = try TrainerSample()
        let first = try model(kind)
        let testBegins = try sample.split().test.interval.lowerBound
        try sample.disturb(.test)
        sample.incidents?.removeAll { $0.start >= testBegins }
        // What is checked are validation rows, so even these outputs stay.
        #expect(try sample.train(kind).differences(from: first) == [])
    }

    @Test("Scaling and fill values come from the train part alone", arguments: ModelKind.allCases)
    func validationUnfitted(kind: ModelKind) throws {
        var sample = try TrainerSample()
        let first = try model(kind)
        try sample.disturb(.validation)
        let second = try sample.train(kind)
        let differences = second.differences(from: first)
        #expect(!first.scaling.isEmpty && !differences.contains("scaling"))
        #expect(try first.plan == second.plan)
        #expect(differences.contains("outputs"))
        if kind == .reliability { #expect(!differences.contains("nodes")) }
    }

    @Test("The train part does change the scaling", arguments: ModelKind.allCases)
    func trainFitted(kind: ModelKind) throws {
        var sample = try TrainerSample()
        let first = try model(kind)
        try sample.disturb(.train)
        #expect(try sample.train(kind).differences(from: first).contains("scaling"))
    }

    @Test("Cancelling ends the training with an error that says so", arguments: ModelKind.allCases)
    func cancelled(kind: ModelKind) throws {
        let error = try #require(throws: TrainingError.self) {
            try TrainerSample().train(kind, observer: TrainingObserver(isCancelled: { true }))
        }
        #expect(error == .cancelled(epochsFinished: 0))
    }

    @Test("Every hyperparameter that a trainer reads must be in the schema and make sense", arguments: ModelKind.allCases)
    func hyperparameters(kind: ModelKind) throws {
        let input = try TrainerSample().input(kind)
        let counts = ["epochs", "batch_size", "patience", "lstm_units_1", "dense_units_2", "trees", "sample_size"]
        for name in counts where input.hyperparameters[name] != nil {
            var changed = input
            changed.hyperparameters[name] = nil
            #expect(throws: TrainerError.missingHyperparameter(kind, name)) {
                try ModelTrainer.train(changed, observer: TrainingObserver())
            }
            for value in [0, 2.5] {
                changed.hyperparameters[name] = value
                #expect(throws: TrainerError.invalidHyperparameter(kind, name, value)) {
                    try ModelTrainer.train(changed, observer: TrainingObserver())
                }
            }
        }
    }

    @Test("A window that the model cannot take is refused", arguments: ModelKind.allCases)
    func windowLength(kind: ModelKind) throws {
        let sequence = kind == .bandwidth || kind == .latency
        var input = try TrainerSample().input(kind)
        for length in sequence ? [0, 1, -5] : [0, 2, 20] {
            input.windowLength = length
            #expect(throws: TrainerError.windowLength(kind, length)) {
                try ModelTrainer.train(input, observer: TrainingObserver())
            }
        }
    }

    @Test("A required feature without any value in the train part is refused by name", arguments: ModelKind.allCases)
    func emptyFeature(kind: ModelKind) throws {
        let column = [.compression: "rtt_ms", .latency: "consensus_latency_ms"][kind, default: "throughput_mbps"]
        guard kind != .reliability else { return } // All its features are optional.
        var sample = try TrainerSample()
        sample.recording.columns[column] = sample.recording.columns[column]?.map { _ in .nan }
        let error = try #require(throws: FeatureSelectionError.self) { try sample.train(kind) }
        #expect(error.category == .invalidData)
        #expect(error.description.contains("no value in the whole train part"))
    }

    @Test("Each epoch is reported as it happens", arguments: [ModelKind.bandwidth, .compression, .latency])
    func events(kind: ModelKind) throws {
        let seen = EventLog()
        let model = try TrainerSample().train(kind, observer: TrainingObserver(onEvent: { seen.add($0) }))
        #expect(model.history.map(\.epoch) == [1, 2])
        #expect(seen.events.compactMap { if case .epoch(let record) = $0 { record } else { nil } } == model.history)
        #expect((1 ... 2).contains(model.bestEpoch))
    }
}

/// Events in the order in which they came.
private final class EventLog: @unchecked Sendable {
    private(set) var events: [TrainingEvent] = []
    /// Trainers call from the thread that trains, one event after the other.
    func add(_ event: TrainingEvent) { events.append(event) }
}
