import CKernels

extension Kernels {
    /// The memory of one time step of an LSTM layer. `B` rows, `U` units, gates in Keras' order: input, forget, candidate,
    /// output.
    public struct LSTMStep {
        public var rows: Int
        public var units: Int
        /// `[B, 4U]`: the forward pass turns weighted sums into gate activations, the backward pass those into gradients of
        /// the sums.
        public var gates: UnsafeMutablePointer<Float>
        /// Cell state before the step, `[B, U]`; nil is zero.
        public var previousCell: UnsafePointer<Float>?
        /// Cell state after the step and its tanh, `[B, U]`.
        public var cell: UnsafeMutablePointer<Float>
        public var cellTanh: UnsafeMutablePointer<Float>

        public init(
            rows: Int, units: Int, gates: UnsafeMutablePointer<Float>, previousCell: UnsafePointer<Float>?,
            cell: UnsafeMutablePointer<Float>, cellTanh: UnsafeMutablePointer<Float>
        ) {
            self.rows = rows
            self.units = units
            self.gates = gates
            self.previousCell = previousCell
            self.cell = cell
            self.cellTanh = cellTanh
        }
    }

    /// Gates, cell and hidden state (`[B, U]`) of one step, from the weighted sums in `step.gates`.
    public func lstmForward(_ step: LSTMStep, hidden: UnsafeMutablePointer<Float>) {
        var argument = ck_lstm_step()
        fill(&argument, from: step)
        argument.hidden = hidden
        table.pointee.lstm_forward(&argument)
    }

    /// Gradients of the weighted sums, left in `step.gates`. The hidden state's gradient is the sum of what comes from above
    /// and from the next step (`[B, U]` each, nil is zero); `cellGradient` `[B, U]` goes in for this step's cell state and
    /// comes out for the previous one's.
    public func lstmBackward(
        _ step: LSTMStep, outputGradient: UnsafePointer<Float>?, nextHiddenGradient: UnsafePointer<Float>?,
        cellGradient: UnsafeMutablePointer<Float>
    ) {
        var argument = ck_lstm_step()
        fill(&argument, from: step)
        argument.output_gradient = outputGradient
        argument.next_hidden_gradient = nextHiddenGradient
        argument.cell_gradient = cellGradient
        table.pointee.lstm_backward(&argument)
    }

    private func fill(_ argument: inout ck_lstm_step, from step: LSTMStep) {
        argument.rows = step.rows
        argument.units = step.units
        argument.gates = step.gates
        argument.previous_cell = step.previousCell
        argument.cell = step.cell
        argument.cell_tanh = step.cellTanh
    }
}
