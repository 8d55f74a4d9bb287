import Evaluation
import Foundation
import Inference
import ModelArtifacts
import ModelGraph
import Telemetry
import Testing

@testable import Pipeline

@Suite("Commands on model files")
struct ModelFileCommandTests {
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private func path(_ name: String) -> String { "\(folder.path)/\(name)" }

    private func write(_ graph: ModelGraph, _ name: String) throws -> String {
        try ModelFile.write(graph, to: path(name))
        return path(name)
    }

    // MARK: infer

    @Test("infer gives what the model computes, from a .npy array into a .npy array")
    func infer() throws {
        let graph = SampleModels.policy()
        let inputs = SampleModels.inputs(graph)
        try NumPyArray.write(inputs, to: path("x.npy"))
        let result = try InferModel.run(
            model: write(graph, "m.keras"), weights: nil, input: path("x.npy"), output: path("y.npy"))
        #expect(result.conclusion.exitCode == 0)
        #expect(try NumPyArray.read(path("y.npy")) == GraphExecutor(graph).run(["input": inputs])["output"])
    }

    @Test("several inputs and outputs go by name in .npz archives, and not in .npy files")
    func named() throws {
        let graph = ModelGraph(
            name: "two", inputs: [.init(name: "a", shape: [2]), .init(name: "b", shape: [2])],
            nodes: [
                .init(name: "sum", operation: .add, sources: ["a", "b"]),
                .init(name: "product", operation: .multiply, sources: ["a", "b"]),
            ],
            outputs: [.init(name: "sum", source: "sum"), .init(name: "product", source: "product")])
        let model = try write(graph, "two.onnx")
        try NumPyArchive.write(
            ["a": Tensor(shape: [1, 2], values: [1, 2]), "b": Tensor(shape: [1, 2], values: [3, 5])], to: path("x.npz"))
        _ = try InferModel.run(model: model, weights: nil, input: path("x.npz"), output: path("y.npz"))
        #expect(try NumPyArchive.read(path("y.npz")) == [
            "sum": Tensor(shape: [1, 2], values: [4, 7]), "product": Tensor(shape: [1, 2], values: [3, 10]),
        ])
        let error = try #require(throws: ArrayFileError.self) {
            try InferModel.run(model: model, weights: nil, input: path("x.npz"), output: path("y.npy"))
        }
        #expect(error.description.contains(".npz") && !folder.exists("y.npy"))
    }

    @Test("an input of another shape is refused with both shapes")
    func wrongShape() throws {
        try NumPyArray.write(Tensor(shape: [1, 9], values: Array(repeating: 0, count: 9)), to: path("x.npy"))
        let error = try #require(throws: InferenceError.self) {
            try InferModel.run(
                model: write(SampleModels.policy(), "m.keras"), weights: nil, input: path("x.npy"), output: path("y.npy"))
        }
        #expect(error.description.contains("[1, 9]") && error.description.contains("[3]"))
    }

    // MARK: convert

    @Test("a converted file holds the same model", arguments: ["m.keras", "m.onnx", "m.h5", "m.json"])
    func convert(target: String) throws {
        let source = try write(SampleModels.bandwidth(), "source.keras")
        let result = try ConvertModel.run(from: source, weights: nil, to: path(target))
        #expect(result.conclusion.exitCode == 0)
        let back = try ConvertModel.run(from: path(target), weights: nil, to: path("back.keras"))
        #expect(back.conclusion.exitCode == 0)
        let (before, after) = (try KerasArchive.read(source), try KerasArchive.read(path("back.keras")))
        #expect(after.metadata == before.metadata, "features, units and thresholds travel with the model")
        let inputs = SampleModels.inputs(before)
        #expect(try GraphExecutor(after).run(["input": inputs]) == GraphExecutor(before).run(["input": inputs]))
    }

    @Test("a model that the target format cannot hold is refused, and no file is left")
    func inexpressible() throws {
        let source = try write(SampleModels.policy(), "source.keras")
        #expect(throws: (any Error).self) { try ConvertModel.run(from: source, weights: nil, to: path("m.pkl")) }
        #expect(!folder.exists("m.pkl"))
        #expect(throws: ArtifactError.self) { try ConvertModel.run(from: source, weights: nil, to: path("m.txt")) }
    }

    // MARK: verify

    @Test("two files of one model agree: exit code 0, no decision flips")
    func agreement() throws {
        let graph = SampleModels.policy()
        try NumPyArray.write(SampleModels.inputs(graph), to: path("x.npy"))
        let result = try VerifyModel.run(
            write(graph, "m.keras"), against: write(graph, "m.onnx"), data: path("x.npy"), tolerance: 1e-5)
        #expect(result.conclusion.exitCode == 0)
        #expect(result.output.contains("0 of 32"))
    }

    @Test("files of different models disagree: exit code 1, with the decisions that flip counted")
    func disagreement() throws {
        let (one, other) = (SampleModels.policy(), SampleModels.policy(" of another model"))
        let inputs = SampleModels.inputs(one)
        try NumPyArray.write(inputs, to: path("x.npy"))
        let result = try VerifyModel.run(
            write(one, "a.keras"), against: write(other, "b.keras"), data: path("x.npy"), tolerance: 1e-5)
        #expect(result.conclusion.exitCode == 1)
        func classes(_ graph: ModelGraph) throws -> [Int] {
            let output = try #require(try GraphExecutor(graph).run(["input": inputs])["output"])
            return (0 ..< 32).map { (row: Int) -> Int in
                let values = Array(output.values[4 * row ..< 4 * row + 4])
                return values.indices.reduce(0) { values[$1] > values[$0] ? $1 : $0 }
            }
        }
        let flips = zip(try classes(one), try classes(other)).count { $0 != $1 }
        #expect(flips > 0 && result.output.contains("\(flips) of 32"))
    }

    @Test("differences are stated absolutely, relatively and in units in the last place")
    func units() throws {
        let pair = OutputComparison.Pair(
            name: "output", first: Tensor([1, -2, 0]), second: Tensor([Float(1).nextUp, -2, -0.0]))
        #expect(pair.largestAbsolute == 0x1p-23)
        #expect(pair.largestRelative == 0x1p-23 / (1 + 0x1p-23))
        #expect(pair.largestULP == 1)
        let signs = OutputComparison.Pair(
            name: "output", first: Tensor([Float.leastNonzeroMagnitude]), second: Tensor([-Float.leastNonzeroMagnitude]))
        #expect(signs.largestULP == 2, "counted through zero")
        let broken = OutputComparison.Pair(name: "output", first: Tensor([.nan]), second: Tensor([1]))
        #expect(broken.largestScaled == .infinity)
    }

    @Test("a score decides by the threshold in the metadata, a forecast decides nothing")
    func decisions() {
        let (low, high) = (Tensor(shape: [2, 1], values: [0.4, 0.5]), Tensor(shape: [2, 1], values: [0.4, 0.49999997]))
        #expect(Decisions(metadata: [MetadataKey.threshold: "0.5"]).flips(low, high)?.count == 1)
        #expect(Decisions(metadata: [:]).flips(low, high) == nil)
    }

    // MARK: targets reached

    @Test("what a judged file says of its targets is as long as what it said before")
    func targetsReached() {
        let metrics = SampleRun.judgement(.bandwidth).metrics
        let gates = metrics.compactMap(\.gate)
        #expect(TargetsReached.open(gates) == #"{"correlation":"OPEN","mape":"OPEN"}"#)
        let missed = SampleRun.judgement(.bandwidth, verdict: .fail).metrics
        #expect(TargetsReached.judged(gates, missed) == #"{"correlation":"FAIL","mape":"PASS"}"#)
    }
}
