import Foundation
import Inference
import ModelArtifacts
import ModelGraph
import TestSupport
import Testing

/// Single operators against ONNX Runtime's results; see `Tests/Fixtures/ONNX/PROVENANCE.md`.
@Suite struct OnnxOperatorTests {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let name: String
        let inputs: [String: Value]
        let outputs: [String: Value]
        var testDescription: String { name }
    }

    struct Value: Decodable, Sendable {
        let shape: [Int]
        let values: [Number]
        var tensor: Tensor { Tensor(shape: shape, values: values.map(\.value)) }
    }

    /// JSON has no NaN and no infinities; those stand as text.
    struct Number: Decodable, Sendable {
        let value: Float

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Float.self) {
                value = number
            } else {
                value = Float(try container.decode(String.self)) ?? 0
            }
        }
    }

    static let cases =
        (try? JSONDecoder().decode([Case].self, from: Fixture.data("ONNX/operators/cases.json"))) ?? []

    @Test("the fixture holds every operator") func complete() { #expect(Self.cases.count == 65) }

    @Test("an operator computes what ONNX Runtime computes", arguments: cases)
    func agreesWithRuntime(_ example: Case) throws {
        let path = Fixture.url("ONNX/operators/\(example.name).onnx").path
        let outputs = try OperatorExecutor(OnnxFile.read(path)).run(example.inputs.mapValues(\.tensor))
        #expect(Set(outputs.keys) == Set(example.outputs.keys))
        for (name, expected) in example.outputs {
            // Both work in float32; functions such as erf and exp differ in the last bits.
            #expect(difference(outputs[name], expected.tensor) <= 2e-6, "\(name)")
        }
    }

    @Test("a file read and written again says the same", arguments: cases)
    func writtenAgain(_ example: Case) throws {
        let path = Fixture.url("ONNX/operators/\(example.name).onnx").path
        let graph = try OnnxFile.read(path)
        #expect(try OnnxFile.decode(OnnxFile.encode(graph), path: path) == graph)
    }
}
