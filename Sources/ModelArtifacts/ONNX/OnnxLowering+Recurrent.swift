import ModelGraph

/// A recurrent layer as ONNX takes it: weights in Keras' layout, gates in Keras' order.
struct OnnxRecurrence {
    enum Kind {
        case lstm
        case gru(resetAfter: Bool)
    }

    let kind: Kind
    let kernel: Tensor
    let recurrentKernel: Tensor
    /// `[G·U]`, or `[2, G·U]` for a GRU that resets after its product.
    let bias: Tensor
    let activation: Activation
    let recurrentActivation: Activation
    let returnSequences: Bool
    let goBackwards: Bool
    let steps: Int
    /// Begins the roles of the layer's constants.
    var prefix = ""
    /// A sequence computed backwards is left in the order of time, not of processing.
    var restoresTimeOrder = false

    init(_ lstm: LSTMParameters, steps: Int) {
        kind = .lstm
        kernel = lstm.kernel
        recurrentKernel = lstm.recurrentKernel
        bias = lstm.bias
        (activation, recurrentActivation) = (lstm.activation, lstm.recurrentActivation)
        (returnSequences, goBackwards) = (lstm.returnSequences, lstm.goBackwards)
        self.steps = steps
    }

    init(_ gru: GRUParameters, steps: Int) {
        kind = .gru(resetAfter: gru.resetAfter)
        kernel = gru.kernel
        recurrentKernel = gru.recurrentKernel
        bias = gru.bias
        (activation, recurrentActivation) = (gru.activation, gru.recurrentActivation)
        (returnSequences, goBackwards) = (gru.returnSequences, gru.goBackwards)
        self.steps = steps
    }

    var units: Int { recurrentKernel.shape[0] }

    var operatorType: String { if case .lstm = kind { "LSTM" } else { "GRU" } }

    /// The number in Keras' order of each gate in ONNX' order: input, output, forget, candidate for an LSTM; a GRU's gates
    /// have one order.
    var gateOrder: [Int] { if case .lstm = kind { [0, 3, 1, 2] } else { [0, 1, 2] } }

    /// One function for the gates, then for the candidate and, in an LSTM, the cell.
    var functions: [Activation] {
        if case .lstm = kind { [recurrentActivation, activation, activation] } else { [recurrentActivation, activation] }
    }

    /// Whether the order of the results is the reverse of the order of time.
    var reversesTime: Bool { goBackwards && !restoresTimeOrder }
}

extension OnnxLowering {
    /// ONNX' own operator where it knows both activations. Where it does not, the recurrence is written out step by step
    /// with plain operators, which computes the same and grows with the number of steps.
    mutating func recurrence(_ source: String, _ layer: OnnxRecurrence) throws(OnnxError) -> String {
        guard layer.functions.allSatisfy({ $0.recurrentForm != nil }) else { return try unrolled(source, layer) }
        return fused(source, layer)
    }

    mutating func bidirectional(
        _ source: String, _ forward: LayerOperation, _ backward: LayerOperation, _ merge: BidirectionalMerge, steps: Int
    ) throws(OnnxError) -> String {
        guard var ahead = OnnxRecurrence(forward, steps: steps), var back = OnnxRecurrence(backward, steps: steps) else {
            throw unwritable("\(forward.typeName) and \(backward.typeName) in two directions cannot be written")
        }
        ahead.prefix = "forward_"
        back.prefix = "backward_"
        back.restoresTimeOrder = true
        let results = [try recurrence(source, ahead), try recurrence(source, back)]
        switch merge {
        case .concat: return emit("Concat", results, ["axis": .int(-1)])
        case .sum: return emit("Add", results)
        case .ave: return emit("Mul", [emit("Add", results), constant("share", scalar: 0.5)])
        case .mul: return emit("Mul", results)
        }
    }

    /// ONNX' operators are time-major, so the source is transposed; ONNX Runtime joins the transpositions of stacked layers.
    private mutating func fused(_ source: String, _ layer: OnnxRecurrence) -> String {
        let width = layer.gateOrder.count * layer.units
        let bias = layer.bias.gates(layer.gateOrder).values
        let roles = layer.prefix
        let inputs = [
            emit("Transpose", [source], ["perm": .ints([1, 0, 2])]),
            constant("\(roles)kernel", layer.kernel.gates(layer.gateOrder).transposedWithDirection),
            constant("\(roles)recurrent_kernel", layer.recurrentKernel.gates(layer.gateOrder).transposedWithDirection),
            constant(
                "\(roles)bias",
                Tensor(shape: [1, 2 * width], values: bias + Array(repeating: 0, count: 2 * width - bias.count))),
        ]
        guard layer.returnSequences else {
            let last = emit(layer.operatorType, inputs, Self.attributes(of: layer), skippedOutputs: 1)
            return emit("Squeeze", [last, constant("direction", [0])])
        }
        var sequence = emit(layer.operatorType, inputs, Self.attributes(of: layer))
        if layer.reversesTime {
            // ONNX leaves each result at its step; Keras returns them in the order of processing.
            let (end, axis) = (constant("before_first", [Int.min]), constant("time", [0]))
            let backwards = constant("backwards", [-1])
            sequence = emit("Slice", [sequence, backwards, end, axis, backwards])
        }
        let timeMajor = emit("Squeeze", [sequence, constant("direction", [1])])
        return emit("Transpose", [timeMajor], ["perm": .ints([1, 0, 2])])
    }

    private static func attributes(of layer: OnnxRecurrence) -> [String: OperatorGraph.Attribute] {
        var attributes: [String: OperatorGraph.Attribute] = ["hidden_size": .int(Int64(layer.units))]
        if layer.goBackwards { attributes["direction"] = .string("reverse") }
        if case .gru(resetAfter: true) = layer.kind { attributes["linear_before_reset"] = .int(1) }
        guard layer.activation != .tanh || layer.recurrentActivation != .sigmoid else { return attributes }
        let forms = layer.functions.compactMap(\.recurrentForm)
        attributes["activations"] = .strings(forms.map(\.name))
        // Each list serves those functions that take such a number, in order.
        let (alphas, betas) = (forms.compactMap(\.alpha), forms.compactMap(\.beta))
        if !alphas.isEmpty { attributes["activation_alpha"] = .floats(alphas) }
        if !betas.isEmpty { attributes["activation_beta"] = .floats(betas) }
        return attributes
    }
}

extension OnnxRecurrence {
    init?(_ operation: LayerOperation, steps: Int) {
        switch operation {
        case .lstm(let parameters): self.init(parameters, steps: steps)
        case .gru(let parameters): self.init(parameters, steps: steps)
        default: return nil
        }
    }
}

extension Tensor {
    /// Reorders the gate blocks of the last axis, `[…, G·U]`: block k of the result is block `order[k]`.
    func gates(_ order: [Int]) -> Tensor {
        let units = (shape.last ?? 0) / order.count
        var reordered: [Float] = []
        reordered.reserveCapacity(values.count)
        for row in stride(from: 0, to: values.count, by: max(order.count * units, 1)) {
            for gate in order { reordered += values[row + gate * units ..< row + (gate + 1) * units] }
        }
        return Tensor(shape: shape, values: reordered)
    }

    /// `[F, G·U]` → `[1, G·U, F]`: ONNX' weights are transposed and start with the direction.
    fileprivate var transposedWithDirection: Tensor {
        Tensor(shape: [1, shape[1], shape[0]], values: transposedValues(rows: shape[0], columns: shape[1]))
    }

    /// The values of a matrix `[rows, columns]` column by column.
    func transposedValues(rows: Int, columns: Int) -> [Float] {
        (0 ..< rows * columns).map { values[$0 % rows * columns + $0 / rows] }
    }
}
