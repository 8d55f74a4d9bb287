import Foundation
import ModelGraph
import Testing

@testable import ModelArtifacts

/// Whole-model HDF5 files and weights in the layout of Keras 2, damaged in one place: the place is named, nothing loads.
@Suite struct KerasStrictnessTests {
    /// Layers whose variables have the same shapes, so that only names and order tell them apart.
    private static let graph = KerasGraphs.chain("twins", input: [5, 3], [
        KerasGraphs.lstm(3, 3, sequences: true),
        .bidirectional(
            forward: KerasGraphs.gru(3, 3, sequences: false, backwards: false, resetAfter: true),
            backward: KerasGraphs.gru(3, 3, sequences: false, backwards: true, resetAfter: true), merge: .sum),
        KerasGraphs.batchNormalization(3), KerasGraphs.dense(3, 3, .tanh), KerasGraphs.dense(3, 3, .tanh),
    ])
    private typealias Contents = (variables: [HDF5Encoder.Variable], attributes: [HDF5Encoder.Attribute])

    private static func encoded(_ change: (inout Contents) throws -> Void) throws -> Data {
        var contents = try KerasHDF5File.contents(of: graph, path: "memory")
        try change(&contents)
        return try HDF5Encoder.encode(contents.variables, attributes: contents.attributes, path: "memory")
    }

    /// The error of reading the file after a change.
    private static func error(_ change: (inout Contents) throws -> Void) throws -> ArtifactError {
        let data = try encoded(change)
        return try #require(throws: ArtifactError.self) { try KerasHDF5File.decode(data, path: "a.h5") }
    }

    /// Changes a list of names.
    private static func changeNames(
        _ contents: inout Contents, _ object: String, _ name: String, _ change: (inout [String]) -> Void
    ) throws {
        let index = try #require(contents.attributes.firstIndex { $0.object == object && $0.name == name })
        guard case var .strings(names) = contents.attributes[index].value else {
            return #expect(Bool(false), "no list")
        }
        change(&names)
        contents.attributes[index].value = .strings(names)
    }

    @Test("Untouched, the file reads as the graph that was written")
    func untouched() throws {
        #expect(try KerasHDF5File.decode(Self.encoded { _ in }, path: "a.h5") == Self.graph)
    }

    @Test("A wrong shape, a missing data set and one left over are listed in one error, with their layers")
    func shapes() throws {
        let error = try Self.error { contents in
            contents.variables.removeAll { $0.path == "model_weights/layer_0/layer_0/lstm_cell/bias" }
            for index in contents.variables.indices where contents.variables[index].path.hasSuffix("layer_2/gamma") {
                contents.variables[index].value = .float32(Tensor([1, 2]))
            }
            contents.variables.append(.init(path: "model_weights/layer_3/extra", value: .float32(Tensor([1]))))
            contents.variables.append(.init(path: "optimizer_weights/m", value: .float32(Tensor([1]))))
        }
        #expect(error.code == .weightsDisagree)
        for line in [
            "a.h5: model_weights: 3 variables disagree",
            "layer_0 (LSTM): bias, model_weights/layer_0/layer_0/lstm_cell/bias, of shape [12] is missing",
            "layer_2 (BatchNormalization): gamma, model_weights/layer_2/layer_2/gamma, has the shape [2], "
                + "but the configuration asks for [3]",
            "layer_3: model_weights/layer_3/extra is left over",
        ] {
            #expect(error.description.contains(line), "\(error)")
        }
    }

    @Test("Variables in another order are reported, although their shapes fit", arguments: [
        ("layer_0", 0, 1, "layer_0 (LSTM): the file lists layer_0/lstm_cell/recurrent_kernel"),
        ("layer_1", 0, 3, "layer_1 (Bidirectional): the file lists layer_1/backward_gru/gru_cell/kernel"),
        ("layer_2", 2, 3, "the file lists layer_2/gamma, layer_2/beta, layer_2/moving_variance"),
    ])
    func swappedVariables(layer: String, first: Int, second: Int, reason: String) throws {
        let error = try Self.error { contents in
            try Self.changeNames(&contents, "model_weights/\(layer)", "weight_names") { $0.swapAt(first, second) }
        }
        #expect(error.code == .weightsDisagree)
        #expect(error.description.contains(reason), "\(error)")
        #expect(error.description.contains("1 variable disagrees"), "\(error)")
    }

    @Test("Layers in another order are reported, although their variables are alike")
    func swappedLayers() throws {
        let error = try Self.error { contents in
            try Self.changeNames(&contents, "model_weights", "layer_names") { $0.swapAt(4, 5) }
        }
        #expect(error.description.contains("lists them as layer_0, layer_1, layer_2, layer_4, layer_3"), "\(error)")
    }

    @Test("A layer without weights in the file, and one too many, are named")
    func layers() throws {
        let error = try Self.error { contents in
            try Self.changeNames(&contents, "model_weights", "layer_names") { $0.removeLast() }
            contents.variables.removeAll { $0.path.hasPrefix("model_weights/layer_4/") }
            contents.variables.append(.init(path: "model_weights/other/other/kernel", value: .float32(Tensor([1]))))
        }
        #expect(
            error.description.contains("layer_4 (Dense): the file has no such layer; it should hold kernel [3, 3]"),
            "\(error)")
        #expect(error.description.contains("no layer: model_weights/other/other/kernel is left over"), "\(error)")
    }

    @Test("Names that differ only in the numbers that Keras gives pair up by position, other names do not")
    func numberedNames() throws {
        let text = try KerasFixtures.keras2.data("recurrent.json")
        let weights = try KerasFixtures.keras2.data("recurrent.h5")
        func read(_ old: String, _ new: String) throws -> ModelGraph {
            let changed = String(decoding: text, as: UTF8.self).replacingOccurrences(of: old, with: new)
            return try KerasFile.decode(Data(changed.utf8), path: "a.json", weights: (weights, "a.h5"))
        }
        let graph = try read("\"gru_1\"", "\"gru_7\"")
        #expect(graph.nodes.contains { $0.name == "gru_7" })
        let error = try #require(throws: ArtifactError.self) { try read("\"plain\"", "\"fancy\"") }
        #expect(error.description.contains("fancy (GRU): the file has no such layer"), "\(error)")
        #expect(error.description.contains("plain: model_weights/plain/plain/gru_cell/kernel:0 is left over"), "\(error)")
    }

    @Test("A list of layer names that one attribute cannot hold is cut, and read, in parts")
    func manyLayers() throws {
        let suffix = String(repeating: "x", count: 120)
        var graph = KerasGraphs.chain("many", input: [2], Array(repeating: KerasGraphs.dense(2, 2, bias: false), count: 600))
        for index in graph.nodes.indices {
            graph.nodes[index].name += suffix
            if index > 0 { graph.nodes[index].sources = [graph.nodes[index - 1].name] }
        }
        graph.outputs[0].source += suffix
        let contents = try KerasHDF5File.contents(of: graph, path: "memory")
        #expect(contents.attributes.contains { $0.name == "layer_names1" })
        #expect(try KerasHDF5File.decode(KerasHDF5File.encode(graph, path: "memory"), path: "a.h5") == graph)
    }

    @Test("The tree of Keras 3 with its weights exchanged for those of another model names both sides")
    func otherWeights() throws {
        let error = try #require(throws: ArtifactError.self) {
            try KerasFile.decode(
                KerasFixtures.keras3.data("recurrent.json"), path: "a.json",
                weights: (KerasFixtures.keras3.data("normalizing.weights.h5"), "b.weights.h5"))
        }
        #expect(error.path == "b.weights.h5")
        #expect(error.description.contains("both (Bidirectional): kernel, layers/bidirectional/forward_layer/cell/vars/0"))
        #expect(error.description.contains("is left over"), "\(error)")
    }
}
