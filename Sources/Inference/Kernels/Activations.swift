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
        case .sigmoid: map(Self.sigmoid)
        case .tanh: map(Self.hyperbolicTangent)
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

    /// Recurrent layers spend a third of their time in these two, so they are written for the compiler to vectorise: no
    /// branch, no call. The vector and the scalar form do the same operations and give the same bits.
    @inline(__always)
    static func sigmoid(_ x: Float) -> Float { 1 / (1 + boundedExponential(-x)) }

    /// Cephes' tanhf: a polynomial near zero, where `1 − e` would cancel, the exponential form elsewhere; relative
    /// error below 2e-7.
    @inline(__always)
    static func hyperbolicTangent(_ x: Float) -> Float {
        let square = x * x
        var polynomial: Float = -5.70498872745e-3
        polynomial = polynomial * square + 2.06390887954e-2
        polynomial = polynomial * square - 5.37397155531e-2
        polynomial = polynomial * square + 1.33314422036e-1
        polynomial = polynomial * square - 3.33332819422e-1
        let small = polynomial * square * x + x
        let decay = boundedExponential(-2 * x.magnitude)
        let large = (1 - decay) / (1 + decay)
        return x.magnitude < 0.625 ? small : x < 0 ? -large : large
    }

    /// `eˣ` with x clamped to ±87, where float32 neither overflows nor loses precision; relative error below 2e-7
    /// (Cephes' expf: `eˣ = 2ⁿ eʳ`, a polynomial in r).
    @inline(__always)
    private static func boundedExponential(_ unbounded: Float) -> Float {
        let x = max(min(unbounded, 87), -87)
        // Adding 1.5 · 2²³ rounds to an integer, which then stands in the low bits.
        let shifted = x * 1.44269504 + 12_582_912
        let power = shifted - 12_582_912
        let rest = x - power * 0.693359375 + power * 2.12194440e-4
        var polynomial: Float = 1.9875691500e-4
        polynomial = polynomial * rest + 1.3981999507e-3
        polynomial = polynomial * rest + 8.3334519073e-3
        polynomial = polynomial * rest + 4.1665795894e-2
        polynomial = polynomial * rest + 1.6666665459e-1
        polynomial = polynomial * rest + 5.0000001201e-1
        let scale = Float(bitPattern: (shifted.bitPattern &- 0x4B40_0000 &+ 127) &<< 23)
        return (polynomial * rest * rest + rest + 1) * scale
    }
}
