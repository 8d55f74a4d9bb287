import ModelGraph

extension OperatorPreparation {
    /// ONNX' LSTM, forward, time-major: X `[T, B, F]`, W `[1, 4U, F]`, R `[1, 4U, U]`, B `[1, 8U]` → Y `[T, 1, B, U]` and
    /// Y_h `[1, B, U]`. Initial states, peepholes, sequence lengths and clipping are not supported.
    func lstm() throws(OperatorProblem) -> OperatorComputation {
        try requireOnly(["hidden_size", "activations", "direction", "layout"], inputs: 3 ... 4, outputs: 2)
        guard try string("direction", default: "forward") == "forward", try int("layout", default: 0) == 0 else {
            throw OperatorProblem("only the forward direction and the time-major layout are supported")
        }
        let forward = try recurrentCell(units: try int("hidden_size"))
        let returnsSequence = node.outputs[0] != ""
        return { inputs throws(OperatorProblem) in
            let source = try inputs.floats(0)
            guard source.shape.count == 3, source.shape[2] == forward.features else {
                throw OperatorProblem("reads the shape \(source.shape); expected [time, batch, \(forward.features)]")
            }
            return try Self.run(forward, source.values, steps: source.shape[0], rows: source.shape[1], returnsSequence)
        }
    }

    private static func run(
        _ forward: LSTMForward, _ source: [Float], steps: Int, rows: Int, _ returnsSequence: Bool
    ) throws(OperatorProblem) -> [OperatorValue] {
        let units = forward.units
        let sequenceShape = [steps, 1, rows, units]
        let count = returnsSequence ? try ShapeArithmetic.count(sequenceShape) : 0
        precondition(source.count == steps * rows * forward.features, "the shape was checked")
        var sequence = [Float](repeating: 0, count: count)
        let last = sequence.withUnsafeMutableBufferPointer { sequence -> [Float] in
            source.withUnsafeBufferPointer { source in
                guard let source = source.baseAddress else { return Array(repeating: 0, count: rows * units) }
                let result = LSTMForward.Layout(rowStride: units, timeStride: rows * units)
                return forward.run(
                    source, LSTMForward.Layout(rowStride: forward.features, timeStride: rows * forward.features), rows: rows,
                    steps: steps, sequence: returnsSequence ? sequence.baseAddress.map { ($0, result) } : nil)
            }
        }
        return [
            OperatorValue(shape: returnsSequence ? sequenceShape : [0], .float(sequence)),
            OperatorValue(shape: [1, rows, units], .float(last)),
        ]
    }

    /// The weights in the layout and gate order of `LSTMForward`.
    private func recurrentCell(units: Int) throws(OperatorProblem) -> LSTMForward {
        let (kernel, recurrent) = (try constant(1, "the input weights"), try constant(2, "the recurrent weights"))
        let hasBias = node.inputs.count == 4 && node.inputs[3] != ""
        guard (1 ... 1 << 20).contains(units), kernel.shape.count == 3, recurrent.shape == [1, 4 * units, units],
            kernel.shape == [1, 4 * units, kernel.shape[2]]
        else {
            throw OperatorProblem(
                "its weights have the shapes \(kernel.shape) and \(recurrent.shape); "
                    + "expected [1, 4U, F] and [1, 4U, U] for \(units) units")
        }
        var bias = Array(repeating: Float(0), count: 4 * units)
        if hasBias {
            let both = try constant(3, "the bias")
            guard both.shape == [1, 8 * units] else {
                throw OperatorProblem("its bias has the shape \(both.shape); expected [1, \(8 * units)]")
            }
            bias = (0 ..< 4 * units).map { both.values[$0] + both.values[4 * units + $0] }
        }
        let (gate, cell) = try recurrentActivations()
        return LSTMForward(
            features: kernel.shape[2], units: units, kernel: Self.transposed(kernel, units: units),
            recurrentKernel: Self.transposed(recurrent, units: units),
            bias: Self.transposed(Tensor(shape: [1, 4 * units, 1], values: bias), units: units), activation: cell,
            recurrentActivation: gate)
    }

    /// `[1, 4U, F]` in ONNX' order (input, output, forget, candidate) → `[F, 4U]` in Keras' order (input, forget,
    /// candidate, output).
    private static func transposed(_ weights: Tensor, units: Int) -> [Float] {
        let features = weights.shape[2]
        let rows = [0, 2, 3, 1].flatMap { gate in gate * units ..< (gate + 1) * units }
        return (0 ..< features).flatMap { feature in rows.map { weights.values[$0 * features + feature] } }
    }

    private func recurrentActivations() throws(OperatorProblem) -> (gate: Activation, cell: Activation) {
        let names = try strings("activations", default: ["Sigmoid", "Tanh", "Tanh"])
        let known: [String: Activation] = ["Sigmoid": .sigmoid, "Tanh": .tanh, "Relu": .relu, "Softplus": .softplus]
        guard names.count == 3, let gate = known[names[0]], let cell = known[names[1]], names[2] == names[1] else {
            throw OperatorProblem("the activations \(names) are not supported")
        }
        return (gate, cell)
    }
}
