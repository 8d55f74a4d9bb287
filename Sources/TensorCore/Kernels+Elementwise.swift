import CKernels

/// Functions of one number that layers apply to each element, as Keras defines them (leaky ReLU with slope 0.2, exact GELU).
public enum ElementwiseFunction: Sendable, Equatable, CaseIterable {
    case linear, relu, sigmoid, tanh, exponential, softplus, elu, selu, gelu, leakyReLU

    var code: ck_activation {
        switch self {
        case .linear: CK_LINEAR
        case .relu: CK_RELU
        case .sigmoid: CK_SIGMOID
        case .tanh: CK_TANH
        case .exponential: CK_EXPONENTIAL
        case .softplus: CK_SOFTPLUS
        case .elu: CK_ELU
        case .selu: CK_SELU
        case .gelu: CK_GELU
        case .leakyReLU: CK_LEAKY_RELU
        }
    }

    /// Whether the derivative needs the function's argument and not only its value.
    public var needsArgument: Bool { self == .gelu }
}

/// Which pseudo-random words decide a block of dropout: Philox 4x32-10 under `key` at (block, part, step).
public struct DropoutStream: Sendable {
    public var key: UInt64
    public var part: UInt32
    public var step: UInt32

    public init(key: UInt64, part: UInt32, step: UInt32) {
        self.key = key
        self.part = part
        self.step = step
    }
}

extension Kernels {
    /// `y = f(z)` for `count` elements; `y` may be `z`.
    public func apply(
        _ function: ElementwiseFunction, count: Int, to z: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>
    ) {
        table.pointee.activate(function.code, count, z, y)
    }

    /// `dz = dy · f'(z)`, from `y = f(z)` and, for functions that need it, `z`; `dz` may be `dy`.
    public func applyDerivative(
        of function: ElementwiseFunction, count: Int, argument z: UnsafePointer<Float>?, value y: UnsafePointer<Float>,
        outputGradient dy: UnsafePointer<Float>, into dz: UnsafeMutablePointer<Float>
    ) {
        precondition(z != nil || !function.needsArgument, "the derivative of \(function) needs its argument")
        table.pointee.activate_backward(function.code, count, z, y, dy, dz)
    }

    /// Each row of `y: [rows, columns]` is the softmax of that row of `z`; `y` may be `z`.
    public func softmax(rows: Int, columns: Int, of z: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>) {
        table.pointee.softmax(rows, columns, z, y)
    }

    /// The sum over `count` elements of `−t log p − (1 − t) log(1 − p)` with `p = sigmoid(z)`; `gradient` becomes `scale` times
    /// its derivative with respect to `z`.
    public func logisticLoss(
        _ z: UnsafePointer<Float>, target t: UnsafePointer<Float>, count: Int, scale: Float,
        gradient: UnsafeMutablePointer<Float>
    ) -> Double {
        table.pointee.logistic_loss(count, z, t, scale, gradient)
    }

    /// `y += x`.
    public func add(_ x: UnsafePointer<Float>, count: Int, to y: UnsafeMutablePointer<Float>) {
        table.pointee.add(count, x, y)
    }

    /// `y = x · scales`; `y` may be `x`.
    public func multiply(
        _ x: UnsafePointer<Float>, by scales: UnsafePointer<Float>, count: Int, into y: UnsafeMutablePointer<Float>
    ) {
        table.pointee.multiply(count, x, scales, y)
    }

    /// Copies the windows of `samples`, `steps` rows of `width` numbers each, into `result: [steps, sample, width]`.
    /// - Parameter ends: the last row of every sample's window; nil when windows lie one after the other.
    /// - Precondition: every window lies inside `rows: [row, width]`.
    public func gather(
        _ samples: UnsafeBufferPointer<Int32>, steps: Int, width: Int, of rows: UnsafePointer<Float>,
        endingAt ends: UnsafePointer<Int32>?, into result: UnsafeMutablePointer<Float>
    ) {
        var windows = ck_windows(
            count: samples.count, steps: steps, width: width, rows: rows, samples: samples.baseAddress, ends: ends)
        table.pointee.gather(&windows, result)
    }

    /// `Σ x²` in float64.
    public func sumOfSquares(_ x: UnsafePointer<Float>, count: Int) -> Double { table.pointee.sum_of_squares(count, x) }

    /// Fills `scales` with 0 for dropped elements (probability `rate`) and `1 / (1 − rate)` for kept ones.
    public func dropoutScales(
        rate: Float, from stream: DropoutStream, count: Int, into scales: UnsafeMutablePointer<Float>
    ) {
        var argument = ck_dropout(
            key: stream.key, part: stream.part, step: stream.step, threshold: UInt32(Double(rate) * 0x1p32),
            scale: 1 / (1 - rate))
        table.pointee.dropout_scales(&argument, count, scales)
    }
}
