import ModelGraph
import Randomness
import TensorCore

@testable import Learners

extension GoldenCase {
    /// Loss and gradients of the whole data as one batch, at the formula's weights.
    func lossAndGradients() throws -> (loss: Double, gradients: NetworkWeights) {
        let start = Golden.weights(like: try NetworkWeights(initial: network, from: RandomStream(seed: 1)))
        return try network.lossAndGradients(of: data, loss: configuration.loss, weights: start)
    }
}

extension SequentialNetwork {
    /// Loss and gradients of all samples as one batch, in training mode.
    func lossAndGradients(
        of data: TrainingData, loss: Loss, weights: NetworkWeights, dropoutKey: UInt64 = 7,
        kernels: Kernels = .best, precision: Precision = .float32
    ) throws -> (loss: Double, gradients: NetworkWeights) {
        let compiled = try CompiledNetwork(
            self, absorbing: loss.absorbedActivation, pairKernels: try precision.pairKernels(beside: kernels))
        let store = try SampleStore(data, for: compiled, loss: loss, purpose: "training")
        let engine = StepEngine(compiled, loss: loss, batchSize: store.count, threads: 1, kernels: kernels)
        try engine.load(weights)
        let order = (0 ..< Int32(store.count)).map { $0 }
        let keys = DropoutKeys(keys: compiled.layers.indices.map { dropoutKey + UInt64($0) }, step: 0)
        let value = order.withUnsafeBufferPointer { engine.lossAndGradients(of: $0, in: store, dropout: keys) }
        let gradients = engine.addGradients(samples: store.count)
        engine.parameters.assign(gradients.values)
        return (value, engine.weights)
    }
}

extension TrainedNetwork {
    /// Outputs without a closing softmax, as the fixtures hold them.
    func logits(_ samples: WindowedRows) throws -> [Float] {
        var open = self
        if case .dense(let units, .softmax, _) = network.layers.last {
            open.network.layers[network.layers.count - 1] = .dense(units: units)
        }
        return try open.predict(samples)
    }
}

extension Loss {
    /// Mean weighted loss of rows of `width` outputs, with its gradient.
    func evaluate(outputs: [Float], width: Int, targets: [Float], weights: [Float]) -> (value: Double, gradient: [Float]) {
        let rows = outputs.count / width
        var gradient = outputs
        let total = gradient.withUnsafeMutableBufferPointer { gradient in
            outputs.withUnsafeBufferPointer { outputs in
                targets.withUnsafeBufferPointer { targets in
                    weights.withUnsafeBufferPointer { weights in
                        evaluate(
                            LossRows(
                                count: rows, width: width, outputs: outputs.baseAddress!, targets: targets.baseAddress!,
                                weights: weights.baseAddress, samples: rows, divisor: Float(rows),
                                gradient: gradient.baseAddress!),
                            kernels: .best)
                    }
                }
            }
        }
        return (total / Double(rows), gradient)
    }
}
