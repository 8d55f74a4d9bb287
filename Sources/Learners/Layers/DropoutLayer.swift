import ModelGraph
import TensorCore

/// Inverted dropout (Srivastava et al. 2014). Decisions come from a counter-based stream, so they depend on the seed, layer,
/// epoch, step and place in the batch only.
struct DropoutLayer: Layer {
    let inputShape: SampleShape
    let rate: Float

    var outputShape: SampleShape { inputShape }

    /// The scale of each element.
    func scratchCount(samples: Int) -> Int { samples * inputShape.count }

    func forward(_ pass: LayerPass) {
        let count = pass.samples * inputShape.count
        guard let stream = pass.training, rate > 0 else { return pass.output.update(from: pass.input, count: count) }
        pass.kernels.dropoutScales(rate: rate, from: stream, count: count, into: pass.scratch)
        pass.kernels.multiply(pass.input, by: pass.scratch, count: count, into: pass.output)
    }

    func backward(_ pass: LayerPass, _ gradient: LayerGradient) {
        guard let inputGradient = gradient.input else { return }
        let count = pass.samples * inputShape.count
        guard pass.training != nil, rate > 0 else { return inputGradient.update(from: gradient.output, count: count) }
        pass.kernels.multiply(gradient.output, by: pass.scratch, count: count, into: inputGradient)
    }

    func operation(variables: [Tensor], statistics: [Tensor]) -> LayerOperation { .dropout(rate: rate) }
}
