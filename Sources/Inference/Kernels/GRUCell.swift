import ModelGraph

/// `h = z · h + (1 − z) · g`; gates in Keras' order: update z, reset r, candidate g.
struct GRUCell: RecurrentCell {
    /// Where the reset gate acts on the candidate's recurrent part.
    enum Recurrence: Sendable {
        /// `g = activation(x · W + b + r · (h · R + c))`; kernel `[U, 3U]`, bias c `[3U]`, of which the first two thirds
        /// belong to the gates.
        case resetAfter(kernel: PackedMatrix, bias: [Float])
        /// `g = activation(x · W + b + (r · h) · R)`; kernel of the gates `[U, 2U]`, of the candidate `[U, U]`.
        case resetBefore(gates: PackedMatrix, candidate: PackedMatrix)
    }

    let units: Int
    /// `[F, 3U]`.
    let kernel: PackedMatrix
    /// `[3U]`.
    let bias: [Float]
    let recurrence: Recurrence
    let activation: Activation
    let recurrentActivation: Activation

    /// Room for the recurrent parts; nothing is kept from step to step.
    var memoryWidth: Int { 4 * units }

    func advance(
        _ hidden: UnsafeMutablePointer<Float>, gates: UnsafeMutablePointer<Float>, memory: UnsafeMutablePointer<Float>,
        rows: Int
    ) {
        switch recurrence {
        case .resetAfter(let kernel, let bias):
            for row in 0 ..< rows { bias.copy(to: memory + row * 3 * units) }
            kernel.accumulate(hidden, leftStride: units, into: memory, rows: rows)
            for row in 0 ..< rows {
                let (sums, parts) = (gates + row * 3 * units, memory + row * 3 * units)
                openGates(sums, adding: parts)
                for unit in 2 * units ..< 3 * units { sums[unit] += sums[unit - units] * parts[unit] }
            }
        case .resetBefore(let gateKernel, let candidateKernel):
            let (reset, candidate) = (memory + rows * 2 * units, memory + rows * 3 * units)
            memory.update(repeating: 0, count: rows * 2 * units)
            candidate.update(repeating: 0, count: rows * units)
            gateKernel.accumulate(hidden, leftStride: units, into: memory, rows: rows)
            for row in 0 ..< rows {
                let sums = gates + row * 3 * units
                openGates(sums, adding: memory + row * 2 * units)
                for unit in 0 ..< units { reset[row * units + unit] = sums[units + unit] * hidden[row * units + unit] }
            }
            candidateKernel.accumulate(reset, leftStride: units, into: candidate, rows: rows)
            for row in 0 ..< rows {
                let sums = gates + (row * 3 + 2) * units
                for unit in 0 ..< units { sums[unit] += candidate[row * units + unit] }
            }
        }
        for row in 0 ..< rows { mix(hidden + row * units, gates: gates + row * 3 * units) }
    }

    /// The update and reset gates of one row.
    private func openGates(_ sums: UnsafeMutablePointer<Float>, adding parts: UnsafePointer<Float>) {
        for unit in 0 ..< 2 * units { sums[unit] += parts[unit] }
        recurrentActivation.apply(sums, rows: 1, columns: 2 * units)
    }

    private func mix(_ hidden: UnsafeMutablePointer<Float>, gates: UnsafeMutablePointer<Float>) {
        let candidate = gates + 2 * units
        activation.apply(candidate, rows: 1, columns: units)
        for unit in 0 ..< units { hidden[unit] = gates[unit] * hidden[unit] + (1 - gates[unit]) * candidate[unit] }
    }
}

extension GRUCell {
    init(_ parameters: GRUParameters) {
        let units = parameters.units
        let bias = parameters.bias.values
        let recurrent = parameters.recurrentKernel
        self.init(
            units: units, kernel: PackedMatrix(parameters.kernel),
            bias: Array(bias.prefix(3 * units)),
            recurrence: parameters.resetAfter
                ? .resetAfter(kernel: PackedMatrix(recurrent), bias: Array(bias.suffix(3 * units)))
                : .resetBefore(
                    gates: recurrent.packedColumns(0 ..< 2 * units),
                    candidate: recurrent.packedColumns(2 * units ..< 3 * units)),
            activation: parameters.activation, recurrentActivation: parameters.recurrentActivation)
    }
}

extension Tensor {
    /// Some columns of a matrix.
    fileprivate func packedColumns(_ range: Range<Int>) -> PackedMatrix {
        let lines = stride(from: 0, to: values.count, by: shape[1]).flatMap {
            values[$0 + range.lowerBound ..< $0 + range.upperBound]
        }
        return PackedMatrix(lines, inner: shape[0], columns: range.count)
    }
}
