import ModelGraph
import Randomness
import TensorCore
import TestSupport
import Testing

@testable import Learners

/// Training with bfloat16 products. The plain loops have them on every machine; what needs the processor's own is left out
/// where it has none.
@Suite struct PrecisionTests {
    private static let isSupported = PairKernels(beside: .best) != nil

    /// Smooth throughout: where a unit switches on or off, roundings of any size would change the slope at once.
    private static let network = SequentialNetwork(
        input: .window(length: 6, features: 5),
        layers: [.lstm(units: 24, returnSequences: true), .lstm(units: 13), .dense(units: 1)])

    /// Targets far from any output: the slope of the loss is then nearly the same for both precisions and of one sign for
    /// all samples, so that what is seen is the rounding inside the layers, not its share of a small difference.
    private static func data(_ count: Int) -> TrainingData {
        TrainingData(
            samples: Golden.windows(count, length: 6, features: 5),
            targets: .values(Golden.wave(count, 1, 2).map { $0 + 4 }))
    }

    /// Each factor is off by at most 2⁻⁹ of itself, each product by 2⁻⁸ = 0.4 %; errors of either sign mostly cancel in the
    /// sums, and those of six steps of two layers add up. 1 % of the gradient's size holds all of it; a missing term of a sum, a
    /// shifted step or a swapped pair costs more. Odd numbers of samples leave the last one without a neighbour.
    @Test("gradients are those of float32 within 1 % of their size", arguments: [1, 2, 7, 16, 37])
    func gradients(samples: Int) throws {
        let data = Self.data(samples)
        let weights = try NetworkWeights(initial: CompiledNetwork(Self.network), from: RandomStream(seed: 1))
        for kernels in [Kernels(.plain), Kernels.best].compactMap({ $0 }) where PairKernels(beside: kernels) != nil {
            let exact = try Self.network.lossAndGradients(
                of: data, loss: .meanSquaredError, weights: weights, kernels: kernels)
            let rounded = try Self.network.lossAndGradients(
                of: data, loss: .meanSquaredError, weights: weights, kernels: kernels, precision: .bf16)
            #expect(rounded.gradients != exact.gradients)
            #expect(abs(rounded.loss - exact.loss) < 0.01 * exact.loss)
            for (layer, (found, expected)) in zip(rounded.gradients.layers, exact.gradients.layers).enumerated() {
                for (found, expected) in zip(found.variables, expected.variables) {
                    let error = Self.norm(zip(found, expected).map { $0 - $1 })
                    #expect(error < 0.01 * Self.norm(expected), "layer \(layer): \(error / Self.norm(expected))")
                }
            }
        }
    }

    @Test(
        "one, two, three and five threads give the same bits, on odd batches too", .enabled(if: isSupported),
        arguments: [2, 3, 5])
    func threads(_ count: Int) throws {
        let (one, many) = (try Self.train(.bf16), try Self.train(.bf16, threads: ThreadBudget(count)))
        #expect(one.weights == many.weights)
        #expect(one.history.map(\.loss) == many.history.map(\.loss))
        #expect(try one.weights != Self.train(.float32).weights)
    }

    @Test("networks without LSTM layers train to the bits of float32", .enabled(if: isSupported))
    func withoutLSTM() throws {
        let network = SequentialNetwork(
            input: .row(features: 4), layers: [.dense(units: 8, activation: .tanh), .dense(units: 1)])
        let data = TrainingData(samples: Golden.windows(50, length: 1, features: 4), targets: .values(Golden.wave(50, 1, 2)))
        let trained = try Precision.allCases.map { precision in
            try network.train(
                on: data, configuration: TrainingConfiguration(loss: .meanSquaredError, epochs: 2, precision: precision),
                stream: RandomStream(seed: 1))
        }
        #expect(trained[0].weights == trained[1].weights)
    }

    @Test("a processor without such products is refused with what it lacks and what to do")
    func refusal() throws {
        let baseline = try #require(Kernels(.baseline))
        let error = try #require(throws: TrainingError.self) { try Precision.bf16.requireSupport(by: baseline) }
        #expect(error == .unsupportedPrecision(.bf16, kernels: "baseline"))
        for part in ["AMX", "AVX-512 BF16", "baseline", "--precision float32"] { #expect(error.description.contains(part)) }
        try Precision.float32.requireSupport(by: baseline)
    }

    private static func train(_ precision: Precision, threads: ThreadBudget = 1) throws -> TrainedNetwork {
        try network.train(
            on: data(300), validation: data(50),
            configuration: TrainingConfiguration(loss: .meanSquaredError, epochs: 2, batchSize: 67, precision: precision),
            stream: RandomStream(seed: 42), threads: threads)
    }

    private static func norm(_ values: [Float]) -> Double {
        values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    }
}
