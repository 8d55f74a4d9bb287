/// How gradients change weights; defaults as in Keras 3.
public enum Optimiser: Sendable, Equatable, Codable {
    /// Kingma, Ba 2015. `epsilon` is added to the root of the uncorrected second moment ("epsilon hat" in the paper).
    case adam(learningRate: Float = 0.001, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Float = 1e-7)
    /// Stochastic gradient descent: `velocity = momentum · velocity − rate · gradient; weights += velocity`.
    case stochasticGradientDescent(learningRate: Float = 0.01, momentum: Float = 0)

    public var learningRate: Float {
        switch self {
        case .adam(let learningRate, _, _, _), .stochasticGradientDescent(let learningRate, _): learningRate
        }
    }
}
