import ModelGraph
import TensorCore

/// The part of a batch that one thread works on at a time, with its own memory for activations and gradients.
///
/// Unchecked sendable: the step engine lets one thread at a time touch a shard.
final class Shard: @unchecked Sendable {
    private let number: Int
    private let shared: Shared
    private let memory: FloatBlock
    private let input: UnsafeMutablePointer<Float>
    private let targets: UnsafeMutablePointer<Float>
    private let weights: UnsafeMutablePointer<Float>
    private let outputs: [UnsafeMutablePointer<Float>]
    private let scratches: [UnsafeMutablePointer<Float>]
    /// The gradient of a layer's output and of its input, taking turns.
    private let gradients: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>)
    /// Laid out like the parameters.
    let parameterGradients: FloatBlock

    /// What all shards of an engine share.
    struct Shared {
        let network: CompiledNetwork
        let loss: Loss
        let kernels: Kernels
        let parameters: FloatBlock
        let statistics: FloatBlock
        let transposes: FloatBlock
    }

    init(number: Int, sharing shared: Shared, capacity: Int) {
        self.number = number
        self.shared = shared
        let network = shared.network
        var layout = BlockLayout()
        let inputPlace = layout.reserve(capacity * network.specification.input.count)
        // No loss has more targets than outputs.
        let targetPlace = layout.reserve(capacity * network.outputShape.count)
        let weightPlace = layout.reserve(capacity)
        let outputPlaces = network.layers.map { layout.reserve(capacity * $0.outputShape.count) }
        let scratchPlaces = network.layers.map { layout.reserve($0.scratchCount(samples: capacity)) }
        let widest = network.layers.reduce(network.specification.input.count) { max($0, $1.outputShape.count) }
        let gradientPlaces = (layout.reserve(capacity * widest), layout.reserve(capacity * widest))
        let memory = FloatBlock(count: layout.count)
        self.memory = memory
        input = memory.base + inputPlace
        targets = memory.base + targetPlace
        weights = memory.base + weightPlace
        outputs = outputPlaces.map { memory.base + $0 }
        scratches = scratchPlaces.map { memory.base + $0 }
        gradients = (memory.base + gradientPlaces.0, memory.base + gradientPlaces.1)
        parameterGradients = FloatBlock(count: network.parameters.total)
    }

    /// What all shards of a step share.
    struct Step {
        let store: SampleStore
        /// Samples of the whole batch, which the mean loss is over.
        let batchCount: Int
        /// Nil outside training.
        let dropout: DropoutKeys?
    }

    /// The outputs of `samples`, `[time, sample, feature]`, valid until the next call.
    func forward(_ samples: UnsafeBufferPointer<Int32>, _ step: Step) -> UnsafePointer<Float> {
        step.store.gather(samples, into: input, kernels: shared.kernels)
        for (index, layer) in shared.network.layers.enumerated() { layer.forward(pass(index, samples.count, step)) }
        return UnsafePointer(outputs[outputs.count - 1])
    }

    /// The summed loss of `samples` after `forward`, before division by the batch, with its gradient in `gradients.0`.
    func loss(_ samples: UnsafeBufferPointer<Int32>, _ step: Step) -> Double {
        let shape = shared.network.outputShape
        step.store.gatherTargets(samples, into: targets, kernels: shared.kernels)
        let isWeighted = step.store.gatherWeights(samples, into: weights)
        let rows = LossRows(
            count: samples.count * shape.steps, width: shape.features, outputs: outputs[outputs.count - 1],
            targets: targets, weights: isWeighted ? UnsafePointer(weights) : nil, samples: samples.count,
            divisor: Float(shape.steps * step.batchCount), gradient: gradients.0)
        return shared.loss.evaluate(rows, kernels: shared.kernels) / Double(shape.steps)
    }

    /// Gradients of all parameters, from the loss's gradient in `gradients.0`.
    func backward(_ samples: UnsafeBufferPointer<Int32>, _ step: Step) {
        var (outputGradient, inputGradient) = gradients
        let network = shared.network
        for index in network.layers.indices.reversed() {
            let learnsBelow = network.needsInputGradient[index]
            network.layers[index].backward(
                pass(index, samples.count, step),
                LayerGradient(
                    output: outputGradient, input: learnsBelow ? inputGradient : nil,
                    parameters: parameterGradients.base + network.parameters.offsets[index]))
            if !learnsBelow { return }
            swap(&outputGradient, &inputGradient)
        }
    }

    private func pass(_ index: Int, _ samples: Int, _ step: Step) -> LayerPass {
        let network = shared.network
        return LayerPass(
            kernels: shared.kernels, samples: samples, input: UnsafePointer(index == 0 ? input : outputs[index - 1]),
            output: outputs[index], parameters: UnsafePointer(shared.parameters.base + network.parameters.offsets[index]),
            statistics: shared.statistics.base + network.statistics.offsets[index],
            transposes: UnsafePointer(shared.transposes.base + network.parameters.offsets[index]), scratch: scratches[index],
            training: step.dropout.map {
                DropoutStream(key: $0.keys[index], part: UInt32(number), step: $0.step)
            })
    }
}

/// The keys of one epoch's dropout, one per layer, and the step in the epoch.
struct DropoutKeys {
    var keys: [UInt64]
    var step: UInt32
}
