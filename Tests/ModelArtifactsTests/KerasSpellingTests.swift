import Foundation
import ModelGraph
import Testing

@testable import ModelArtifacts

/// Configurations as older versions of Keras spell them, and those that are refused by name.
@Suite struct KerasSpellingTests {
    /// A model of one layer in JSON of Keras 2 (or, with a module, Keras 3), with the weights that the layer asks for.
    private static func read(_ text: String, _ variables: [(String, [Int])] = []) throws -> ModelGraph {
        let weights = try HDF5Encoder.encode(
            variables.map { .init(path: "layers/\($0)", value: .float32(Tensor(repeating: 0.5, shape: $1))) },
            path: "memory")
        return try KerasFile.decode(Data(text.utf8), path: "a.json", weights: (weights, "a.weights.h5"))
    }

    private static func sequential(_ layer: String, input: String = "null, 4, 3", version: String = "2.3.1") -> String {
        """
        {"class_name": "Sequential", "keras_version": "\(version)", "config": {"name": "m", "layers": [
        {"class_name": "InputLayer", "config": {"name": "x", "dtype": "float32", "batch_input_shape": [\(input)]}},
        \(layer)]}}
        """
    }

    @Test("A Sequential that is a list of layers of Keras 1, without an input layer")
    func keras1() throws {
        let graph = try Self.read("""
            {"class_name": "Sequential", "config": [
            {"class_name": "Dense", "config": {"name": "dense_1", "batch_input_shape": [null, 3], "output_dim": 2,
            "bias": false, "activation": "hard_sigmoid", "init": "glorot_uniform", "W_regularizer": null, "input_dim": 3,
            "trainable": true}},
            {"class_name": "Dropout", "config": {"name": "dropout_1", "p": 0.5, "trainable": true}}]}
            """, [("dense/vars/0", [3, 2])])
        #expect(graph.inputs == [.init(name: "dense_1_input", shape: [3])])
        #expect(graph.nodes.map(\.operation) == [
            .dense(DenseParameters(
                kernel: Tensor(repeating: 0.5, shape: [3, 2]), bias: nil, activation: .hardSigmoidKeras2)),
            .dropout(rate: 0.5),
        ])
    }

    @Test("LSTM settings of Keras 1 and 2: inner_activation, implementation, time_major that is off")
    func lstm() throws {
        let settings = #""name": "lstm", "output_dim": 2, "activation": "tanh", "inner_activation": "hard_sigmoid", "#
            + #""implementation": 2, "consume_less": "cpu", "unit_forget_bias": true, "go_backwards": true, "#
            + #""stateful": false"#
        func layer(_ timeMajor: Bool) -> String {
            Self.sequential("{\"class_name\": \"LSTM\", \"config\": {\(settings), \"time_major\": \(timeMajor)}}")
        }
        let variables = [("lstm/cell/vars/0", [3, 8]), ("lstm/cell/vars/1", [2, 8]), ("lstm/cell/vars/2", [8])]
        guard case let .lstm(lstm) = try Self.read(layer(false), variables).nodes[0].operation else {
            return #expect(Bool(false), "no LSTM")
        }
        #expect(lstm.goBackwards && !lstm.returnSequences && lstm.recurrentActivation == .hardSigmoidKeras2)
        let error = try #require(throws: ArtifactError.self) { try Self.read(layer(true), variables) }
        #expect(error.description.contains("true for time_major of the layer lstm"), "\(error)")
    }

    @Test("Layers that are an activation read as that activation, or are refused at the setting that none has", arguments: [
        (#""LeakyReLU", "config": {"alpha": 0.20000000298023224"#, Activation.leakyReLU),
        (#""LeakyReLU", "config": {"alpha": 0"#, .relu), (#""ELU", "config": {"alpha": 1.0"#, .elu),
        (#""ReLU", "config": {"max_value": 6.0, "negative_slope": 0.0, "threshold": 0.0"#, .relu6),
        (#""ReLU", "config": {"max_value": null, "negative_slope": 0.0"#, .relu),
        (#""Softmax", "config": {"axis": -1"#, .softmax), (#""Activation", "config": {"activation": "swish""#, .silu),
        (#""LeakyReLU", "config": {"alpha": 0.1"#, nil), (#""ReLU", "config": {"max_value": 5"#, nil),
        (#""ReLU", "config": {"threshold": 1"#, nil), (#""ELU", "config": {"alpha": 2"#, nil),
        (#""Softmax", "config": {"axis": 1"#, nil), (#""Activation", "config": {"activation": "glu""#, nil),
    ])
    func activationLayers(layer: String, expected: Activation?) throws {
        let text = Self.sequential("{\"class_name\": \(layer), \"name\": \"a\"}}")
        if let expected {
            #expect(try Self.read(text).nodes[0].operation == .activation(expected))
        } else {
            #expect(throws: ArtifactError.self) { try Self.read(text) }
        }
    }

    @Test("What a model cannot be here is refused by name", arguments: [
        (#""Sequential", "config": {"name": "inner", "layers": []"#, "the layer inner is a whole model (Sequential)"),
        (#""LayerNormalization", "config": {"name": "n", "epsilon": 1, "rms_scaling": true"#, "rms_scaling of the layer n"),
        (#""LayerNormalization", "config": {"name": "n", "epsilon": 0.1, "axis": [1]"#, "only the last axis"),
        (#""Masking", "config": {"name": "m", "mask_value": 0.0"#, "layer 1 is a Masking, which is not known"),
        (#""Concatenate", "config": {"name": "c", "axis": 0"#, "axis 0; the input has 1 to 2"),
        (#""Rescaling", "config": {"name": "r", "scale": [1, 2], "offset": 0"#, "2 values, but 3 features come in"),
        (bidirectional("null", anyLSTM()), "the merge mode null"),
        (bidirectional(#""sum""#, anyLSTM(#""go_backwards": true, "#)), "must go forwards"),
        (bidirectional(#""sum""#, #"{"class_name": "Flatten", "config": {}}"#), "LSTM and GRU are read in it"),
        (#""TimeDistributed", "config": {"name": "t", "layer": "# + anyLSTM(), "it applies LSTM to each step"),
    ])
    func refused(layer: String, reason: String) throws {
        let error = try #require(throws: ArtifactError.self) {
            try Self.read(Self.sequential("{\"class_name\": \(layer)}}"))
        }
        #expect(error.description.contains(reason), "\(error)")
    }

    @Test("A layer that is called twice is named with advice, in both spellings")
    func sharedLayers() throws {
        for (fixtures, call) in [
            (KerasFixtures.keras2, #"[["input", 0, 0, {}]], "#), (.keras3, #"{"args": [], "kwargs": {}}, "#),
        ] {
            var text = String(decoding: try fixtures.data("normalizing.json"), as: UTF8.self)
            let calls = try #require(text.range(of: #""name": "mixed", "inbound_nodes": ["#))
            text.insert(contentsOf: call, at: calls.upperBound)
            let error = try #require(throws: ArtifactError.self) { try Self.read(text) }
            #expect(error.description.contains("the layer mixed is called 2 times"), "\(error)")
            #expect(error.description.contains("a layer of its own"), "\(error)")
        }
    }

    @Test("The hard_sigmoid of Keras 2 is not written where Keras 3 would take it for its own")
    func hardSigmoid() throws {
        let graph = KerasGraphs.chain("old", input: [2], [.activation(.hardSigmoidKeras2)])
        for encode in [
            { try KerasArchive.encode(graph) }, { try KerasHDF5File.encode(graph, path: "a.h5") },
            { try KerasTextFile.encode(graph, path: "a.json").text },
        ] {
            let error = try #require(throws: ArtifactError.self) { try encode() }
            #expect(error.code == .notExpressible)
            #expect(error.description.contains("layer_0: Keras 3 has no name for the hard_sigmoid of Keras 2"), "\(error)")
        }
    }
}

/// JSON of an LSTM, and of a layer around another one.
private func anyLSTM(_ setting: String = "") -> String {
    #"{"class_name": "LSTM", "config": {"# + setting
        + #""units": 1, "activation": "tanh", "recurrent_activation": "tanh"}}"#
}

private func bidirectional(_ mode: String, _ layer: String) -> String {
    #""Bidirectional", "config": {"name": "b", "merge_mode": "# + mode + #", "layer": "# + layer
}

/// The facade: what a file is, its first bytes tell.
@Suite struct KerasFileFormatTests {
    private static func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("keras-file-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path)
    }

    @Test("Each ending writes its format; reading goes by the content, whatever the name")
    func formats() throws {
        let graph = KerasGraphs.severalEnds()
        try Self.inFolder { folder in
            for ending in ["keras", "h5", "hdf5", "json"] {
                let paths = try KerasFile.write(graph, to: "\(folder)/m.\(ending)")
                #expect(paths == ["\(folder)/m.\(ending)"] + (ending == "json" ? ["\(folder)/m.weights.h5"] : []))
                try FileManager.default.moveItem(atPath: paths[0], toPath: "\(folder)/\(ending)_renamed")
                let weights = ending == "json" ? "\(folder)/m.weights.h5" : nil
                #expect(try KerasFile.read("\(folder)/\(ending)_renamed", weights: weights) == graph)
            }
        }
    }

    @Test("Misuse is told apart: weights for a whole model, weights alone, no weights, other files, other endings")
    func misuse() throws {
        let graph = KerasGraphs.severalEnds()
        try Self.inFolder { folder in
            try KerasFile.write(graph, to: "\(folder)/m.keras")
            try KerasFile.write(graph, to: "\(folder)/m.json")
            try Data("{}".utf8).write(to: URL(fileURLWithPath: "\(folder)/alone.json"))
            try Data("%PDF".utf8).write(to: URL(fileURLWithPath: "\(folder)/m.pdf"))
            for (path, weights, reason) in [
                ("m.keras", "m.weights.h5", "holds its own weights"), ("m.weights.h5", nil, "not a whole model"),
                ("alone.json", nil, "alone.weights.h5: there is no such file"), ("m.pdf", nil, "neither a zip archive"),
            ] {
                let error = try #require(throws: ArtifactError.self) {
                    try KerasFile.read("\(folder)/\(path)", weights: weights.map { "\(folder)/\($0)" })
                }
                #expect(error.description.contains(reason), "\(error)")
            }
            for ending in ["pkl", "weights.h5"] {
                let error = try #require(throws: ArtifactError.self) {
                    try KerasFile.write(graph, to: "\(folder)/m.\(ending)")
                }
                #expect(error.code == .notExpressible)
            }
        }
    }
}
