import ModelGraph
import Randomness
import TensorCore
import TestSupport
import Testing

@testable import Learners

/// The engine against Keras: first step against Keras in float64, ten steps against Keras in float32. Tolerances are a few
/// roundings of float32 (6e-8) times the length of the sums behind a value; ten Adam steps amplify them, most where a
/// gradient is near zero.
@Suite struct GoldenTests {
    @Test("outputs before training are Keras'", arguments: GoldenCase.all)
    func outputs(_ golden: GoldenCase) throws {
        let expected = try Golden.read(Golden.Network.self, golden.name)
        let weights = Golden.weights(like: try NetworkWeights(initial: golden.network, from: RandomStream(seed: 1)))
        let found = try TrainedNetwork(network: golden.network, weights: weights).logits(golden.data.samples)
        #expect(mismatch(found, expected.outputs, absolute: 1e-6, relative: 1e-6) == nil)
    }

    @Test("loss and the gradient of every tensor are Keras'", arguments: GoldenCase.all)
    func gradients(_ golden: GoldenCase) throws {
        let expected = try Golden.read(Golden.Network.self, golden.name)
        let (loss, gradients) = try golden.lossAndGradients()
        #expect(abs(loss - expected.loss) <= 1e-6 * expected.loss)
        let tensors = gradients.layers.flatMap(\.variables)
        #expect(tensors.count == expected.gradients.count)
        // Rounding errors are as large as the terms that flow through the network, also where these cancel in a tensor.
        let scale = largestMagnitude(expected.gradients.flatMap { $0 })
        for (found, reference) in zip(tensors, expected.gradients) {
            #expect(mismatch(found, reference, absolute: golden.gradientTolerance * scale) == nil)
        }
    }

    @Test("ten losses in a row, the weights and outputs after them are Keras'", arguments: GoldenCase.all)
    func training(_ golden: GoldenCase) throws {
        let expected = try Golden.read(Golden.Network.self, golden.name)
        let start = Golden.weights(like: try NetworkWeights(initial: golden.network, from: RandomStream(seed: 1)))
        let trained = try golden.network.train(
            on: golden.data, configuration: golden.configuration, stream: RandomStream(seed: 1), startingFrom: start)
        for (record, loss) in zip(trained.history, expected.losses) {
            #expect(abs(record.loss - loss) <= 2e-5 * loss, "epoch \(record.epoch): \(record.loss) instead of \(loss)")
        }
        for (found, reference) in zip(trained.weights.layers.flatMap(\.variables), expected.trainedWeights) {
            #expect(mismatch(found, reference, absolute: 1e-4) == nil)
        }
        let statistics = trained.weights.layers.flatMap(\.statistics)
        #expect(statistics.count == expected.trainedStatistics.count)
        for (found, reference) in zip(statistics, expected.trainedStatistics) {
            #expect(mismatch(found, reference, absolute: 1e-6, relative: 1e-5) == nil)
        }
        let outputs = try trained.logits(golden.data.samples)
        #expect(mismatch(outputs, expected.trainedOutputs, absolute: 1e-4) == nil)
    }

    @Test("every activation and its derivative are Keras'")
    func activations() throws {
        let golden = try Golden.read(Golden.Activations.self, "activations")
        let points = golden.points
        for activation in Activation.allCases where activation.isTrainable && activation != .softmax {
            let expected = try #require(golden.curves[activation.rawValue], "\(activation)")
            var (values, slopes) = (points, Array(repeating: Float(1), count: points.count))
            activation.apply(rows: points.count, columns: 1, to: points, into: &values, kernels: .best)
            activation.applyDerivative(
                rows: points.count, columns: 1, argument: points, value: values, gradient: &slopes, kernels: .best)
            #expect(mismatch(values, expected.values, absolute: 2e-7, relative: 5e-7) == nil, "\(activation)")
            #expect(mismatch(slopes, expected.slopes, absolute: 5e-7, relative: 1e-6) == nil, "slope of \(activation)")
        }
    }

    @Test("every loss and its gradient are Keras'")
    func losses() throws {
        let cases: [(String, Loss)] = [
            ("meanSquaredError", .meanSquaredError), ("meanAbsoluteError", .meanAbsoluteError),
            ("huber", .huber(delta: 1.5)),
            ("binaryCrossEntropy", .binaryCrossEntropy), ("categoricalCrossEntropy", .categoricalCrossEntropy),
            ("sparseCategoricalCrossEntropy", .sparseCategoricalCrossEntropy), ("setLikelihood", .setLikelihood),
            ("expectedCost", .expectedCost),
        ]
        let golden = try Golden.read([String: Golden.LossCase].self, "losses")
        #expect(golden.count == cases.count)
        let outputs = Golden.wave(30, 3, 1)
        for (name, loss) in cases {
            let expected = try #require(golden[name])
            let (value, gradient) = loss.evaluate(
                outputs: outputs, width: 5, targets: expected.targets, weights: Golden.sampleWeights(6))
            #expect(abs(value - expected.loss) <= 1e-6 * max(abs(expected.loss), 1), "\(name)")
            #expect(mismatch(gradient, expected.gradient, absolute: 2e-7, relative: 2e-6) == nil, "\(name)")
        }
    }

    @Test("early stopping and the learning-rate reduction do what Keras' callbacks do")
    func callbacks() throws {
        let expected = try Golden.read(Golden.Callbacks.self, "callbacks")
        let configuration = TrainingConfiguration(
            loss: .meanSquaredError, epochs: expected.losses.count,
            earlyStopping: EarlyStopping(patience: 4, minimumChange: 0.002),
            learningRateReduction: LearningRateReduction(
                factor: 0.5, patience: 2, minimumChange: 0.005, cooldown: 1, smallestRate: 0.002))
        var progress = TrainingState.Progress(learningRate: 0.01)
        var stoppedAfter: Int?, bestEpoch = 0
        for (index, loss) in expected.losses.enumerated() {
            _ = progress.note(loss, epoch: index + 1, configuration)
            #expect(abs(progress.learningRate - expected.rates[index]) < 1e-9, "epoch \(index + 1)")
            if progress.stopped, stoppedAfter == nil { (stoppedAfter, bestEpoch) = (index + 1, progress.bestEpoch) }
        }
        #expect(stoppedAfter == expected.stoppedAfter)
        #expect(bestEpoch == expected.bestEpoch)
    }
}
