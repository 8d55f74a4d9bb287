import Foundation
import ModelGraph
import TestSupport
import Testing

@testable import ModelArtifacts

/// Archives that stock Keras wrote (Tools/reference/keras_archives.py).
@Suite struct KerasReadingTests {
    private static func graph(_ name: String) throws -> ModelGraph {
        try KerasArchive.read(Fixture.url("Keras/\(name).keras").path)
    }

    /// The script's formula for variable `number` in Keras' order.
    private static func expected(_ number: Int, _ shape: [Int], isVariance: Bool = false) -> Tensor {
        Tensor(shape: shape, values: (0 ..< shape.reduce(1, *)).map { index in
            let value = Float((7 * index + 3 * number) % 23 - 11) / 32
            return isVariance ? abs(value) + 0.5 : value
        })
    }

    @Test("Every weight of the bandwidth model arrives in its place")
    func bandwidthWeights() throws {
        let graph = try Self.graph("bandwidth")
        #expect(graph.name == "bandwidth_predictor")
        #expect(graph.inputs == [.init(name: "input", shape: [10, 4])])
        #expect(graph.outputs == [.init(name: "add", source: "add")])
        let nodes = Dictionary(uniqueKeysWithValues: graph.nodes.map { ($0.name, $0) })
        #expect(nodes["normalization"]?.operation == .normalization(
            mean: Self.expected(0, [4]), variance: Self.expected(1, [4], isVariance: true)))
        #expect(nodes["lstm"]?.operation == .lstm(LSTMParameters(
            kernel: Self.expected(2, [4, 20]), recurrentKernel: Self.expected(3, [5, 20]),
            bias: Self.expected(4, [20]), returnSequences: true)))
        #expect(nodes["dropout"]?.operation == .dropout(rate: 0.2))
        #expect(nodes["lstm_1"]?.operation == .lstm(LSTMParameters(
            kernel: Self.expected(5, [5, 12]), recurrentKernel: Self.expected(6, [3, 12]),
            bias: Self.expected(7, [12]), returnSequences: false)))
        #expect(nodes["dense"]?.operation == .dense(DenseParameters(
            kernel: Self.expected(8, [3, 4]), bias: Self.expected(9, [4]),
            activation: .relu)))
        #expect(nodes["multiply"]?.sources == ["relative", "scale"])
        #expect(nodes["add"]?.sources == ["multiply", "level"])
        guard case let .dense(level)? = nodes["level"]?.operation else { return #expect(Bool(false), "no level") }
        #expect(level.bias == nil)
        #expect(!level.trainable)
    }

    @Test("A fitted Sequential with an optimiser, and one with a wrapped layer, read completely")
    func sequentials() throws {
        let policy = try Self.graph("policy")
        #expect(policy.nodes.map(\.name) == [
            "normalization", "dense", "batch_normalization", "dropout", "dense_1", "dense_2",
        ])
        #expect(policy.nodes.map(\.sources) == [["input"]] + policy.nodes.dropLast().map { [$0.name] })
        #expect(policy.nodes[2].operation == .batchNormalization(BatchNormalizationParameters(
            gamma: Self.expected(4, [8]), beta: Self.expected(5, [8]),
            movingMean: Self.expected(6, [8]), movingVariance: Self.expected(7, [8], isVariance: true),
            epsilon: 0.001)))
        let autoencoder = try Self.graph("autoencoder")
        #expect(autoencoder.nodes[3].operation == .repeatVector(count: 7))
        #expect(autoencoder.nodes[6].operation == .timeDistributed(.dense(
            DenseParameters(
                kernel: Self.expected(14, [4, 2]), bias: Self.expected(15, [2]),
                activation: .linear))))
    }

    @Test("Settings with a stand-in read as what they mean: fixed statistics, absent bias, center and scale, open reshape")
    func standIns() throws {
        let graph = try Self.graph("operations")
        let nodes = Dictionary(uniqueKeysWithValues: graph.nodes.map { ($0.name, $0.operation) })
        #expect(nodes["fixed"] == .normalization(mean: Tensor([0.5, -1, 0, 2]), variance: Tensor([4, 1, 0.25, 9])))
        guard case let .batchNormalization(first)? = nodes["batch_normalization"],
            case let .batchNormalization(second)? = nodes["batch_normalization_1"], case let .lstm(lstm)? = nodes["lstm"]
        else { return #expect(Bool(false), "a layer is missing") }
        #expect(first.beta == Tensor(repeating: 0, shape: [3]))
        #expect(first.epsilon == 0.01)
        #expect(second.gamma == Tensor(repeating: 1, shape: [3]))
        #expect(lstm.bias == Tensor(repeating: 0, shape: [8]))
        #expect(nodes["reshape"] == .reshape([3, 2]))
    }

    @Test("What was read computes what Keras computed", arguments: ["bandwidth", "policy", "autoencoder", "operations"])
    func sameResults(name: String) throws {
        let input = try NumPyArray.read(Fixture.url("Keras/\(name)_input.npy").path)
        let expected = try NumPyArray.read(Fixture.url("Keras/\(name)_output.npy").path)
        let output = KerasPlainForward.run(try Self.graph(name), input)
        #expect(output.shape == expected.shape)
        // Keras computes in float32 on a CPU; a few roundings of sums of up to 20 terms.
        for (ours, theirs) in zip(output.values, expected.values) {
            #expect(abs(ours - theirs) <= 1e-5 * max(1, abs(theirs)))
        }
    }

    @Test("A DEFLATE archive with its members in another order reads the same")
    func deflated() throws {
        #expect(try Self.graph("policy_deflated") == Self.graph("policy"))
    }

    @Test("Read, written and read again, an archive of Keras stays the same model", arguments: [
        "bandwidth", "policy", "autoencoder", "operations",
    ])
    func rewritten(name: String) throws {
        let graph = try Self.graph(name)
        #expect(try KerasArchive.decode(KerasArchive.encode(graph), path: name) == graph)
    }
}
