import Foundation
import Inference
import ModelArtifacts
import ModelGraph
import TestSupport
import Testing

@Suite struct OnnxLayerTests {
    private struct Golden: Decodable {
        let name: String
        let shape: [Int]
        let values: [Float]
    }

    private static let golden: [String: Tensor] = {
        let records = try? JSONDecoder().decode([Golden].self, from: Fixture.data("ONNX/keras_layers.json"))
        return Dictionary(
            uniqueKeysWithValues: (records ?? []).map { ($0.name, Tensor(shape: $0.shape, values: $0.values)) })
    }()

    @Test("every operation and stack computes what Keras computes", arguments: LayerCase.all)
    func agreesWithKeras(_ layer: LayerCase) throws {
        let expected = try #require(Self.golden[layer.name])
        let output = try GraphExecutor(layer.graph).run(layer.inputs)["output"]
        // Both work in float32; Keras' functions and order of summation differ in the last bits.
        #expect(difference(output, expected) <= 2e-6)
    }

    @Test("there is a golden result for every case and a case for every golden result")
    func complete() { #expect(Set(LayerCase.all.map(\.name)) == Set(Self.golden.keys)) }

    @Test("the written and re-read operators compute what the layers compute", arguments: LayerCase.all)
    func survivesTheFile(_ layer: LayerCase) throws {
        let expected = try #require(try GraphExecutor(layer.graph).run(layer.inputs)["output"])
        let file = try OnnxFile.decode(OnnxFile.encode(layer.graph), path: "model.onnx")
        let output = try OperatorExecutor(file).run(layer.inputs)["output"]
        #expect(difference(output, expected) <= 1e-6)
    }

    @Test("the gates of an LSTM are reordered from input, forget, candidate, output to input, output, forget, candidate")
    func gateOrder() throws {
        // Gate g of every tensor holds the number g, so each block can be told apart.
        let gates: [Float] = [0, 0, 1, 1, 2, 2, 3, 3]
        let lstm = LSTMParameters(
            kernel: Tensor(shape: [3, 8], values: gates + gates + gates),
            recurrentKernel: Tensor(shape: [2, 8], values: gates + gates), bias: Tensor(gates), returnSequences: true)
        let layer = LayerCase.stack("gates", [4, 3], [{ _ in .lstm(lstm) }])
        let operators = try OnnxFile.operators(of: layer.graph)
        func initialiser(_ role: String) -> OperatorGraph.Constant? {
            operators.initialisers.first { $0.name == "layer_0/\(role)" }?.constant
        }
        let onnx: [Float] = [0, 0, 3, 3, 1, 1, 2, 2]
        #expect(initialiser("kernel") == .float(Tensor(shape: [1, 8, 3], values: onnx.flatMap { [$0, $0, $0] })))
        #expect(initialiser("recurrent_kernel") == .float(Tensor(shape: [1, 8, 2], values: onnx.flatMap { [$0, $0] })))
        let zeros = [Float](repeating: 0, count: 8)
        #expect(initialiser("bias") == .float(Tensor(shape: [1, 16], values: onnx + zeros)))
    }

    @Test("the LSTM's kernel is transposed, not only reordered")
    func kernelTransposed() throws {
        let lstm = LSTMParameters(
            kernel: Tensor(shape: [2, 4], values: [11, 12, 13, 14, 21, 22, 23, 24]),
            recurrentKernel: Tensor(shape: [1, 4], values: [1, 2, 3, 4]), bias: Tensor([5, 6, 7, 8]),
            returnSequences: false)
        let operators = try OnnxFile.operators(of: LayerCase.stack("k", [3, 2], [{ _ in .lstm(lstm) }]).graph)
        let kernel = operators.initialisers.first { $0.name == "layer_0/kernel" }?.constant
        #expect(kernel == .float(Tensor(shape: [1, 4, 2], values: [11, 21, 14, 24, 12, 22, 13, 23])))
    }

    @Test("a recurrence with activations that ONNX does not know is refused beyond 2000 steps, naming both")
    func tooManySteps() throws {
        let layer = LayerCase.stack("odd", [2_001, 3], [LayerCase.lstm(3, 2, .gelu)])
        let error = #expect(throws: OnnxError.self) { try OnnxFile.encode(layer.graph) }
        #expect(error?.description.contains("`layer_0`: ONNX' LSTM does not know the activations sigmoid and gelu") == true)
        #expect(error?.description.contains("2001 steps") == true)
    }
}
