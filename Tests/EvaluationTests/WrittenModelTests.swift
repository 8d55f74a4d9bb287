import Evaluation
import Failures
import Foundation
import ModelGraph
import Telemetry
import TestSupport
import Testing

/// Artifacts that must not be judged silently: of another model, of another shape, incomplete, or not there.
@Suite("Written models")
struct WrittenModelTests {
    private func sample() throws -> JudgeSample {
        var sample = try JudgeSample(.reliability, steps: 60, features: [("failure_rate", "failure_rate")])
        sample.recording.set("failure_rate") { _, step in Float(step % 7) / 10 }
        return sample
    }

    private static let copy = LayerOperation.dense(
        DenseParameters(kernel: Tensor(shape: [1, 1], values: [1]), bias: nil, activation: .linear))

    private func refusal(_ metadata: [String: String], as kind: ModelKind = .reliability) throws -> WrittenModelError {
        let graph = try sample().graph([Self.copy], metadata: metadata)
        return try #require(throws: WrittenModelError.self) { try Artifact.read(kind, graph) }
    }

    @Test("Another model's artifact under this model's name is refused")
    func otherModel() throws {
        let metadata = try sample().metadata([MetadataKey.model: "compression"])
        let error = try refusal(metadata)
        #expect(error.category == .invalidData)
        #expect(error.found == "metadata of the model “compression”")
        #expect(error.expected == "the reliability model")
        #expect(try refusal([:]).found == "metadata of the model “unknown”")
    }

    @Test("The plan must be of the same model as the artifact")
    func otherPlan() throws {
        let metadata = try sample().metadata([MetadataKey.model: "bandwidth", MetadataKey.windowLength: "5"])
        #expect(try refusal(metadata, as: .bandwidth).found == "the feature plan of the model “reliability” with 1 features")
    }

    @Test("A window length that the model cannot have is refused", arguments: ["", "0", "-1", "2", "1.5", "many", "999999999"])
    func windowLength(text: String) throws {
        #expect(try refusal(sample().metadata([MetadataKey.windowLength: text])).found == "no usable window_length")
    }

    @Test("A feature plan that is missing or no plan is refused", arguments: ["", "{}", "[1, 2", "null"])
    func plan(text: String) throws {
        #expect(try refusal(sample().metadata([MetadataKey.featurePlan: text])).found == "no readable feature_plan")
    }

    @Test("A threshold must be a finite number", arguments: [nil, "", "nan", "inf", "high"])
    func threshold(text: String?) throws {
        let model = try sample().model([Self.copy], metadata: text.map { [MetadataKey.threshold: $0] } ?? [:])
        #expect(throws: WrittenModelError.self) { try model.threshold() }
    }

    @Test("Score deviations must be one positive number for each feature", arguments: [nil, "", "1,2", "0", "-1", "nan", "a"])
    func deviations(text: String?) throws {
        let model = try sample().model([Self.copy], metadata: text.map { [MetadataKey.scoreDeviations: $0] } ?? [:])
        #expect(throws: WrittenModelError.self) { try model.scoreDeviations() }
    }

    @Test("A model whose answers have another shape than its kind's is refused when it runs")
    func outputShape() throws {
        let sample = try sample()
        let wide = LayerOperation.dense(DenseParameters(kernel: Tensor(repeating: 1, shape: [1, 3]), bias: nil, activation: .linear))
        let model = try sample.model([wide])
        let frame = try FeatureFrame(sample.wholeFile(), plan: model.plan)
        let error = try #require(throws: WrittenModelError.self) { try model.outputs(WindowSet(frame, windowLength: 1)) }
        #expect(error.found == "outputs of the shape [240, 3] for 240 samples")
        #expect(error.expected == "1 numbers for each")
    }

    @Test("A model whose input is not what its plan computes is refused when it runs")
    func inputShape() throws {
        let sample = try sample()
        var graph = try sample.graph([Self.copy], metadata: sample.metadata())
        graph.inputs[0].shape = [2]
        graph.nodes[0].operation = .dense(
            DenseParameters(kernel: Tensor(repeating: 1, shape: [2, 1]), bias: nil, activation: .linear))
        let model = try Artifact.read(.reliability, graph)
        let error = #expect(throws: (any Error).self) { try model.run([1, 2], count: 2) }
        #expect(error is any ExplainedError)
    }

    @Test("Without a file, with an empty one or with one of another format there is an error, never a model", arguments: [
        "model.keras", "model.onnx", "empty.keras", "empty.onnx", "text.keras", "text.onnx",
    ])
    func noModel(name: String) throws {
        try Artifact.withFolder { folder in
            try Data().write(to: URL(fileURLWithPath: "\(folder)/empty.\(name.split(separator: ".")[1])"))
            try Data("not a model".utf8).write(to: URL(fileURLWithPath: "\(folder)/text.\(name.split(separator: ".")[1])"))
            let error = #expect(throws: (any Error).self) { try WrittenModel(.reliability, path: "\(folder)/\(name)") }
            #expect(error is any ExplainedError)
        }
    }

    @Test("Test rows that lack a column of the plan are refused by name")
    func missingColumn() throws {
        var sample = try sample()
        let model = try sample.model([Self.copy])
        sample.recording.columns["failure_rate"] = nil
        let error = try #require(throws: MissingColumnsError.self) { try FeatureFrame(sample.wholeFile(), plan: model.plan) }
        #expect(error.columns == ["failure_rate"])
    }

    @Test("An empty test file is refused")
    func emptyFile() throws {
        let table = try sample().recording.table.asFile(of: [])
        #expect(throws: SplitError.emptyPart(name: "test", rows: 0)) { try Part<HeldOut>(wholeFile: table, gapFactor: 2.5) }
    }

    @Test("Both formats of a model answer alike, in batches as row by row")
    func formats() throws {
        let sample = try sample()
        let graph = try sample.graph([Self.copy], metadata: sample.metadata())
        let keras = try Artifact.read(.reliability, graph), onnx = try Artifact.read(.reliability, graph, format: "onnx")
        #expect(keras.plan == onnx.plan && keras.metadata == onnx.metadata && keras.windowLength == 1)
        let frame = try FeatureFrame(sample.wholeFile(), plan: keras.plan)
        let answers = try keras.outputs(WindowSet(frame, windowLength: 1))
        #expect(try onnx.outputs(WindowSet(frame, windowLength: 1)) == answers)
        #expect(answers == frame.values)
        let single = try (0 ..< 10).map { try keras.run(Array(frame.row($0)), count: 1)[0] }
        #expect(single == Array(answers.prefix(10)))
    }
}
