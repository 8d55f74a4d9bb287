import Foundation
import ModelGraph
import TensorCore

/// Outputs of a network in training, what they should have been, and where their gradient goes.
struct LossRows {
    let count: Int
    /// Outputs per row.
    let width: Int
    /// `[count, width]`, before an absorbed activation.
    let outputs: UnsafePointer<Float>
    /// `[count, target width]`.
    let targets: UnsafePointer<Float>
    /// One for each of `samples`, all 1 when nil; rows are time-major, so every time step has them again.
    let weights: UnsafePointer<Float>?
    let samples: Int
    /// What the sum of losses is divided by where a gradient is taken of it.
    let divisor: Float
    /// `[count, width]`: written.
    let gradient: UnsafeMutablePointer<Float>

    /// The weighted sum of `loss(y, t, scale, gradient)` over all rows, in their order.
    @inline(__always)
    fileprivate func sum(
        targetWidth: Int,
        _ loss: (UnsafePointer<Float>, UnsafePointer<Float>, _ scale: Float, UnsafeMutablePointer<Float>) -> Double
    ) -> Double {
        var total = 0.0
        for row in 0 ..< count {
            let weight = weights.map { $0[row % samples] } ?? 1
            total +=
                Double(weight)
                * loss(outputs + row * width, targets + row * targetWidth, weight / divisor, gradient + row * width)
        }
        return total
    }
}

extension Loss {
    /// The sum of the rows' losses, each times its weight; the gradient is that of this sum over `divisor`.
    func evaluate(_ rows: LossRows, kernels: Kernels) -> Double {
        let n = rows.width
        if absorbedActivation == .softmax {
            kernels.softmax(rows: rows.count, columns: n, of: rows.outputs, into: rows.gradient)
        }
        switch self {
        case .meanSquaredError:
            return rows.sum(targetWidth: n) { y, target, scale, gradient in
                Self.sumOfErrors(y, target, n, scale / Float(n), gradient) { ($0 * $0, 2 * $0) }
            }
        case .meanAbsoluteError:
            return rows.sum(targetWidth: n) { y, target, scale, gradient in
                Self.sumOfErrors(y, target, n, scale / Float(n), gradient) { (abs($0), $0 == 0 ? 0 : $0 < 0 ? -1 : 1) }
            }
        case .huber(let delta):
            return rows.sum(targetWidth: n) { y, target, scale, gradient in
                Self.sumOfErrors(y, target, n, scale / Float(n), gradient) { error in
                    let size = abs(error)
                    return size <= delta
                        ? (0.5 * error * error, error) : (delta * (size - 0.5 * delta), error < 0 ? -delta : delta)
                }
            }
        case .binaryCrossEntropy:
            return Self.binaryCrossEntropy(rows, kernels)
        case .categoricalCrossEntropy:
            return rows.sum(targetWidth: n) { y, target, scale, gradient in
                Self.crossEntropy(y, n, scale, gradient) { target[$0] }
            }
        case .sparseCategoricalCrossEntropy:
            return rows.sum(targetWidth: 1) { y, target, scale, gradient in
                let truth = Int(target[0])
                return Self.crossEntropy(y, n, scale, gradient) { $0 == truth ? 1 : 0 }
            }
        case .setLikelihood:
            return rows.sum(targetWidth: n) { Self.setLikelihood($0, $1, n, $2, $3) }
        case .expectedCost:
            return rows.sum(targetWidth: n) { Self.expectedCost($1, n, $2, $3) }
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

    /// Rows of equal weight are one long row.
    private static func binaryCrossEntropy(_ rows: LossRows, _ kernels: Kernels) -> Double {
        let n = rows.width
        guard rows.weights != nil else {
            return kernels.logisticLoss(
                rows.outputs, target: rows.targets, count: rows.count * n, scale: 1 / (rows.divisor * Float(n)),
                gradient: rows.gradient) / Double(n)
        }
        return rows.sum(targetWidth: n) { y, target, scale, gradient in
            kernels.logisticLoss(y, target: target, count: n, scale: scale / Float(n), gradient: gradient) / Double(n)
        }
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
