import ModelGraph
import TensorCore

/// Long short-term memory over all steps of the window, trained by backpropagation through all of them.
///
/// `[B, T, F]` → `[B, T, U]` or the last step's `[B, U]`. Parameters as in Keras: kernel `[F, 4U]`, recurrent kernel `[U,
/// 4U]`, bias `[4U]`, gates in the order input, forget, candidate, output. The state before the first step is zero, so its
/// products are left out.
struct LSTMLayer: Layer {
    let inputShape: SampleShape
    let units: Int
    let returnSequences: Bool

    private var features: Int { inputShape.features }
    private var steps: Int { inputShape.steps }

    var outputShape: SampleShape { SampleShape(time: returnSequences ? steps : nil, features: units) }

    var variables: [Variable] {
        [
            Variable(
                name: "kernel", shape: [features, 4 * units], initializer: .glorotUniform, transpose: .forInputGradient),
            Variable(
                name: "recurrent_kernel", shape: [units, 4 * units], initializer: .orthogonal, transpose: .always),
            Variable(name: "bias", shape: [4 * units], initializer: .unitForget),
        ]
    }

    func scratchCount(samples: Int) -> Int { Scratch.count(layer: self, samples: samples) }

    func forward(_ pass: LayerPass) {
        let scratch = Scratch(layer: self, pass: pass)
        let kernel = MatrixView(pass.parameters, rows: features, columns: 4 * units)
        let recurrentKernel = MatrixView(pass.parameters + 4 * units * features, rows: units, columns: 4 * units)
        pass.kernels.multiply(
            MatrixView(pass.input, rows: steps * pass.samples, columns: features), kernel,
            into: MutableMatrixView(scratch.gates, rows: steps * pass.samples, columns: 4 * units),
            startingFrom: .bias(pass.parameters + 4 * units * (features + units)))
        for time in 0 ..< steps {
            if time > 0 {
                pass.kernels.multiply(
                    MatrixView(scratch.hidden(time - 1), rows: pass.samples, columns: units), recurrentKernel,
                    into: MutableMatrixView(scratch.gates(time), rows: pass.samples, columns: 4 * units),
                    startingFrom: .current)
            }
            pass.kernels.lstmForward(scratch.step(time), hidden: scratch.hidden(time))
        }
        if !returnSequences { pass.output.update(from: scratch.hidden(steps - 1), count: pass.samples * units) }
    }

    func backward(_ pass: LayerPass, _ gradient: LayerGradient) {
        let scratch = Scratch(layer: self, pass: pass)
        let recurrentTransposed = MatrixView(pass.transposes + 4 * units * features, rows: 4 * units, columns: units)
        scratch.cellGradient.update(repeating: 0, count: pass.samples * units)
        for time in (0 ..< steps).reversed() {
            let isLast = time == steps - 1
            let above: UnsafePointer<Float>? =
                returnSequences
                ? UnsafePointer(gradient.output + time * pass.samples * units)
                : isLast ? UnsafePointer(gradient.output) : nil
            pass.kernels.lstmBackward(
                scratch.step(time), outputGradient: above,
                nextHiddenGradient: isLast ? nil : UnsafePointer(scratch.hiddenGradient),
                cellGradient: scratch.cellGradient)
            if time > 0 {
                pass.kernels.multiply(
                    MatrixView(scratch.gates(time), rows: pass.samples, columns: 4 * units), recurrentTransposed,
                    into: MutableMatrixView(scratch.hiddenGradient, rows: pass.samples, columns: units))
            }
        }
        weightGradients(pass, gradient, scratch)
    }

    /// With the gradients of all weighted sums in place of the gates, each tensor's gradient is one product over all steps.
    private func weightGradients(_ pass: LayerPass, _ gradient: LayerGradient, _ scratch: Scratch) {
        let rows = steps * pass.samples
        let sums = MatrixView(scratch.gates, rows: rows, columns: 4 * units)
        pass.kernels.multiply(
            MatrixView(pass.input, rows: rows, columns: features), transposed: true, sums,
            into: MutableMatrixView(gradient.parameters, rows: features, columns: 4 * units))
        let later = rows - pass.samples
        pass.kernels.multiply(
            MatrixView(scratch.hidden(0), rows: later, columns: units), transposed: true,
            MatrixView(scratch.gates + pass.samples * 4 * units, rows: later, columns: 4 * units),
            into: MutableMatrixView(gradient.parameters + 4 * units * features, rows: units, columns: 4 * units))
        pass.kernels.sumRows(of: sums, into: gradient.parameters + 4 * units * (features + units))
        guard let inputGradient = gradient.input else { return }
        pass.kernels.multiply(
            sums, MatrixView(pass.transposes, rows: 4 * units, columns: features),
            into: MutableMatrixView(inputGradient, rows: rows, columns: features))
    }

    func operation(variables: [Tensor], statistics: [Tensor]) -> LayerOperation {
        .lstm(
            LSTMParameters(
                kernel: variables[0], recurrentKernel: variables[1], bias: variables[2], returnSequences: returnSequences))
    }
}

extension LSTMLayer {
    /// The layer's memory for one shard, time-major.
    private struct Scratch {
        let samples: Int
        let units: Int
        /// `[T, B, 4U]`: weighted sums, then gate activations, then gradients of the sums.
        let gates: UnsafeMutablePointer<Float>
        /// `[T, B, U]` each.
        let cells: UnsafeMutablePointer<Float>
        let cellTanhs: UnsafeMutablePointer<Float>
        let hiddens: UnsafeMutablePointer<Float>
        /// `[B, U]` each.
        let cellGradient: UnsafeMutablePointer<Float>
        let hiddenGradient: UnsafeMutablePointer<Float>

        static func count(layer: LSTMLayer, samples: Int) -> Int {
            let state = samples * layer.units
            return layer.steps * state * (layer.returnSequences ? 6 : 7) + 2 * state
        }

        init(layer: LSTMLayer, pass: LayerPass) {
            samples = pass.samples
            units = layer.units
            let state = samples * units
            gates = pass.scratch
            cells = gates + 4 * layer.steps * state
            cellTanhs = cells + layer.steps * state
            cellGradient = cellTanhs + layer.steps * state
            hiddenGradient = cellGradient + state
            // All hidden states are the output, or else kept here.
            hiddens = layer.returnSequences ? pass.output : hiddenGradient + state
        }

        func gates(_ time: Int) -> UnsafeMutablePointer<Float> { gates + time * samples * 4 * units }
        func hidden(_ time: Int) -> UnsafeMutablePointer<Float> { hiddens + time * samples * units }

        func step(_ time: Int) -> Kernels.LSTMStep {
            let at = time * samples * units
            return Kernels.LSTMStep(
                rows: samples, units: units, gates: gates(time),
                previousCell: time == 0 ? nil : UnsafePointer(cells + at - samples * units), cell: cells + at,
                cellTanh: cellTanhs + at)
        }
    }
}
