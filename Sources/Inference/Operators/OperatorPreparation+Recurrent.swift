import ModelGraph

/// ONNX' LSTM and GRU, time-major, forward or reverse: X `[T, B, F]`, W `[1, G·U, F]`, R `[1, G·U, U]`, B `[1, 2·G·U]` →
/// Y `[T, 1, B, U]` and Y_h `[1, B, U]`. Initial states, peepholes, sequence lengths and clipping are not supported.
extension OperatorPreparation {
    func lstm() throws(OperatorProblem) -> OperatorComputation {
        let functions = try recurrentSettings(["Sigmoid", "Tanh", "Tanh"], attributes: [])
        guard functions[1] == functions[2] else {
            throw OperatorProblem("different activations of the candidate and the cell are not supported")
        }
        // ONNX' order is input, output, forget, candidate.
        let weights = try recurrentWeights(gateOrder: [0, 2, 3, 1])
        return try recurrence(
            LSTMCell(
                units: weights.units,
                kernel: PackedMatrix(weights.kernel, inner: weights.features, columns: 4 * weights.units),
                recurrentKernel: PackedMatrix(weights.recurrentKernel, inner: weights.units, columns: 4 * weights.units),
                bias: zip(weights.bias, weights.recurrentBias).map(+), activation: functions[1],
                recurrentActivation: functions[0]))
    }

    func gru() throws(OperatorProblem) -> OperatorComputation {
        let functions = try recurrentSettings(["Sigmoid", "Tanh"], attributes: ["linear_before_reset"])
        let resetsAfter = try int("linear_before_reset", default: 0) != 0
        // Update, reset, candidate, as in Keras.
        let weights = try recurrentWeights(gateOrder: [0, 1, 2])
        let width = 3 * weights.units
        let bias = resetsAfter
            ? Tensor(shape: [2, width], values: weights.bias + weights.recurrentBias)
            : Tensor(zip(weights.bias, weights.recurrentBias).map(+))
        return try recurrence(
            GRUCell(
                GRUParameters(
                    kernel: Tensor(shape: [weights.features, width], values: weights.kernel),
                    recurrentKernel: Tensor(shape: [weights.units, width], values: weights.recurrentKernel), bias: bias,
                    activation: functions[1], recurrentActivation: functions[0], resetAfter: resetsAfter,
                    returnSequences: true)))
    }

    private func recurrence(_ cell: any RecurrentCell) throws(OperatorProblem) -> OperatorComputation {
        let forward = RecurrentForward(cell: cell)
        let returnsSequence = node.outputs[0] != ""
        let isReverse = try string("direction", default: "forward") == "reverse"
        return { inputs throws(OperatorProblem) in
            let source = try inputs.floats(0)
            guard source.shape.count == 3, source.shape[2] == cell.features else {
                throw OperatorProblem("reads the shape \(source.shape); expected [time, batch, \(cell.features)]")
            }
            return try forward.run(source, isReverse: isReverse, returnsSequence)
        }
    }

    /// Checks the settings and returns the activations.
    private func recurrentSettings(
        _ usual: [String], attributes: Set<String>
    ) throws(OperatorProblem) -> [Activation] {
        let known: Set = ["hidden_size", "activations", "activation_alpha", "activation_beta", "direction", "layout"]
        try requireOnly(known.union(attributes), inputs: 3 ... 4, outputs: 2)
        guard ["forward", "reverse"].contains(try string("direction", default: "forward")),
            try int("layout", default: 0) == 0
        else { throw OperatorProblem("only the directions forward and reverse and the time-major layout are supported") }
        let names = try strings("activations", default: usual)
        // Each list serves those functions that take such a number, in order.
        var alphas = (node.attributes["activation_alpha"] == nil ? [] : try floats("activation_alpha"))[...]
        var betas = (node.attributes["activation_beta"] == nil ? [] : try floats("activation_beta"))[...]
        var functions: [Activation] = []
        for name in names {
            guard let function = Self.recurrentActivation(name, &alphas, &betas) else {
                throw OperatorProblem("the activations \(names) with these numbers are not supported")
            }
            functions.append(function)
        }
        guard functions.count == usual.count else {
            throw OperatorProblem("it has \(names.count) activations; expected \(usual.count)")
        }
        return functions
    }

    private static func recurrentActivation(
        _ name: String, _ alphas: inout ArraySlice<Float>, _ betas: inout ArraySlice<Float>
    ) -> Activation? {
        switch name {
        case "Sigmoid": return .sigmoid
        case "Tanh": return .tanh
        case "Relu": return .relu
        case "Softplus": return .softplus
        case "Softsign": return .softsign
        case "Elu": return (alphas.popFirst() ?? 1) == 1 ? .elu : nil
        case "LeakyRelu": return (alphas.popFirst() ?? 0.01) == 0.2 ? .leakyReLU : nil
        case "Affine": return (alphas.popFirst() ?? 1) == 1 && (betas.popFirst() ?? 0) == 0 ? .linear : nil
        case "HardSigmoid":
            switch (alphas.popFirst() ?? 0.2, betas.popFirst() ?? 0.5) {
            case (1 / 6, 0.5): return .hardSigmoid
            case (0.2, 0.5): return .hardSigmoidKeras2
            case (0.5, 0.5): return .sparseSigmoid
            default: return nil
            }
        default: return nil
        }
    }

    /// Weights in Keras' layout and gate order.
    private struct RecurrentWeights {
        let features: Int
        let units: Int
        let kernel: [Float]
        let recurrentKernel: [Float]
        let bias: [Float]
        let recurrentBias: [Float]
    }

    /// - Parameter gateOrder: the number in ONNX' order of each of Keras' gates.
    private func recurrentWeights(gateOrder: [Int]) throws(OperatorProblem) -> RecurrentWeights {
        let (units, gates) = (try int("hidden_size"), gateOrder.count)
        let (kernel, recurrent) = (try constant(1, "the input weights"), try constant(2, "the recurrent weights"))
        guard (1 ... 1 << 20).contains(units), kernel.shape.count == 3, recurrent.shape == [1, gates * units, units],
            kernel.shape == [1, gates * units, kernel.shape[2]]
        else {
            throw OperatorProblem(
                "its weights have the shapes \(kernel.shape) and \(recurrent.shape); "
                    + "expected [1, \(gates)U, F] and [1, \(gates)U, U] for \(units) units")
        }
        // `[1, G·U, F]` → `[F, G·U]`.
        let rows = gateOrder.flatMap { gate in gate * units ..< (gate + 1) * units }
        func transposed(_ values: some Collection<Float>, features: Int) -> [Float] {
            let values = Array(values)
            return (0 ..< features).flatMap { feature in rows.map { values[$0 * features + feature] } }
        }
        var bias = Array(repeating: Float(0), count: 2 * gates * units)
        if node.inputs.count == 4, node.inputs[3] != "" {
            let both = try constant(3, "the bias")
            guard both.shape == [1, 2 * gates * units] else {
                throw OperatorProblem("its bias has the shape \(both.shape); expected [1, \(2 * gates * units)]")
            }
            bias = both.values
        }
        return RecurrentWeights(
            features: kernel.shape[2], units: units, kernel: transposed(kernel.values, features: kernel.shape[2]),
            recurrentKernel: transposed(recurrent.values, features: units),
            bias: transposed(bias.prefix(gates * units), features: 1),
            recurrentBias: transposed(bias.suffix(gates * units), features: 1))
    }
}

extension RecurrentForward {
    /// Y and Y_h of the time-major source. In reverse, the last step comes first and each result stays at its step.
    fileprivate func run(
        _ source: (shape: [Int], values: [Float]), isReverse: Bool, _ returnsSequence: Bool
    ) throws(OperatorProblem) -> [OperatorValue] {
        let (steps, rows, units) = (source.shape[0], source.shape[1], cell.units)
        let sequenceShape = [steps, 1, rows, units]
        let count = returnsSequence ? try ShapeArithmetic.count(sequenceShape) : 0
        precondition(source.values.count == steps * rows * cell.features, "the shape was checked")
        var sequence = [Float](repeating: 0, count: count)
        let start = isReverse ? max(steps - 1, 0) * rows : 0
        func layout(_ width: Int) -> Layout {
            Layout(rowStride: width, timeStride: isReverse ? -rows * width : rows * width)
        }
        let last = sequence.withUnsafeMutableBufferPointer { sequence -> [Float] in
            source.values.withUnsafeBufferPointer { source in
                guard let source = source.baseAddress else { return Array(repeating: 0, count: rows * units) }
                let target = returnsSequence ? sequence.baseAddress.map { ($0 + start * units, layout(units)) } : nil
                return run(
                    source + start * cell.features, layout(cell.features), rows: rows, steps: steps, sequence: target)
            }
        }
        return [
            OperatorValue(shape: returnsSequence ? sequenceShape : [0], .float(sequence)),
            OperatorValue(shape: [1, rows, units], .float(last)),
        ]
    }
}
