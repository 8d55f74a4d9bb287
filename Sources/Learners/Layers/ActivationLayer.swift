import ModelGraph
import TensorCore

extension Activation {
    /// The kernel's name; nothing for softmax, which is not elementwise, and for those that are not trained here.
    private var elementwise: ElementwiseFunction? {
        switch self {
        case .linear: .linear
        case .relu: .relu
        case .sigmoid: .sigmoid
        case .tanh: .tanh
        case .exponential: .exponential
        case .softplus: .softplus
        case .elu: .elu
        case .selu: .selu
        case .gelu: .gelu
        case .leakyReLU: .leakyReLU
        default: nil
        }
    }

    /// Whether networks can be trained with it. The others are read and run only.
    var isTrainable: Bool { self == .softmax || elementwise != nil }

    var needsArgument: Bool { elementwise?.needsArgument ?? false }

    /// `y = f(z)` for `[rows, columns]`, softmax over columns; `y` may be `z`.
    func apply(
        rows: Int, columns: Int, to z: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, kernels: Kernels
    ) {
        guard let function = elementwise else { return kernels.softmax(rows: rows, columns: columns, of: z, into: y) }
        if function == .linear && UnsafePointer(y) == z { return }
        kernels.apply(function, count: rows * columns, to: z, into: y)
    }

    /// Turns the gradient of `y` into that of `z`, in place; `z` is read only if `needsArgument`.
    func applyDerivative(
        rows: Int, columns: Int, argument z: UnsafePointer<Float>, value y: UnsafePointer<Float>,
        gradient: UnsafeMutablePointer<Float>, kernels: Kernels
    ) {
        guard let function = elementwise else {
            return Self.applySoftmaxDerivative(rows: rows, columns: columns, value: y, gradient: gradient)
        }
        if function == .linear { return }
        kernels.applyDerivative(
            of: function, count: rows * columns, argument: z, value: y, outputGradient: gradient, into: gradient)
    }

    /// `dz = y (dy − Σ y dy)` per row.
    private static func applySoftmaxDerivative(
        rows: Int, columns: Int, value: UnsafePointer<Float>, gradient: UnsafeMutablePointer<Float>
    ) {
        for row in 0 ..< rows {
            let (y, dy) = (value + row * columns, gradient + row * columns)
            var inner: Float = 0
            for i in 0 ..< columns { inner += y[i] * dy[i] }
            for i in 0 ..< columns { dy[i] = y[i] * (dy[i] - inner) }
        }
    }
}

/// An activation as a layer of its own.
struct ActivationLayer: Layer {
    let inputShape: SampleShape
    let activation: Activation

    var outputShape: SampleShape { inputShape }

    func forward(_ pass: LayerPass) {
        activation.apply(
            rows: pass.samples * inputShape.steps, columns: inputShape.features, to: pass.input, into: pass.output,
            kernels: pass.kernels)
    }

    func backward(_ pass: LayerPass, _ gradient: LayerGradient) {
        activation.applyDerivative(
            rows: pass.samples * inputShape.steps, columns: inputShape.features, argument: pass.input, value: pass.output,
            gradient: gradient.output, kernels: pass.kernels)
        gradient.input?.update(from: gradient.output, count: pass.samples * inputShape.count)
    }

    func operation(variables: [Tensor], statistics: [Tensor]) -> LayerOperation { .activation(activation) }
}
