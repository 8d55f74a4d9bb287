import ModelGraph
import TensorCore

/// `[B, U]` → `[B, count, U]`.
struct RepeatVectorLayer: Layer {
    let inputShape: SampleShape
    let count: Int
    /// Whether the layer above reads the first step only, and gives the gradients of all of them as the first step's.
    let isReadOnce: Bool

    var outputShape: SampleShape { SampleShape(time: count, features: inputShape.features) }

    func forward(_ pass: LayerPass) {
        let size = pass.samples * inputShape.features
        for time in 0 ..< stepsUsed { (pass.output + time * size).update(from: pass.input, count: size) }
    }

    func backward(_ pass: LayerPass, _ gradient: LayerGradient) {
        guard let inputGradient = gradient.input else { return }
        let size = pass.samples * inputShape.features
        inputGradient.update(from: gradient.output, count: size)
        for time in 1 ..< stepsUsed { pass.kernels.add(gradient.output + time * size, count: size, to: inputGradient) }
    }

    private var stepsUsed: Int { isReadOnce ? 1 : count }

    func operation(variables: [Tensor], statistics: [Tensor]) -> LayerOperation { .repeatVector(count: count) }
}

/// `[B, T, F]` → `[B, T · F]`: a change of order only, since activations are time-major.
struct FlattenLayer: Layer {
    let inputShape: SampleShape

    var outputShape: SampleShape { .row(features: inputShape.count) }

    func forward(_ pass: LayerPass) {
        inputShape.copyToSampleMajor(pass.input, samples: pass.samples, to: pass.output)
    }

    func backward(_ pass: LayerPass, _ gradient: LayerGradient) {
        guard let inputGradient = gradient.input else { return }
        let (steps, features) = (inputShape.steps, inputShape.features)
        for time in 0 ..< steps {
            for sample in 0 ..< pass.samples {
                (inputGradient + (time * pass.samples + sample) * features)
                    .update(from: gradient.output + (sample * steps + time) * features, count: features)
            }
        }
    }

    func operation(variables: [Tensor], statistics: [Tensor]) -> LayerOperation { .flatten }
}
