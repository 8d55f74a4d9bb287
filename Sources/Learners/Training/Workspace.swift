import ModelGraph
import TensorCore

/// One thread's memory for the activations of a shard, and what the thread does there: shard after shard uses the same
/// memory, which so stays in the nearest caches.
///
/// Unchecked sendable: the step engine gives each thread a workspace of its own, in which others work only on
/// late gradients, each in memory of its own, while that thread waits for them.
final class Workspace: @unchecked Sendable {
    private let shared: Shared
    private let memory: FloatBlock
    private let input: UnsafeMutablePointer<Float>
    private let targets: UnsafeMutablePointer<Float>
    private let weights: UnsafeMutablePointer<Float>
    private let outputs: [UnsafeMutablePointer<Float>]
    private let scratches: [UnsafeMutablePointer<Float>]
    /// The gradient of a layer's output and of its input, taking turns.
    private let gradients: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>)
    /// What `backward` was last called for.
    private var current: (shard: Shard, step: Step)?

    /// What all threads of an engine share.
    struct Shared {
        let network: CompiledNetwork
        let loss: Loss
        let kernels: Kernels
        let parameters: FloatBlock
        let statistics: FloatBlock
        let transposes: FloatBlock
    }

    /// - Parameter capacity: samples of the largest shard.
    init(sharing shared: Shared, capacity: Int) {
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
    }

    /// A part of a batch.
    struct Shard {
        /// In the batch, from 0.
        let number: Int
        let samples: UnsafeBufferPointer<Int32>
        /// Of the shard's loss, laid out like the parameters.
        let parameterGradients: UnsafeMutablePointer<Float>
    }

    /// What all shards of a step share.
    struct Step {
        let store: SampleStore
        /// Samples of the whole batch, which the mean loss is over.
        let batchCount: Int
        /// Nil outside training.
        let dropout: DropoutKeys?
    }

    /// The outputs of the shard, `[time, sample, feature]`, valid until the next call.
    func forward(_ shard: Shard, _ step: Step) -> UnsafePointer<Float> {
        step.store.gather(shard.samples, into: input, kernels: shared.kernels)
        for (index, layer) in shared.network.layers.enumerated() { layer.forward(pass(index, shard, step)) }
        return UnsafePointer(outputs[outputs.count - 1])
    }

    /// The summed loss of the shard after `forward`, before division by the batch, with its gradient in `gradients.0`.
    func loss(_ shard: Shard, _ step: Step) -> Double {
        let samples = shard.samples
        let shape = shared.network.outputShape
        step.store.gatherTargets(samples, into: targets, kernels: shared.kernels)
        let isWeighted = step.store.gatherWeights(samples, into: weights)
        let rows = LossRows(
            count: samples.count * shape.steps, width: shape.features, outputs: outputs[outputs.count - 1],
            targets: targets, weights: isWeighted ? UnsafePointer(weights) : nil, samples: samples.count,
            divisor: Float(shape.steps * step.batchCount), gradient: gradients.0)
        return shared.loss.evaluate(rows, kernels: shared.kernels) / Double(shape.steps)
    }

    /// The shard's parameter gradients but for the late ones, from the loss's gradient in `gradients.0`.
    func backward(_ shard: Shard, _ step: Step) {
        current = (shard, step)
        var (outputGradient, inputGradient) = gradients
        let network = shared.network
        for index in network.layers.indices.reversed() {
            let learnsBelow = network.needsInputGradient[index]
            network.layers[index].backward(
                pass(index, shard, step),
                LayerGradient(
                    output: outputGradient, input: learnsBelow ? inputGradient : nil,
                    parameters: shard.parameterGradients + network.parameters.offsets[index]))
            if !learnsBelow { return }
            swap(&outputGradient, &inputGradient)
        }
    }

    /// One of the network's late gradients, after `backward`; on any thread, different ones at the same time.
    func writeLateGradient(_ number: Int) {
        guard let (shard, step) = current else { preconditionFailure("there is no gradient before the backward pass") }
        let network = shared.network
        let (layer, variable) = network.lateGradients[number]
        network.layers[layer].writeLateGradient(
            ofVariable: variable, pass(layer, shard, step),
            into: shard.parameterGradients + network.parameters.offsets[layer])
    }

    private func pass(_ index: Int, _ shard: Shard, _ step: Step) -> LayerPass {
        let network = shared.network
        return LayerPass(
            kernels: shared.kernels, samples: shard.samples.count, input: UnsafePointer(index == 0 ? input : outputs[index - 1]),
            output: outputs[index], parameters: UnsafePointer(shared.parameters.base + network.parameters.offsets[index]),
            statistics: shared.statistics.base + network.statistics.offsets[index],
            transposes: UnsafePointer(shared.transposes.base + network.parameters.offsets[index]), scratch: scratches[index],
            training: step.dropout.map {
                DropoutStream(key: $0.keys[index], part: UInt32(shard.number), step: $0.step)
            })
    }
}

/// The keys of one epoch's dropout, one per layer, and the step in the epoch.
struct DropoutKeys {
    var keys: [UInt64]
    var step: UInt32
}
