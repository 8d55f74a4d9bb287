import Foundation
import TensorCore

extension Loss {
    /// Loss and gradient of one row.
    ///
    /// - Parameters:
    ///   - y: the row's `n` outputs, before an absorbed activation.
    ///   - gradient: on entry softmax(y) for the losses that absorb it, else anything; on return `scale` times the
    ///     derivative of the loss with respect to `y`.
    func evaluate(
        _ y: UnsafePointer<Float>, target: UnsafePointer<Float>, count n: Int, scale: Float,
        gradient: UnsafeMutablePointer<Float>
    ) -> Double {
        switch self {
        case .meanSquaredError:
            return Self.sumOfErrors(y, target, n, scale / Float(n), gradient) { ($0 * $0, 2 * $0) }
        case .meanAbsoluteError:
            return Self.sumOfErrors(y, target, n, scale / Float(n), gradient) { (abs($0), $0 == 0 ? 0 : $0 < 0 ? -1 : 1) }
        case .huber(let delta):
            return Self.sumOfErrors(y, target, n, scale / Float(n), gradient) { error in
                let size = abs(error)
                return size <= delta
                    ? (0.5 * error * error, error) : (delta * (size - 0.5 * delta), error < 0 ? -delta : delta)
            }
        case .binaryCrossEntropy:
            return Self.binaryCrossEntropy(y, target, n, scale, gradient)
        case .categoricalCrossEntropy:
            return Self.crossEntropy(y, n, scale, gradient) { target[$0] }
        case .sparseCategoricalCrossEntropy:
            let truth = Int(target[0])
            return Self.crossEntropy(y, n, scale, gradient) { $0 == truth ? 1 : 0 }
        case .setLikelihood:
            return Self.setLikelihood(y, target, n, scale, gradient)
        case .expectedCost:
            return Self.expectedCost(target, n, scale, gradient)
        }
    }

    /// `Σ f(y − t) / n`, for `f` giving value and derivative.
    @inline(__always)
    private static func sumOfErrors(
        _ y: UnsafePointer<Float>, _ target: UnsafePointer<Float>, _ n: Int, _ scale: Float,
        _ gradient: UnsafeMutablePointer<Float>, _ f: (Float) -> (value: Float, slope: Float)
    ) -> Double {
        var total = 0.0
        for i in 0 ..< n {
            let (value, slope) = f(y[i] - target[i])
            total += Double(value)
            gradient[i] = scale * slope
        }
        return total / Double(n)
    }

    private static func binaryCrossEntropy(
        _ y: UnsafePointer<Float>, _ target: UnsafePointer<Float>, _ n: Int, _ scale: Float,
        _ gradient: UnsafeMutablePointer<Float>
    ) -> Double {
        var total = 0.0
        for i in 0 ..< n {
            let (logit, truth) = (Double(y[i]), Double(target[i]))
            let decay = exp(-abs(logit))
            total += max(logit, 0) - logit * truth + log1p(decay)
            let probability = (logit >= 0 ? 1 : decay) / (1 + decay)
            gradient[i] = scale * Float((probability - truth) / Double(n))
        }
        return total / Double(n)
    }

    /// `Σ t (log Σ e^y − y)`, derivative `p Σ t − t`.
    @inline(__always)
    private static func crossEntropy(
        _ y: UnsafePointer<Float>, _ n: Int, _ scale: Float, _ gradient: UnsafeMutablePointer<Float>,
        _ target: (Int) -> Float
    ) -> Double {
        let logSum = logSumOfExponentials(y, n, probabilities: gradient)
        var (total, mass) = (0.0, Float(0))
        for i in 0 ..< n {
            total += Double(target(i)) * (logSum - Double(y[i]))
            mass += target(i)
        }
        for i in 0 ..< n { gradient[i] = scale * (gradient[i] * mass - target(i)) }
        return total
    }

    /// `−log P` with `P = Σ_S p`, derivative `p − p_S` with `p_S = p / P` inside the set and 0 outside.
    private static func setLikelihood(
        _ y: UnsafePointer<Float>, _ set: UnsafePointer<Float>, _ n: Int, _ scale: Float,
        _ gradient: UnsafeMutablePointer<Float>
    ) -> Double {
        var mass: Float = 0
        for i in 0 ..< n { mass += gradient[i] * set[i] }
        guard mass > 1e-20 else { return improbableSet(y, set, n, scale, gradient) }
        for i in 0 ..< n { gradient[i] = scale * gradient[i] * (1 - set[i] / mass) }
        return -log(Double(mass))
    }

    /// The same from logarithms, for sets whose probabilities are too small to be accurate.
    private static func improbableSet(
        _ y: UnsafePointer<Float>, _ set: UnsafePointer<Float>, _ n: Int, _ scale: Float,
        _ gradient: UnsafeMutablePointer<Float>
    ) -> Double {
        let logSum = logSumOfExponentials(y, n, probabilities: gradient)
        var largest = -Float.infinity
        for i in 0 ..< n where set[i] == 1 { largest = max(largest, y[i]) }
        var sum = 0.0
        for i in 0 ..< n where set[i] == 1 { sum += exp(Double(y[i] - largest)) }
        for i in 0 ..< n {
            let inside = set[i] == 1 ? Float(exp(Double(y[i] - largest)) / sum) : 0
            gradient[i] = scale * (gradient[i] - inside)
        }
        return logSum - Double(largest) - log(sum)
    }

    /// `C = Σ p t`, derivative `p (t − C)`.
    private static func expectedCost(
        _ cost: UnsafePointer<Float>, _ n: Int, _ scale: Float, _ gradient: UnsafeMutablePointer<Float>
    ) -> Double {
        var expected = 0.0
        for i in 0 ..< n { expected += Double(gradient[i]) * Double(cost[i]) }
        for i in 0 ..< n { gradient[i] = scale * gradient[i] * Float(Double(cost[i]) - expected) }
        return expected
    }

    /// The largest `y` has the probability `e^y / Σ e^y`, so `log Σ e^y` follows from it without overflow.
    private static func logSumOfExponentials(
        _ y: UnsafePointer<Float>, _ n: Int, probabilities: UnsafePointer<Float>
    ) -> Double {
        var best = 0
        for i in 1 ..< max(n, 1) where y[i] > y[best] { best = i }
        return Double(y[best]) - log(Double(probabilities[best]))
    }
}
