import TensorCore

/// The matrix products of an LSTM layer for one shard, in one precision.
protocol LSTMProducts {
    /// Weighted sums of all steps of the input that are read, bias included, into the gates.
    func projectInput()
    /// Adds the weighted sums of the previous step's hidden state to the gates of `time` > 0.
    func addRecurrent(_ time: Int)
    /// Called before the first step backward.
    func beginBackward(_ gradient: LayerGradient)
    /// With the gradients of the weighted sums in the gates of `time`: the gradient of the previous step's hidden state, if
    /// there is one. The gates of `time` and of later steps may be overwritten.
    func backpropagate(_ time: Int, _ gradient: LayerGradient)
    /// All of `gradient` that `backpropagate` has left to do, but for the matrices.
    func endBackward(_ gradient: LayerGradient)
    /// After `endBackward`: the gradients of the two weight matrices.
    func writeKernelGradient(into gradient: UnsafeMutablePointer<Float>)
    func writeRecurrentGradient(into gradient: UnsafeMutablePointer<Float>)
}

extension LSTMLayer {
    /// In float32: each tensor's gradient is one product over all steps, as is the projection of the input. In wide
    /// layers these are large enough to be divided.
    struct FloatProducts: LSTMProducts {
        let layer: LSTMLayer
        let pass: LayerPass
        let memory: Memory

        private var units: Int { layer.units }
        private var features: Int { layer.features }
        private var inputRows: Int { layer.inputSteps * pass.samples }

        func projectInput() {
            pass.kernels.multiply(
                MatrixView(pass.input, rows: inputRows, columns: features),
                MatrixView(pass.parameters, rows: features, columns: 4 * units),
                into: MutableMatrixView(memory.gates, rows: inputRows, columns: 4 * units),
                startingFrom: .bias(pass.parameters + layer.biasOffset),
                // A divided row depends on other rows: a prediction must not on the samples beside it.
                mayDivide: pass.training != nil)
        }

        func addRecurrent(_ time: Int) {
            pass.kernels.multiply(
                MatrixView(memory.hidden(time - 1), rows: pass.samples, columns: units),
                MatrixView(pass.parameters + layer.recurrentOffset, rows: units, columns: 4 * units),
                into: MutableMatrixView(memory.gates(time), rows: pass.samples, columns: 4 * units),
                startingFrom: .current)
        }

        func beginBackward(_ gradient: LayerGradient) {}

        func backpropagate(_ time: Int, _ gradient: LayerGradient) {
            guard time > 0 else { return }
            pass.kernels.multiply(
                MatrixView(memory.gates(time), rows: pass.samples, columns: 4 * units),
                MatrixView(pass.transposes + layer.recurrentOffset, rows: 4 * units, columns: units),
                into: MutableMatrixView(memory.hiddenGradient, rows: pass.samples, columns: units))
        }

        func endBackward(_ gradient: LayerGradient) {
            for time in layer.inputSteps ..< layer.steps {
                pass.kernels.add(memory.gates(time), count: 4 * pass.samples * units, to: memory.gates)
            }
            pass.kernels.sumRows(of: inputSums, into: gradient.parameters + layer.biasOffset)
            guard let inputGradient = gradient.input else { return }
            pass.kernels.multiply(
                inputSums, MatrixView(pass.transposes, rows: 4 * units, columns: features),
                into: MutableMatrixView(inputGradient, rows: inputRows, columns: features), mayDivide: true)
        }

        func writeKernelGradient(into gradient: UnsafeMutablePointer<Float>) {
            pass.kernels.multiply(
                MatrixView(pass.input, rows: inputRows, columns: features), transposed: true, inputSums,
                into: MutableMatrixView(gradient, rows: features, columns: 4 * units), mayDivide: true)
        }

        func writeRecurrentGradient(into gradient: UnsafeMutablePointer<Float>) {
            let later = (layer.steps - 1) * pass.samples
            pass.kernels.multiply(
                MatrixView(memory.hidden(0), rows: later, columns: units), transposed: true,
                MatrixView(memory.gates(1), rows: later, columns: 4 * units),
                into: MutableMatrixView(gradient, rows: units, columns: 4 * units), mayDivide: true)
        }

        /// The gradients of the weighted sums of all steps that are read.
        private var inputSums: MatrixView { MatrixView(memory.gates, rows: inputRows, columns: 4 * units) }
    }
}
