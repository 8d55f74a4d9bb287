import ModelGraph
import TensorCore

/// `activation(x · kernel + bias)` over the last axis; kernel `[features, units]`, bias `[units]`.
struct DenseLayer: Layer {
    let inputShape: SampleShape
    let units: Int
    let activation: Activation
    let initializer: Initializer
    let timeDistributed: Bool

    var outputShape: SampleShape { SampleShape(time: inputShape.time, features: units) }

    var variables: [Variable] {
        [
            Variable(name: "kernel", shape: [inputShape.features, units], initializer: initializer),
            Variable(name: "bias", shape: [units], initializer: .zeros),
        ]
    }

    /// The weighted sums, for activations whose derivative needs them.
    func scratchCount(samples: Int) -> Int { activation.needsArgument ? samples * outputShape.count : 0 }

    func forward(_ pass: LayerPass) {
        let rows = pass.samples * inputShape.steps
        let sums = activation.needsArgument ? pass.scratch : pass.output
        pass.kernels.multiply(
            MatrixView(pass.input, rows: rows, columns: inputShape.features),
            MatrixView(pass.parameters, rows: inputShape.features, columns: units),
            into: MutableMatrixView(sums, rows: rows, columns: units),
            startingFrom: .bias(pass.parameters + inputShape.features * units))
        activation.apply(rows: rows, columns: units, to: sums, into: pass.output, kernels: pass.kernels)
    }

    func backward(_ pass: LayerPass, _ gradient: LayerGradient) {
        let rows = pass.samples * inputShape.steps
        activation.applyDerivative(
            rows: rows, columns: units, argument: pass.scratch, value: pass.output, gradient: gradient.output,
            kernels: pass.kernels)
        let sumGradient = MatrixView(gradient.output, rows: rows, columns: units)
        pass.kernels.multiply(
            MatrixView(pass.input, rows: rows, columns: inputShape.features), transposed: true, sumGradient,
            into: MutableMatrixView(gradient.parameters, rows: inputShape.features, columns: units))
        pass.kernels.sumRows(of: sumGradient, into: gradient.parameters + inputShape.features * units)
        guard let inputGradient = gradient.input else { return }
        pass.kernels.multiply(
            sumGradient, byTransposeOf: MatrixView(pass.parameters, rows: inputShape.features, columns: units),
            into: MutableMatrixView(inputGradient, rows: rows, columns: inputShape.features))
    }

    func operation(variables: [Tensor], statistics: [Tensor]) -> LayerOperation {
        let dense = LayerOperation.dense(
            DenseParameters(kernel: variables[0], bias: variables[1], activation: activation))
        return timeDistributed ? .timeDistributed(dense) : dense
    }
}
