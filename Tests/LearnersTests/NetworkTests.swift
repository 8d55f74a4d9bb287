import ModelGraph
import Randomness
import TestSupport
import Testing

@testable import Learners

@Suite struct NetworkTests {
    @Test("nodes are named, chained and shaped as Keras would")
    func nodes() throws {
        let network = SequentialNetwork(
            input: .window(length: 4, features: 2),
            layers: [
                .normalization(mean: [0, 1], variance: [1, 4]), .lstm(units: 3, returnSequences: true), .dropout(rate: 0.2),
                .lstm(units: 2), .repeatVector(count: 4), .timeDistributedDense(units: 2),
                .dense(units: 1, activation: .relu),
            ])
        let weights = try NetworkWeights(initial: network, from: RandomStream(seed: 1))
        let nodes = try weights.nodes(of: network, input: "input")
        #expect(
            nodes.map(\.name) == [
                "normalization", "lstm", "dropout", "lstm_1", "repeat_vector", "time_distributed", "dense",
            ])
        #expect(nodes.map(\.sources) == [["input"]] + nodes.dropLast().map { [$0.name] })
        #expect(nodes[0].operation == .normalization(mean: Tensor([0, 1]), variance: Tensor([1, 4])))
        guard case .lstm(let lstm) = nodes[1].operation, case .timeDistributed(.dense(let dense)) = nodes[5].operation
        else { Issue.record("wrong operations"); return }
        #expect(lstm.kernel.shape == [2, 12] && lstm.recurrentKernel.shape == [3, 12] && lstm.bias.shape == [12])
        #expect(lstm.returnSequences && dense.kernel.shape == [2, 2])
    }

    @Test("layers that do not fit each other are refused by name")
    func refusals() throws {
        func refusal(_ input: SampleShape, _ layers: [LayerSpecification]) throws -> String {
            let network = SequentialNetwork(input: input, layers: layers)
            return try #require(throws: NetworkError.self) { try CompiledNetwork(network) }.description
        }
        #expect(try refusal(.row(features: 3), [.dense(units: 4), .lstm(units: 2)]).contains("layer lstm needs a sequence"))
        #expect(try refusal(.window(length: 3, features: 2), [.repeatVector(count: 2)]).contains("layer repeat_vector"))
        #expect(try refusal(.row(features: 3), [.dense(units: 0)]).contains("layer dense has 0 units"))
        #expect(try refusal(.row(features: 3), [.dropout(rate: 1)]).contains("layer dropout has the rate 1"))
        #expect(try refusal(.row(features: 0), [.dense(units: 1)]).contains("at least 1"))
        #expect(try refusal(.row(features: 3), []).contains("no layers"))
        #expect(
            try refusal(.row(features: 2), [.normalization(mean: [1], variance: [1]), .dense(units: 1)]).contains("1 means"))
        for (mean, variance) in [(Float.nan, Float(1)), (0, -1), (0, .infinity)] {
            let text = try refusal(.row(features: 1), [.normalization(mean: [mean], variance: [variance]), .dense(units: 1)])
            #expect(text.contains("for feature 0") && text.contains("variances of at least 0"))
        }
        #expect(
            try refusal(.row(features: 1), [.dense(units: 1), .normalization(mean: [1], variance: [1])]).contains(
                "not the first"))
    }

    @Test("orthogonal matrices have orthonormal rows or columns", arguments: [(8, 32), (32, 8), (5, 5)])
    func orthogonal(_ rows: Int, _ columns: Int) {
        let values = Initializer.orthogonal.values(shape: [rows, columns], from: RandomStream(seed: 4))
        let (count, length) = (min(rows, columns), max(rows, columns))
        func element(_ vector: Int, _ index: Int) -> Double {
            Double(rows <= columns ? values[vector * columns + index] : values[index * columns + vector])
        }
        for a in 0 ..< count {
            for b in 0 ..< count {
                let product = (0 ..< length).reduce(0) { $0 + element(a, $1) * element(b, $1) }
                #expect(abs(product - (a == b ? 1 : 0)) < 1e-6)
            }
        }
    }

    @Test("Glorot values fill their interval evenly")
    func glorot() {
        let values = Initializer.glorotUniform.values(shape: [60, 90], from: RandomStream(seed: 4)).map(Double.init)
        let limit = (6.0 / 150).squareRoot()
        #expect(values.allSatisfy { abs($0) <= limit })
        let mean = values.reduce(0, +) / 5400, variance = values.reduce(0) { $0 + $1 * $1 } / 5400
        // Four standard errors of mean and variance of 5,400 uniform numbers.
        #expect(abs(mean) < 4 * limit / (3 * 5400.0).squareRoot())
        #expect(abs(variance / (limit * limit / 3) - 1) < 4 * (0.8 / 5400).squareRoot())
    }

    @Test("an LSTM starts with its forget gate open and its other biases zero")
    func forgetBias() {
        #expect(
            Initializer.unitForget.values(shape: [12], from: RandomStream(seed: 1)) == [0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0])
    }

    @Test("a new layer does not shift the initial weights of the others")
    func independentStreams() throws {
        let small = SequentialNetwork(input: .row(features: 3), layers: [.dense(units: 4), .dense(units: 2)])
        var large = small
        large.layers.insert(.batchNormalization(), at: 1)
        let (a, b) = (
            try NetworkWeights(initial: small, from: RandomStream(seed: 9)),
            try NetworkWeights(initial: large, from: RandomStream(seed: 9))
        )
        #expect(a.layers[0] == b.layers[0] && a.layers[1] == b.layers[2])
    }

    @Test("a sample's prediction does not depend on the samples beside it")
    func predictionsAreIndependent() throws {
        let golden = GoldenCase.bandwidthLike
        // In training, the products of the second are divided, which mixes rows.
        let wide = SequentialNetwork(
            input: .window(length: 8, features: 5),
            layers: [.lstm(units: 128, returnSequences: true), .lstm(units: 64), .dense(units: 1)])
        for (network, samples) in [
            (golden.network, golden.data.samples), (wide, Golden.windows(40, length: 8, features: 5)),
        ] {
            let weights = try NetworkWeights(initial: network, from: RandomStream(seed: 1))
            let trained = TrainedNetwork(network: network, weights: weights)
            let together = try trained.predict(samples)
            for sample in [0, 13, 33] {
                var one = samples
                one.windowEnds = [one.windowEnds[sample]]
                #expect(try trained.predict(one) == [together[sample]])
            }
        }
    }
}
