import ModelGraph
import Randomness
import TensorCore
import TestSupport
import Testing

@testable import Learners

/// Backpropagation against finite differences: the slope of the loss along a random direction of all weights at once.
///
/// The loss is computed from float32 outputs, so its rounding (about 1e-7) divided by the step (4e-3) and the third
/// derivative times the step squared bound what agreement can be seen: 5e-4 of the slope's natural size.
@Suite struct GradientTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var network: SequentialNetwork
        var loss: Loss
        var targets: TrainingData.Targets?

        init(_ name: String, _ input: SampleShape, _ layers: [LayerSpecification], _ loss: Loss = .meanSquaredError) {
            testDescription = name
            network = SequentialNetwork(input: input, layers: layers)
            self.loss = loss
        }
    }

    static let row = SampleShape.row(features: 4)
    static let window = SampleShape.window(length: 5, features: 3)

    static let layers: [Case] = [
        Case("dense", row, [.dense(units: 5, activation: .tanh), .dense(units: 3)]),
        Case("dense over steps", window, [.dense(units: 5, activation: .sigmoid), .dense(units: 2)]),
        Case("time-distributed dense", window, [.lstm(units: 4, returnSequences: true), .timeDistributedDense(units: 2)]),
        Case("LSTM, last step", window, [.lstm(units: 6), .dense(units: 1)]),
        Case("LSTM, all steps", window, [.dense(units: 3), .lstm(units: 5, returnSequences: true), .lstm(units: 17)]),
        // Wide enough for column sums of eight vectors and for transposes in several parts.
        Case("LSTM, wide", window, [.dense(units: 3), .lstm(units: 40, returnSequences: true), .lstm(units: 48)]),
        Case("LSTM of one step", .window(length: 1, features: 3), [.lstm(units: 4)]),
        Case("repeat vector", row, [.dense(units: 3), .repeatVector(count: 4), .lstm(units: 3, returnSequences: true)]),
        Case("repeat vector below no LSTM", row, [.dense(units: 3), .repeatVector(count: 4), .dense(units: 2)]),
        Case("flatten", window, [.dense(units: 4, activation: .tanh), .flatten, .dense(units: 2)]),
        Case("dropout", row, [.dense(units: 16), .dropout(rate: 0.5), .dense(units: 2)]),
        Case("batch normalization", row, [.dense(units: 5), .batchNormalization(), .dense(units: 2)]),
        Case("batch normalization over steps", window, [.dense(units: 4), .batchNormalization(), .lstm(units: 3)]),
        Case("softmax inside", row, [.dense(units: 5, activation: .softmax), .dense(units: 2)]),
        Case("activation layer", row, [.dense(units: 5), .activation(.gelu), .dense(units: 2), .activation(.softmax)]),
    ]

    static let losses: [Case] = [
        Loss.meanSquaredError, .meanAbsoluteError, .huber(delta: 0.5), .binaryCrossEntropy, .categoricalCrossEntropy,
        .sparseCategoricalCrossEntropy, .setLikelihood, .expectedCost,
    ].map { Case("\($0)", window, [.lstm(units: 4, returnSequences: true), .dense(units: 3)], $0) }

    @Test("every layer's gradient is the slope of the loss", arguments: layers)
    func layer(_ example: Case) throws { try check(example) }

    @Test("every loss's gradient is its slope", arguments: losses)
    func loss(_ example: Case) throws { try check(example) }

    @Test("the gradient of a batch whose products are divided is the mean of its parts' gradients, whose are not")
    func dividedProducts() throws {
        let network = SequentialNetwork(
            input: .window(length: 10, features: 22),
            layers: [.lstm(units: 128, returnSequences: true), .lstm(units: 64), .dense(units: 1)])
        let weights = try NetworkWeights(initial: network, from: RandomStream(seed: 1))
        let samples = Golden.windows(32, length: 10, features: 22), targets = Golden.wave(32, 1, 2)
        func gradient(_ part: Range<Int>) throws -> [Float] {
            var windows = samples
            windows.windowEnds = Array(samples.windowEnds[part])
            let data = TrainingData(samples: windows, targets: .values(Array(targets[part])))
            return try network.lossAndGradients(of: data, loss: .meanSquaredError, weights: weights).gradients.layers
                .flatMap { $0.variables.joined() }
        }
        let whole = try gradient(0 ..< 32)
        let parts = try [0, 8, 16, 24].map { try gradient($0 ..< $0 + 8) }
        let mean = whole.indices.map { index in parts.reduce(0) { $0 + $1[index] } / 4 }
        let largest = Double(mean.map(abs).max() ?? 0)
        // Rounding alone, without division, differs by 6e-7 of the largest gradient; division, whose errors follow the largest
        // factors, by 4e-6. A wrong quarter would differ by all of it.
        #expect(mismatch(whole, mean, absolute: 1e-5 * largest) == nil)
    }

    @Test(
        "an LSTM layer that reads a repeated vector once has the gradients of one that reads all its copies",
        arguments: [Precision.float32, .bf16], [(1, true), (6, true), (6, false)])
    func repeatedInput(precision: Precision, form: (count: Int, returnSequences: Bool)) throws {
        func network(_ between: [LayerSpecification]) -> SequentialNetwork {
            SequentialNetwork(
                input: Self.row,
                layers: [.dense(units: 5, activation: .tanh), .repeatVector(count: form.count)] + between
                    + [.lstm(units: 17, returnSequences: form.returnSequences), .dense(units: 2)])
        }
        let once = network([]), copied = network([.activation(.linear)])
        let data = TrainingData(
            samples: Golden.windows(7, length: 1, features: 4),
            targets: .values(Golden.wave(7 * (form.returnSequences ? form.count : 1) * 2, 1, 3).map { $0 + 4 }))
        var weights = try NetworkWeights(initial: once, from: RandomStream(seed: 1))
        func gradient(_ network: SequentialNetwork) throws -> (loss: Double, values: [Float]) {
            let result = try network.lossAndGradients(
                of: data, loss: .meanSquaredError, weights: weights, kernels: #require(Kernels(.plain)), precision: precision)
            return (result.loss, result.gradients.layers.flatMap { $0.variables.joined() })
        }
        let (lossOnce, read) = try gradient(once)
        weights.layers.insert(NetworkWeights.LayerWeights(variables: []), at: 2)
        let (lossCopied, expected) = try gradient(copied)
        // The way forward is the same arithmetic. Gradients are added over the steps before they are multiplied instead of after:
        // float32 rounds differently, and bfloat16 once instead of six times, each time by 2⁻⁹ at most.
        #expect(lossOnce == lossCopied)
        let largest = Double(expected.map(abs).max() ?? 0)
        #expect(mismatch(read, expected, absolute: (precision == .bf16 ? 4e-3 : 1e-6) * largest) == nil)
    }

    private func check(_ example: Case) throws {
        let samples = 7
        let network = example.network, loss = example.loss
        let compiled = try CompiledNetwork(network)
        let data = TrainingData(
            samples: Golden.windows(samples, length: network.input.steps, features: network.input.features),
            targets: .values(
                Self.targets(for: loss, rows: samples * compiled.outputShape.steps, width: compiled.outputShape.features)),
            sampleWeights: Golden.sampleWeights(samples))
        let weights = Golden.weights(like: NetworkWeights(initial: compiled, from: RandomStream(seed: 1)))
        let gradients = try network.lossAndGradients(of: data, loss: loss, weights: weights).gradients
        for seed in 0 ..< 4 as Range<UInt64> {
            let direction = weights.randomDirection(RandomStream(seed: seed))
            let predicted = gradients.inner(direction)
            let step: Float = 4e-3
            let above = try network.lossAndGradients(
                of: data, loss: loss, weights: weights.moved(along: direction, by: step)
            ).loss
            let below = try network.lossAndGradients(
                of: data, loss: loss, weights: weights.moved(along: direction, by: -step)
            ).loss
            let measured = (above - below) / Double(2 * step)
            let size = gradients.inner(gradients).squareRoot() + 0.1
            #expect(abs(measured - predicted) < 5e-4 * size, "slope \(measured), gradient says \(predicted)")
        }
    }

    private static func targets(for loss: Loss, rows: Int, width: Int) -> [Float] {
        let values = Golden.wave(rows * width, 1, 3)
        return switch loss {
        case .meanSquaredError, .meanAbsoluteError, .huber, .expectedCost: values
        case .binaryCrossEntropy: values.map { $0 > 0 ? 1 : 0 }
        case .categoricalCrossEntropy: values.map(abs)
        case .sparseCategoricalCrossEntropy: (0 ..< rows).map { Float($0 % width) }
        case .setLikelihood: values.enumerated().map { $1 > 0 || $0 % width == 0 ? 1 : 0 }
        }
    }
}

extension NetworkWeights {
    fileprivate func randomDirection(_ stream: RandomStream) -> NetworkWeights {
        var stream = stream
        var direction = self
        for layer in direction.layers.indices {
            for tensor in direction.layers[layer].variables.indices {
                direction.layers[layer].variables[tensor] = layers[layer].variables[tensor].map { _ in Float(stream.normal())
                }
            }
        }
        let length = Float(direction.inner(direction).squareRoot())
        for layer in direction.layers.indices {
            for tensor in direction.layers[layer].variables.indices {
                direction.layers[layer].variables[tensor] = direction.layers[layer].variables[tensor].map { $0 / length }
            }
        }
        return direction
    }

    fileprivate func inner(_ other: NetworkWeights) -> Double {
        zip(layers.flatMap { $0.variables.flatMap { $0 } }, other.layers.flatMap { $0.variables.flatMap { $0 } })
            .reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }

    fileprivate func moved(along direction: NetworkWeights, by step: Float) -> NetworkWeights {
        var moved = self
        for layer in layers.indices {
            for tensor in layers[layer].variables.indices {
                moved.layers[layer].variables[tensor] = zip(
                    layers[layer].variables[tensor], direction.layers[layer].variables[tensor]
                )
                .map { $0 + step * $1 }
            }
        }
        return moved
    }
}
