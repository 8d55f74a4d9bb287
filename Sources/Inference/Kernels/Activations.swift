import CInference
import Foundation
import ModelGraph

extension Activation {
    /// Applies the function in place to `[rows, columns]` values; softmax, log_softmax and
    /// sparsemax look at whole rows.
    ///
    /// Bounds: reads and writes below `rows · columns`.
    func apply(_ values: UnsafeMutablePointer<Float>, rows: Int, columns: Int) {
        switch self {
        case .softmax: for row in 0 ..< rows { Self.softmax(values + row * columns, count: columns) }
        case .logSoftmax: for row in 0 ..< rows { Self.logSoftmax(values + row * columns, count: columns) }
        case .sparsemax: for row in 0 ..< rows { Self.sparsemax(values + row * columns, count: columns) }
        default: apply(values, count: rows * columns)
        }
    }

    private func apply(_ values: UnsafeMutablePointer<Float>, count: Int) {
        @inline(__always)
        func map(_ function: (Float) -> Float) {
            for index in 0 ..< count { values[index] = function(values[index]) }
        }
        switch self {
        case .linear: break
        case .relu: map(Self.relu)
        case .relu6: map { Self.clip($0, 0, 6) }
        case .sigmoid: cinference_sigmoid(values, count)
        case .tanh: cinference_tanh(values, count)
        case .exponential: map { exp($0) }
        case .softplus: map(Self.softplus)
        case .elu, .celu: map { Self.elu($0, alpha: 1) }
        case .selu: map(Self.selu)
        case .gelu: map(Self.gelu)
        case .silu: map { $0 * Self.sigmoid($0) }
        case .mish: map { $0 * Self.hyperbolicTangent(Self.softplus($0)) }
        case .softsign: map { $0 / (1 + $0.magnitude) }
        case .squareplus: map { ($0 + ($0 * $0 + 4).squareRoot()) / 2 }
        case .leakyReLU: map { Self.leakyReLU($0, slope: 0.2) }
        case .hardSigmoid: map { Self.clip($0 + 3, 0, 6) / 6 }
        case .hardSigmoidKeras2: map { Self.clip(0.2 * $0 + 0.5, 0, 1) }
        case .hardSiLU: map { $0 * (Self.clip($0 + 3, 0, 6) / 6) }
        case .hardTanh: map { Self.clip($0, -1, 1) }
        case .hardShrink: map { $0.magnitude <= 0.5 ? 0 : $0 }
        case .softShrink: map { Self.shrink($0, limit: 0.5, bias: 0.5) }
        case .tanhShrink: map { $0 - Self.hyperbolicTangent($0) }
        case .logSigmoid: map { -Self.softplus(-$0) }
        case .sparsePlus: map { $0 <= -1 ? 0 : $0 >= 1 ? $0 : ($0 + 1) * ($0 + 1) / 4 }
        case .sparseSigmoid: map { Self.clip($0 + 1, 0, 2) / 2 }
        case .softmax, .logSoftmax, .sparsemax: preconditionFailure("\(self) looks at more than one value")
        }
    }

    /// NaN stays NaN.
    static func relu(_ x: Float) -> Float { x < 0 ? 0 : x }

    /// `ln(1 + eˣ)` without overflow.
    static func softplus(_ x: Float) -> Float { max(x, 0) + log1p(exp(-abs(x))) }

    static func elu(_ x: Float, alpha: Float) -> Float { x < 0 ? alpha * expm1(x) : x }

    /// Klambauer et al. 2017; the constants are the paper's.
    static func selu(_ x: Float) -> Float { 1.05070102 * elu(x, alpha: 1.67326319) }

    /// The exact form, not the tanh approximation.
    static func gelu(_ x: Float) -> Float { 0.5 * x * (1 + erf(x * Float(0.5.squareRoot()))) }

    static func leakyReLU(_ x: Float, slope: Float) -> Float { x < 0 ? slope * x : x }

    /// Shifted by the largest value, so that nothing overflows.
    static func softmax(_ values: UnsafeMutablePointer<Float>, count: Int) {
        var largest = -Float.infinity
        for index in 0 ..< count { largest = max(largest, values[index]) }
        var sum: Float = 0
        for index in 0 ..< count {
            values[index] = exp(values[index] - largest)
            sum += values[index]
        }
        for index in 0 ..< count { values[index] /= sum }
    }

    /// NaN stays NaN.
    @inline(__always)
    static func clip(_ x: Float, _ low: Float, _ high: Float) -> Float { x < low ? low : x > high ? high : x }

    /// ONNX' Shrink: 0 up to the limit, beyond it moved towards 0 by `bias`. NaN stays NaN.
    @inline(__always)
    static func shrink(_ x: Float, limit: Float, bias: Float) -> Float {
        x < -limit ? x + bias : x > limit ? x - bias : x.isNaN ? x : 0
    }

    static func logSoftmax(_ values: UnsafeMutablePointer<Float>, count: Int) {
        var largest = -Float.infinity
        for index in 0 ..< count { largest = max(largest, values[index]) }
        var sum: Float = 0
        for index in 0 ..< count { sum += exp(values[index] - largest) }
        let logarithm = log(sum)
        for index in 0 ..< count { values[index] = values[index] - largest - logarithm }
    }

    /// As `Activation.sparsemax` says.
    static func sparsemax(_ values: UnsafeMutablePointer<Float>, count: Int) {
        var (sum, total, kept) = (Float(0), Float(0), Float(0))
        for (index, value) in UnsafeBufferPointer(start: values, count: count).sorted(by: >).enumerated() {
            sum += value
            guard value > (sum - 1) / Float(index + 1) else { continue }
            total += sum
            kept += 1
        }
        let threshold = sum.isNaN ? .nan : (total - 1) / kept
        for index in 0 ..< count { values[index] = relu(values[index] - threshold) }
    }

    static func sigmoid(_ x: Float) -> Float { cinference_sigmoid_of(x) }

    static func hyperbolicTangent(_ x: Float) -> Float { cinference_tanh_of(x) }
}
