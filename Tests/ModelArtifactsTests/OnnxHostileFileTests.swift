import Foundation
import Inference
import ModelArtifacts
import ModelGraph
import Randomness
import TestSupport
import Testing

/// Files are input like any other: whatever their bytes, reading ends with a model or one clear error.
@Suite struct OnnxHostileFileTests {
    private static func model() throws -> (bytes: Data, inputs: [String: Tensor]) {
        let layer = LayerCase.stack(
            "small", [4, 3],
            [
                LayerCase.lstm(3, 2, sequences: true), LayerCase.lstm(2, 2), { _ in .repeatVector(count: 2) },
                { _ in .flatten },
            ])
        return (try OnnxFile.encode(layer.graph), layer.inputs)
    }

    /// Reads, prepares and runs; every error on the way must be one of ours.
    private static func exercise(_ bytes: Data, _ inputs: [String: Tensor]) throws -> Bool {
        do {
            _ = try OperatorExecutor(OnnxFile.decode(bytes, path: "mutated.onnx")).run(inputs)
            return true
        } catch is OnnxError {
            return false
        } catch is InferenceError {
            return false
        }
    }

    @Test("thousands of damaged files give an error of ours or still run", arguments: ["stack", "trees_average_double"])
    func mutations(_ kind: String) throws {
        var (bytes, inputs) = try Self.model()
        if kind != "stack" {
            bytes = try Fixture.data("ONNX/operators/\(kind).onnx")
            inputs = ["x": Tensor(repeating: 0.1, shape: [2, 2])]
        }
        var random = RandomStream(seed: 3).child(kind)
        var survivors = 0
        for _ in 0 ..< 2_000 {
            var mutated = bytes
            for _ in 0 ... random.below(3) {
                let position = random.below(mutated.count)
                switch random.below(5) {
                case 0: mutated[position] ^= 1 << UInt8(random.below(8))
                case 1: mutated[position] = [0, 0x7F, 0x80, 0xFF][random.below(4)]
                case 2: mutated = mutated.prefix(max(position, 1))
                case 3: mutated.removeSubrange(position ..< min(position + 1 + random.below(8), mutated.count))
                default: mutated.insert(contentsOf: mutated.prefix(random.below(16)), at: position)
                }
                if mutated.isEmpty { mutated = Data([0]) }
                mutated = Data(mutated)
            }
            if try Self.exercise(mutated, inputs) { survivors += 1 }
        }
        // Some bits are harmless (a weight's), most are not; both sides must have been seen.
        #expect(survivors > 0 && survivors < 1_900)
    }

    @Test("every truncation of a model is refused")
    func truncations() throws {
        let bytes = try Self.model().bytes
        for count in stride(from: 0, to: bytes.count, by: 7) {
            // A prefix that ends between two fields parses; then the graph or the operator sets are missing.
            #expect(throws: OnnxError.self) { try OnnxFile.decode(bytes.prefix(count), path: "cut.onnx") }
        }
    }

    /// A field of wire type 2.
    private static func field(_ number: UInt8, _ content: Data) -> Data {
        var length = content.count
        var bytes = Data([number << 3 | 2])
        while length >= 0x80 {
            bytes.append(UInt8(length & 0x7F) | 0x80)
            length >>= 7
        }
        bytes.append(UInt8(length))
        return bytes + content
    }

    @Test("a file that would swell to gigabytes in memory is refused before it is parsed")
    func bomb() throws {
        // Two bytes a node, six million nodes.
        let nodes = Data(alternating: 0x0A, 0x00, count: 12_000_000)
        let error = #expect(throws: OnnxError.self) { try OnnxFile.decode(Self.field(7, nodes), path: "bomb.onnx") }
        #expect(error?.description.contains("MiB of memory, above the limit") == true)
    }

    @Test("weights in another file, subgraphs and functions are refused by name and byte")
    func unsupportedParts() {
        let external = Self.field(7, Self.field(5, Self.field(13, Data("x".utf8))))
        let subgraph = Self.field(7, Self.field(1, Self.field(5, Self.field(6, Data()))))
        for (bytes, name) in [(external, "external_data"), (subgraph, "subgraph")] {
            let error = #expect(throws: OnnxError.self) { try OnnxFile.decode(bytes, path: "odd.onnx") }
            #expect(error?.description.contains(name) == true)
            #expect(error?.description.contains("byte ") == true)
        }
    }

    @Test("a newer operator set is refused, because its operators may mean something else")
    func newerOperatorSet() throws {
        var graph = try OnnxFile.decode(Self.model().bytes, path: "model.onnx")
        graph.operatorSets[""] = 18
        let bytes = try OnnxFile.encode(graph)
        let error = #expect(throws: OnnxError.self) { try OnnxFile.decode(bytes, path: "new.onnx") }
        #expect(error?.description.contains("version 18 of the operator set `ai.onnx`; versions 13 to 17 are known") == true)
    }

    @Test("text with a NUL is refused when writing, where it would be cut off silently")
    func nulInMetadata() throws {
        var graph = LayerCase.stack("nul", [4], [LayerCase.dense(4, 2)]).graph
        graph.metadata = ["note": "a\0b"]
        let error = #expect(throws: OnnxError.self) { try OnnxFile.encode(graph) }
        #expect(error?.description.contains("NUL") == true)
    }
}

extension Data {
    /// Two bytes in turn.
    fileprivate init(alternating first: UInt8, _ second: UInt8, count: Int) {
        self.init(repeating: first, count: count)
        withUnsafeMutableBytes { (bytes: UnsafeMutableRawBufferPointer) in
            for index in stride(from: 1, to: count, by: 2) { bytes[index] = second }
        }
    }
}
