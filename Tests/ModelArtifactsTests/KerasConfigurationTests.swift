import Foundation
import ModelGraph
import Randomness
import TestSupport
import Testing

@testable import ModelArtifacts

@Suite struct KerasConfigurationTests {
    /// Replaces the first occurrence of a text in the configuration of a model that stock Keras wrote.
    private static func reading(_ fixture: String, _ old: String, _ new: String) throws -> ArtifactError {
        let changed = try KerasArchiveTests.repacked(Fixture.data("Keras/\(fixture).keras"), "config.json") { data in
            let text = String(decoding: data, as: UTF8.self)
            let place = try #require(text.range(of: old), "\(old) is not in the configuration")
            return Data(text.replacingCharacters(in: place, with: new).utf8)
        }
        return try #require(throws: ArtifactError.self) { try KerasArchive.decode(changed, path: "a.keras") }
    }

    @Test("A layer that is not known is named with its position and configuration")
    func unknownLayer() throws {
        let error = try Self.reading("policy", #""class_name": "BatchNormalization""#, #""class_name": "GroupNormalization""#)
        #expect(error.code == .unsupported)
        #expect(error.description.contains("config.json: config.layers[3]"), "\(error)")
        #expect(error.description.contains("layer 3 is a GroupNormalization"), "\(error)")
        #expect(error.description.contains(#""epsilon":0.001"#), "\(error)")
        let own = try Self.reading("policy", #""module": "keras.layers", "class_name": "Dense""#,
            #""module": "mine", "class_name": "Dense""#)
        #expect(own.description.contains("is a Dense, which is not known"), "\(own)")
    }

    @Test("A setting that changes what a layer computes is refused at its place", arguments: [
        ("autoencoder", #""stateful": false"#, #""stateful": true"#,
            "config.layers[2].config.stateful: true for stateful of the layer lstm"),
        ("autoencoder", #""return_state": false"#, #""return_state": true"#, "return_state"),
        ("autoencoder", #""activation": "tanh""#, #""activation": "hard_sigmoid_keras2""#, "not known"),
        ("autoencoder", #""activation": "tanh", "#, "", #"the key "activation" is missing"#),
        ("autoencoder", #""stateful": false"#, #""stateful": false, "time_major": true"#, "time_major"),
        ("autoencoder", #""recurrent_activation": "sigmoid""#, #""recurrent_activation": "mine""#, #"activation "mine""#),
        ("operations", #""name": "float32""#, #""name": "float16""#, "float16, not float32"),
        ("autoencoder", #""units": 4"#, #""units": -4"#, "config.layers[2].config.units: -4"),
        ("autoencoder", #""units": 4"#, #""units": 4.5"#, "a whole number was expected"),
        ("autoencoder", #""units": 4"#, #""units": "4""#, "a whole number was expected"),
        ("autoencoder", #""n": 7"#, #""n": 900000000000"#, "config.n: 900000000000"),
        ("autoencoder", #""batch_shape": [null, 7, 2]"#, #""batch_shape": [null, null, 2]"#, "left open"),
        ("autoencoder", #""invert": false"#, #""invert": true"#, "invert"),
        ("policy", #""axis": [-1]"#, #""axis": [0]"#, "only the last axis"),
        ("policy", #""class_name": "Sequential""#, #""class_name": "Mine""#, "neither Sequential nor Functional"),
        ("operations", #""keras_history": ["input", 0, 0]"#, #""keras_history": ["input", 1, 0]"#, "first result"),
        ("operations", #""keras_history": ["input", 0, 0]"#, #""keras_history": ["elsewhere", 0, 0]"#, "reads elsewhere"),
        ("operations", #""output_layers": ["concatenate", 0, 0]"#, #""output_layers": ["dropout", 0, 0]"#, "no layer dropout"),
        ("operations", #""output_layers": ["concatenate", 0, 0]"#, #""output_layers": ["subtract", 0, 0]"#,
            "do not lead to an output: activation_1, concatenate"),
        ("bandwidth", #""kwargs": {"training": false}"#, #""kwargs": {"training": true}"#, "called with training = true"),
    ])
    func refusedSettings(fixture: String, old: String, new: String, reason: String) throws {
        let error = try Self.reading(fixture, old, new)
        #expect(error.description.contains(reason), "\(error)")
        #expect(error.description.contains("config.json"), "\(error)")
    }

    @Test("A cycle between layers ends in an error")
    func cycle() throws {
        let error = try Self.reading(
            "operations", #""keras_history": ["fixed", 0, 0]"#, #""keras_history": ["reshape", 0, 0]"#)
        #expect(error.description.contains("depends on it"), "\(error)")
    }

    @Test("Layers in any order in the file give the same weights and the same results")
    func shuffledLayers() throws {
        let graph = KerasGraphs.branches()
        let shuffled = try KerasArchiveTests.repacked(KerasArchive.encode(graph), "config.json") { data in
            guard case var .object(root) = try JSONParser.parse(data, path: "memory", member: "config.json"),
                case var .object(config)? = root["config"], case let .array(layers)? = config["layers"]
            else { throw CocoaError(.coderInvalidValue) }
            config["layers"] = .array(layers.reversed())
            root["config"] = .object(config)
            return Data(JSONValue.object(root).text.utf8)
        }
        let read = try KerasArchive.decode(shuffled, path: "memory")
        #expect(read.nodes.map(\.name) != graph.nodes.map(\.name))
        #expect(Set(read.nodes.map(\.name)) == Set(graph.nodes.map(\.name)))
        for node in read.nodes { #expect(graph.nodes.contains(node)) }
    }

    @Test("A chain of thousands of layers reads without running out of stack")
    func longChain() throws {
        let graph = KerasGraphs.chain("long", input: [2], Array(repeating: .activation(.tanh), count: 3_000))
        #expect(try KerasArchive.decode(KerasArchive.encode(graph), path: "memory") == graph)
    }
}

extension KerasConfigurationTests {
    @Test("JSON survives writing and reading: texts, numbers, nesting")
    func jsonRoundTrip() throws {
        let value = JSONValue.object([
            "text": .string("a\"\\/\u{8}\u{1F}é😀\n"),
            "numbers": .array([.integer(-12), .number(1e-7), .number(0.1), .float(0.1)]),
            "": .object([:]), "flags": .array([.bool(true), .bool(false), .null, .array([])]),
        ])
        #expect(try JSONParser.parse(Data(value.text.utf8), path: "memory", member: "a.json") == value)
        #expect(value.text.hasPrefix(#"{"":{},"flags":[true,false,null,[]],"numbers":[-12,1e-07,0.1,0.1],"#))
        let escaped = Data(#" {"a" : "\u00e9\ud83d\ude00\t" } "#.utf8)
        #expect(try JSONParser.parse(escaped, path: "memory", member: "a.json") == .object(["a": .string("é😀\t")]))
    }

    @Test("A float32 written to JSON comes back bit by bit")
    func jsonFloats() throws {
        var random = RandomStream(seed: 3)
        for _ in 0 ..< 2000 {
            let value = Float(bitPattern: random.nextWord())
            guard value.isFinite else { continue }
            let text = JSONValue.float(value).text
            #expect(Float(try #require(Double(text))).bitPattern == value.bitPattern)
        }
    }

    @Test("Wrong JSON is refused at its byte", arguments: [
        "", "{", "[1,]", #"{"a":1,}"#, #"{"a":1,"a":2}"#, "01", "1.", "1e", "-", "nul", #""a"#,
        #""\x""#, #""\ud800""#, #""\u12g4""#, "\"\u{01}\"", "1 2", "1e999", "NaN", "{1:2}", "[1 2]", String(repeating: "[", count: 100_000),
    ])
    func wrongJSON(text: String) throws {
        let error = try #require(throws: ArtifactError.self) {
            try JSONParser.parse(Data(text.utf8), path: "a.keras", member: "config.json")
        }
        #expect(error.description.contains("config.json, byte"), "\(error)")
        #expect(throws: ArtifactError.self) {
            try JSONParser.parse(Data([0x22, 0xFF, 0x22]), path: "a.keras", member: "config.json")
        }
    }
}
