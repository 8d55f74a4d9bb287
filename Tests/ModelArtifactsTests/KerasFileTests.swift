import Foundation
import Inference
import ModelGraph
import TestSupport
import Testing

@testable import ModelArtifacts

/// Files that stock Keras 3 and stock Keras 2 wrote (Tools/reference/keras_fixtures.py), in every format.
@Suite struct KerasFileTests {
    static let models = ["recurrent", "normalizing", "activations", "sequential"]

    @Test("Every format of Keras 3 and Keras 2 computes here what Keras computed", arguments: KerasFixtures.all, models)
    func sameResults(fixtures: KerasFixtures, model: String) throws {
        for format in fixtures.formats {
            let graph = try fixtures.graph(model, format)
            var inputs: [String: Tensor] = [:]
            for input in graph.inputs {
                // Of an only input the array's name does not matter: Keras calls it after the layer or after the tensor.
                let name = graph.inputs.count == 1 ? "" : "\(input.name).npy"
                inputs[input.name] = try fixtures.array(fixtures.names("\(model)_input_\(name)")[0])
            }
            let results = try GraphExecutor(graph).run(inputs)
            for (number, output) in graph.outputs.enumerated() {
                let expected = try fixtures.array("\(model)_output_\(number).npy")
                let found = try #require(results[output.name])
                #expect(found.shape == expected.shape)
                // Both compute in float32: a few roundings of sums of up to 20 terms, over at most 5 steps and 13 layers.
                let worst = zip(found.values, expected.values).map { abs($0 - $1) / max(1, abs($1)) }.max() ?? .infinity
                #expect(worst <= 1e-5, "\(model)\(format), \(output.name): \(worst)")
            }
            #expect(graph.outputs.count == fixtures.names("\(model)_output_").count)
        }
    }

    @Test("All formats of a model hold the same layers, settings and weights", arguments: KerasFixtures.all, models)
    func sameGraphs(fixtures: KerasFixtures, model: String) throws {
        let archive = try fixtures.graph(model, ".keras")
        for format in fixtures.formats {
            let graph = try fixtures.graph(model, format)
            #expect(graph == archive, "\(model)\(format)")
        }
    }

    @Test("Outputs take the keys of a dictionary or the names of their layers; inputs come in Keras' order")
    func names() throws {
        for fixtures in KerasFixtures.all {
            let recurrent = try fixtures.graph("recurrent", ".h5")
            #expect(recurrent.outputs.map(\.name) == ["first", "second"])
            #expect(recurrent.inputs == [.init(name: "series", shape: [5, 3]), .init(name: "state", shape: [2])])
            #expect(try fixtures.graph("normalizing", ".h5").outputs.map(\.name) == ["difference", "narrow"])
        }
    }

    @Test("hard_sigmoid is the function of the generation that wrote the file, in every format")
    func hardSigmoid() throws {
        for (fixtures, expected) in [(KerasFixtures.keras3, Activation.hardSigmoid), (.keras2, .hardSigmoidKeras2)] {
            for format in fixtures.formats {
                let graph = try fixtures.graph("recurrent", format)
                let both = try #require(graph.nodes.first { $0.name == "both" })
                guard case let .bidirectional(.lstm(forward), .lstm(backward), .concat) = both.operation else {
                    return #expect(Bool(false), "not two LSTMs: \(both.operation.typeName)")
                }
                #expect(forward.recurrentActivation == expected && backward.recurrentActivation == expected)
                #expect(!forward.goBackwards && backward.goBackwards)
            }
        }
    }

    @Test("The weights of a whole model serve for its JSON as well")
    func weightsOfWholeModel() throws {
        for fixtures in KerasFixtures.all {
            let graph = try KerasFile.decode(
                fixtures.data("recurrent.json"), path: "a.json", weights: (fixtures.data("recurrent.h5"), "a.h5"))
            #expect(try graph == fixtures.graph("recurrent", ".h5"))
        }
    }

    @Test("What Keras 3 wrote is written again in each format and comes back the same", arguments: models)
    func rewritten(model: String) throws {
        let graph = try KerasFixtures.keras3.graph(model, ".keras")
        #expect(try KerasArchive.decode(KerasArchive.encode(graph), path: model) == graph)
        #expect(try KerasHDF5File.decode(KerasHDF5File.encode(graph, path: model), path: model) == graph)
        let (text, weights) = try KerasTextFile.encode(graph, path: model)
        #expect(try KerasTextFile.decode(text, path: model, weights: (weights, model)) == graph)
    }
}

/// The archive of one generation's files.
struct KerasFixtures: CustomTestStringConvertible, Sendable {
    let testDescription: String
    /// Endings of a model's files; `+` joins a configuration and its weights.
    let formats: [String]
    private let members: [String: Data]

    static let keras3 = KerasFixtures("keras3", [".keras", ".h5", ".json+.weights.h5"])
    static let keras2 = KerasFixtures("keras2", [".keras", ".h5", ".json+.weights.h5", ".json+_old.h5"])
    static let all = [keras3, keras2]

    private init(_ name: String, _ formats: [String]) {
        testDescription = name
        self.formats = formats
        var names: [String] = []
        for model in KerasFileTests.models {
            names += Set(formats.flatMap { $0.split(separator: "+") }).map { "\(model)\($0)" }
            names += ["input", "keras_tensor", "lstm_input", "series", "state"].map { "\(model)_input_\($0).npy" }
            names += (0 ..< 2).map { "\(model)_output_\($0).npy" }
        }
        members = (try? Self.present(names, in: Fixture.data("KerasFiles/\(name).zip"))) ?? [:]
    }

    private static func present(_ names: [String], in data: Data) throws -> [String: Data] {
        var members: [String: Data] = [:]
        for name in names {
            let archive = try? ZipArchive.decode(data, reading: [(name, 1 << 20)], path: "fixtures")
            members[name] = archive?.member(named: name)
        }
        return members
    }

    /// The members that begin with `prefix`, sorted.
    func names(_ prefix: String) -> [String] { members.keys.filter { $0.hasPrefix(prefix) }.sorted() }

    func data(_ name: String) throws -> Data { try #require(members[name], "no \(name)") }

    func array(_ name: String) throws -> Tensor { try NumPyArray.decode(data(name), path: name) }

    func graph(_ model: String, _ format: String) throws -> ModelGraph {
        let names = format.split(separator: "+").map { "\(model)\($0)" }
        let weights = try names.dropFirst().first.map { (data: try data($0), path: $0) }
        return try KerasFile.decode(data(names[0]), path: names[0], weights: weights)
    }
}
