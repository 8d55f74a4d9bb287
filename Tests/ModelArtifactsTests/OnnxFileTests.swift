import Failures
import Files
import Foundation
import Inference
import ModelArtifacts
import ModelGraph
import Testing

@Suite struct OnnxFileTests {
    private static let policy: ModelGraph = {
        var graph = LayerCase.stack(
            "compression_selector", [6],
            [LayerCase.dense(6, 8, .relu), { _ in .dropout(rate: 0.3) }, LayerCase.dense(8, 10, .softmax)]
        ).graph
        graph.metadata = ["seed": "42", "features": "rtt_ms,loss — in %", "a": "1", "threshold": "0.5"]
        return graph
    }()

    @Test("equal models give equal bytes, whatever the order of their metadata")
    func reproducible() throws {
        var reordered = Self.policy
        reordered.metadata = [:]
        for key in Self.policy.metadata.keys.sorted(by: >) { reordered.metadata[key] = Self.policy.metadata[key] }
        #expect(try OnnxFile.encode(Self.policy) == OnnxFile.encode(reordered))
    }

    @Test("a file holds what was written: names, versions, metadata, dynamic batch, weights")
    func header() throws {
        let graph = try OnnxFile.decode(OnnxFile.encode(Self.policy), path: "policy.onnx")
        #expect(try graph == OnnxFile.operators(of: Self.policy))
        #expect(graph.name == "compression_selector")
        #expect(graph.formatVersion == 8)
        #expect(graph.operatorSets == ["": 17])
        #expect(graph.metadata == Self.policy.metadata)
        #expect(
            graph.inputs == [
                OperatorGraph.Value(name: "input", elementType: .float, shape: [.symbolic("batch"), .fixed(6)])
            ])
        #expect(
            graph.outputs == [
                OperatorGraph.Value(name: "output", elementType: .float, shape: [.symbolic("batch"), .fixed(10)])
            ])
        #expect(graph.nodes.map(\.operatorType) == ["MatMul", "Add", "Relu", "MatMul", "Add", "Softmax"])
    }

    @Test("metadata entries lie in the file sorted by key")
    func sortedMetadata() throws {
        let bytes = try OnnxFile.encode(Self.policy)
        let positions = try ["42", "rtt_ms,loss — in %", "0.5"].map { text in
            try #require(bytes.range(of: Data(text.utf8))).lowerBound
        }
        // features < seed < threshold
        #expect(positions[1] < positions[0] && positions[0] < positions[2])
    }

    @Test("a written file reads back; a missing file, a folder and a text file are explained")
    func files() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("onnx-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("policy.onnx").path
        try OnnxFile.write(Self.policy, to: path)
        #expect(try OnnxFile.read(path) == OnnxFile.operators(of: Self.policy))
        #expect(#expect(throws: FileError.self) { try OnnxFile.read(path + ".absent") }?.category == .missingInput)
        #expect(throws: OnnxError.self) { try OnnxFile.read(folder.path) }
        try Data("not a model\n".utf8).write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: OnnxError.self) { try OnnxFile.read(path) }
        #expect(error?.category == .invalidData)
        #expect(error?.description.contains(path) == true)
    }

    @Test("outputs that share a source, are an input or follow a layer without operators are all present")
    func sharedOutputs() throws {
        let graph = ModelGraph(
            name: "shared", inputs: [ModelGraph.Input(name: "input", shape: [2])],
            nodes: [
                ModelGraph.Node(
                    name: "scaled", operation: .rescaling(scale: Tensor(scalar: 2), offset: Tensor(scalar: 1)),
                    sources: ["input"]),
                ModelGraph.Node(name: "dropped", operation: .dropout(rate: 0.5), sources: ["scaled"]),
                ModelGraph.Node(name: "sum", operation: .add, sources: ["scaled", "dropped"]),
            ],
            outputs: [
                ModelGraph.Output(name: "first", source: "scaled"), ModelGraph.Output(name: "second", source: "scaled"),
                ModelGraph.Output(name: "same", source: "input"), ModelGraph.Output(name: "third", source: "dropped"),
                ModelGraph.Output(name: "sum of both", source: "sum"),
            ])
        let rows = Tensor(shape: [2, 2], values: [1, 2, 3, 4])
        let expected = try GraphExecutor(graph).run(["input": rows])
        #expect(expected["sum of both"]?.values == [6, 10, 14, 18])
        let file = try OnnxFile.decode(OnnxFile.encode(graph), path: "shared.onnx")
        #expect(try OperatorExecutor(file).run(["input": rows]) == expected)
    }

    @Test("the checker's words come out when operators do not form a valid model")
    func checkerRejects() throws {
        var graph = try OnnxFile.operators(of: Self.policy)
        graph.nodes[2].operatorType = "Reluu"
        let error = #expect(throws: OnnxError.self) { try OnnxFile.encode(graph) }
        #expect(error?.description.contains("libonnx refuses it") == true)
        #expect(error?.description.contains("Reluu") == true)
    }

    @Test("a value that nothing computes is rejected by the checker")
    func danglingInput() throws {
        var graph = try OnnxFile.operators(of: Self.policy)
        graph.nodes[2].inputs = ["nowhere"]
        let error = #expect(throws: OnnxError.self) { try OnnxFile.encode(graph) }
        #expect(error?.description.contains("nowhere") == true)
    }

    @Test("shape inference rejects a matrix that does not fit and a wrongly declared output")
    func shapeInferenceRejects() throws {
        var graph = try OnnxFile.operators(of: Self.policy)
        graph.initialisers[0].constant = .float(Tensor(repeating: 1, shape: [7, 8]))
        let error = #expect(throws: OnnxError.self) { try OnnxFile.encode(graph) }
        #expect(error?.description.contains("layer_0/MatMul") == true)
        graph = try OnnxFile.operators(of: Self.policy)
        graph.outputs[0].shape = [.symbolic("batch"), .fixed(11)]
        #expect(throws: OnnxError.self) { try OnnxFile.encode(graph) }
    }

    @Test("a layer that does not fit its source is named with both shapes")
    func misfit() {
        let graph = LayerCase.stack("misfit", [6], [LayerCase.dense(5, 8)]).graph
        let error = #expect(throws: OnnxError.self) { try OnnxFile.encode(graph) }
        #expect(error?.description.contains("`layer_0`: reads the shape [6] with a kernel of shape [5, 8]") == true)
    }
}
