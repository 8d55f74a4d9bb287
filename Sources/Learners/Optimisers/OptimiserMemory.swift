import Foundation
import TensorCore

/// An optimiser at work: its running averages, one block as long as the parameters for each.
final class OptimiserMemory: Sendable {
    let optimiser: Optimiser
    let averages: [FloatBlock]

    init(_ optimiser: Optimiser, parameterCount: Int) {
        self.optimiser = optimiser
        let blocks =
            switch optimiser {
            case .adam: 2
            case .stochasticGradientDescent: 1
            }
        averages = (0 ..< blocks).map { _ in FloatBlock(count: parameterCount) }
    }

    /// The factor of step number `step` (from 1): Adam's corrects the learning rate for averages that began at zero.
    func stepSize(learningRate: Float, step: Int) -> Float {
        switch optimiser {
        case .adam(_, let beta1, let beta2, _):
            // In float32 as Keras computes it, rounding of beta2 included.
            let correction1 = 1 - powf(Float(beta1), Float(step)), correction2 = 1 - powf(Float(beta2), Float(step))
            return learningRate * correction2.squareRoot() / correction1
        case .stochasticGradientDescent:
            return learningRate
        }
    }

    /// One step for the parameters in `range`.
    func update(
        _ parameters: UnsafeMutablePointer<Float>, with gradient: Kernels.Gradient, range: Range<Int>, stepSize: Float,
        kernels: Kernels
    ) {
        switch optimiser {
        case .adam(_, let beta1, let beta2, let epsilon):
            kernels.adam(
                beta1: beta1, beta2: beta2, epsilon: epsilon, stepSize: stepSize, gradient: gradient, range: range,
                m: averages[0].base, v: averages[1].base, weights: parameters)
        case .stochasticGradientDescent(_, let momentum):
            kernels.momentumStep(
                rate: stepSize, momentum: momentum, gradient: gradient, range: range, velocity: averages[0].base,
                weights: parameters)
        }
    }
}
