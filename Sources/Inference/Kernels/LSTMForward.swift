import ModelGraph

/// An LSTM's forward pass over a few rows at a time. Gates in Keras' order: input, forget, candidate, output.
struct LSTMForward: Sendable {
    let features: Int
    let units: Int
    /// `[F, 4U]`, `[U, 4U]`, `[4U]`.
    let kernel: [Float]
    let recurrentKernel: [Float]
    let bias: [Float]
    let activation: Activation
    let recurrentActivation: Activation

    /// Where a value of row, step and feature 0 lies; features are adjacent.
    struct Layout {
        let rowStride: Int
        let timeStride: Int
    }

    /// Rows that take all their steps before the next rows start, so that states and gates stay in cache.
    private static let rowsPerBlock = 64

    /// Computes all steps of `rows` rows. `sequence`, where given, receives the hidden state of every step; the last
    /// hidden state `[rows, U]` is returned.
    ///
    /// Bounds: reads `source` and writes `sequence` at `row · rowStride + step · timeStride + feature` only.
    func run(
        _ source: UnsafePointer<Float>, _ layout: Layout, rows: Int, steps: Int,
        sequence: (values: UnsafeMutablePointer<Float>, layout: Layout)? = nil
    ) -> [Float] {
        var last: [Float] = []
        last.reserveCapacity(rows * units)
        for start in stride(from: 0, to: rows, by: Self.rowsPerBlock) {
            let target = sequence.map { (values: $0.values + start * $0.layout.rowStride, layout: $0.layout) }
            last += runBlock(
                source + start * layout.rowStride, layout, rows: min(Self.rowsPerBlock, rows - start), steps: steps,
                sequence: target)
        }
        return last
    }

    private func runBlock(
        _ source: UnsafePointer<Float>, _ layout: Layout, rows: Int, steps: Int,
        sequence: (values: UnsafeMutablePointer<Float>, layout: Layout)?
    ) -> [Float] {
        var hidden = [Float](repeating: 0, count: rows * units)
        var cell = hidden
        var gates = [Float](repeating: 0, count: rows * 4 * units)
        hidden.withUnsafeMutableBufferPointer { hidden in
            cell.withUnsafeMutableBufferPointer { cell in
                gates.withUnsafeMutableBufferPointer { gates in
                    guard let hidden = hidden.baseAddress, let cell = cell.baseAddress, let gates = gates.baseAddress
                    else { return }
                    for step in 0 ..< steps {
                        sumGates(gates, source + step * layout.timeStride, rowStride: layout.rowStride, hidden, rows: rows)
                        for row in 0 ..< rows {
                            updateState(gates + row * 4 * units, cell: cell + row * units, hidden: hidden + row * units)
                        }
                        guard let sequence else { continue }
                        for row in 0 ..< rows {
                            (sequence.values + row * sequence.layout.rowStride + step * sequence.layout.timeStride)
                                .update(from: hidden + row * units, count: units)
                        }
                    }
                }
            }
        }
        return hidden
    }

    /// `gates = bias + x · kernel + h · recurrentKernel`.
    private func sumGates(
        _ gates: UnsafeMutablePointer<Float>, _ source: UnsafePointer<Float>, rowStride: Int,
        _ hidden: UnsafePointer<Float>, rows: Int
    ) {
        for row in 0 ..< rows { bias.copy(to: gates + row * 4 * units) }
        kernel.withUnsafeBufferPointer { kernel in
            guard let kernel = kernel.baseAddress else { return }
            MatrixProduct.accumulate(
                source, leftStride: rowStride, kernel, into: gates, rows: rows, inner: features, columns: 4 * units)
        }
        recurrentKernel.withUnsafeBufferPointer { kernel in
            guard let kernel = kernel.baseAddress else { return }
            MatrixProduct.accumulate(
                hidden, leftStride: units, kernel, into: gates, rows: rows, inner: units, columns: 4 * units)
        }
    }

    /// `c = f · c + i · g`, `h = o · activation(c)` for one row.
    private func updateState(
        _ gates: UnsafeMutablePointer<Float>, cell: UnsafeMutablePointer<Float>, hidden: UnsafeMutablePointer<Float>
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

extension [Float] {
    fileprivate func copy(to destination: UnsafeMutablePointer<Float>) {
        withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            destination.update(from: start, count: buffer.count)
        }
    }
}
