import ModelGraph

/// `c = f · c + i · g`, `h = o · activation(c)`; gates in Keras' order: input i, forget f, candidate g, output o. The memory
/// is the cell state.
struct LSTMCell: RecurrentCell {
    let units: Int
    /// `[F, 4U]`, `[U, 4U]`, `[4U]`.
    let kernel: PackedMatrix
    let recurrentKernel: PackedMatrix
    let bias: [Float]
    let activation: Activation
    let recurrentActivation: Activation

    var memoryWidth: Int { units }

    func advance(
        _ hidden: UnsafeMutablePointer<Float>, gates: UnsafeMutablePointer<Float>, memory: UnsafeMutablePointer<Float>,
        rows: Int
    ) {
        recurrentKernel.accumulate(hidden, leftStride: units, into: gates, rows: rows)
        for row in 0 ..< rows {
            update(hidden + row * units, gates: gates + row * 4 * units, cell: memory + row * units)
        }
    }

    private func update(
        _ hidden: UnsafeMutablePointer<Float>, gates: UnsafeMutablePointer<Float>, cell: UnsafeMutablePointer<Float>
    ) {
        let (input, forget, candidate, output) = (gates, gates + units, gates + 2 * units, gates + 3 * units)
        recurrentActivation.apply(input, rows: 1, columns: 2 * units)
        activation.apply(candidate, rows: 1, columns: units)
        recurrentActivation.apply(output, rows: 1, columns: units)
        for unit in 0 ..< units {
            cell[unit] = forget[unit] * cell[unit] + input[unit] * candidate[unit]
            hidden[unit] = cell[unit]
        }
        activation.apply(hidden, rows: 1, columns: units)
        for unit in 0 ..< units { hidden[unit] *= output[unit] }
    }
}

extension LSTMCell {
    init(_ parameters: LSTMParameters) {
        self.init(
            units: parameters.units, kernel: PackedMatrix(parameters.kernel),
            recurrentKernel: PackedMatrix(parameters.recurrentKernel), bias: parameters.bias.values,
            activation: parameters.activation, recurrentActivation: parameters.recurrentActivation)
    }
}
