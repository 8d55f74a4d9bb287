import ModelGraph

extension OnnxLayerGuess {
    private var steps: Int { sourceShapes.first?.first ?? 0 }

    /// Layers from the constants that begin with `prefix`.
    func recurrent(prefix: String) -> [LayerOperation] {
        guard let kernel = group.tensor("\(prefix)kernel") else { return [] }
        return kernel.shape.count == 3 ? fused(prefix) : unrolled(prefix)
    }

    /// Keras makes the second direction from the first, so equal activations are tried before any others.
    var bidirectional: [LayerOperation] {
        guard let merge else { return [] }
        let pairs = recurrent(prefix: "forward_").flatMap { forward in
            recurrent(prefix: "backward_").map { backward in (forward, backward) }
        }
        func isLikely(_ pair: (LayerOperation, LayerOperation)) -> Bool { pair.0.functions == pair.1.functions }
        return (pairs.filter(isLikely) + pairs.filter { !isLikely($0) }).map { forward, backward in
            .bidirectional(forward: forward, backward: backward, merge: merge)
        }
    }

    private var merge: BidirectionalMerge? {
        switch group.types[group.types.count - 1] {
        case "Concat": .concat
        case "Add": .sum
        case "Mul": group.constants["share"] == nil ? .mul : .ave
        default: nil
        }
    }

    /// From ONNX' own operator, whose attributes say everything.
    private func fused(_ prefix: String) -> [LayerOperation] {
        let name = "\(group.name)/\(prefix)kernel"
        guard let node = group.nodes.first(where: { $0.inputs.count == 4 && $0.inputs[1] == name }),
            let kernel = group.tensor("\(prefix)kernel", rank: 3),
            let recurrent = group.tensor("\(prefix)recurrent_kernel", rank: 3),
            let bias = group.tensor("\(prefix)bias", rank: 2)
        else { return [] }
        let gates = node.operatorType == "LSTM" ? 4 : 3
        let (units, features) = (recurrent.shape[2], kernel.shape[2])
        guard units >= 1, kernel.shape == [1, gates * units, features], recurrent.shape == [1, gates * units, units],
            bias.shape == [1, 2 * gates * units]
        else { return [] }
        // Keras' gates in ONNX' order; see OnnxRecurrence.
        let order = gates == 4 ? [0, 2, 3, 1] : [0, 1, 2]
        func keras(_ weights: Tensor, _ rows: Int) -> Tensor {
            Tensor(shape: [rows, gates * units], values: weights.transposedValues(rows: gates * units, columns: rows))
                .gates(order)
        }
        let both = Tensor(shape: [2, gates * units], values: bias.values).gates(order)
        let first = Tensor(Array(both.values.prefix(gates * units)))
        let isReverse = node.attributes["direction"] == .string("reverse")
        let returnsSequences = node.outputs.first != ""
        return activationPairs(of: node).map { activation, gate in
            if gates == 4 {
                return .lstm(
                    LSTMParameters(
                        kernel: keras(kernel, features), recurrentKernel: keras(recurrent, units), bias: first,
                        activation: activation, recurrentActivation: gate, returnSequences: returnsSequences,
                        goBackwards: isReverse))
            }
            let resetsAfter = node.attributes["linear_before_reset"] == .int(1)
            return .gru(
                GRUParameters(
                    kernel: keras(kernel, features), recurrentKernel: keras(recurrent, units),
                    bias: resetsAfter ? both : first, activation: activation, recurrentActivation: gate,
                    resetAfter: resetsAfter, returnSequences: returnsSequences, goBackwards: isReverse))
        }
    }

    /// The activations that a node's attributes may stand for.
    private func activationPairs(of node: OperatorGraph.Node) -> [(activation: Activation, gate: Activation)] {
        guard case .strings(let names)? = node.attributes["activations"], names.count >= 2 else {
            return [(.tanh, .sigmoid)]
        }
        func named(_ name: String) -> [Activation] { Activation.allCases.filter { $0.recurrentForm?.name == name } }
        return named(names[1]).flatMap { activation in named(names[0]).map { (activation, $0) } }
    }

    /// From steps written out, where only the functions' operators tell them.
    private func unrolled(_ prefix: String) -> [LayerOperation] {
        // Fewer operators than steps cannot have come from as many steps.
        guard (1 ... group.nodes.count).contains(steps), let kernel = group.tensor("\(prefix)kernel", rank: 2),
            let bias = group.tensor("\(prefix)bias", rank: 1)
        else { return [] }
        let functions = activations.filter(\.isElementwise)
        let pairs = functions.flatMap { activation in functions.map { (activation, $0) } }
            .filter { $0.recurrentForm == nil || $1.recurrentForm == nil }
        let returnsSequences = group.types.contains { $0 == "Squeeze" } ? [false] : [true]
        let directions = prefix.isEmpty ? [false, true] : [prefix == "backward_"]
        return pairs.flatMap { activation, gate in
            returnsSequences.flatMap { sequences in
                directions.flatMap { backwards in
                    cells(prefix, kernel, bias).map { cell in
                        cell.operation(activation, gate, returnSequences: sequences, goBackwards: backwards)
                    }
                }
            }
        }
    }

    private func cells(_ prefix: String, _ kernel: Tensor, _ bias: Tensor) -> [UnrolledCell] {
        let width = kernel.shape[1]
        func zeros(_ gates: Int) -> Tensor { Tensor(repeating: 0, shape: [width / gates, width]) }
        let recurrent = group.tensor("\(prefix)recurrent_kernel", rank: 2)
        if let second = group.tensor("\(prefix)recurrent_bias", rank: 1) {
            guard bias.values.count == width, second.values.count == width else { return [] }
            let both = Tensor(shape: [2, width], values: bias.values + second.values)
            return [.gru(kernel, recurrent ?? zeros(3), both, resetAfter: true)]
        }
        if let gates = group.tensor("\(prefix)gates_kernel", rank: 2),
            let candidate = group.tensor("\(prefix)candidate_kernel", rank: 2) {
            let units = gates.shape[0]
            guard gates.shape == [units, 2 * units], candidate.shape == [units, units] else { return [] }
            var rows: [Float] = []
            for row in 0 ..< units {
                rows += gates.values[row * 2 * units ..< (row + 1) * 2 * units]
                rows += candidate.values[row * units ..< (row + 1) * units]
            }
            return [.gru(kernel, Tensor(shape: [units, 3 * units], values: rows), bias, resetAfter: false)]
        }
        // A single step has no recurrent part, so its kernel is anything.
        if let recurrent { return [.lstm(kernel, recurrent, bias)] }
        return [.lstm(kernel, zeros(4), bias), .gru(kernel, zeros(3), bias, resetAfter: false)]
    }
}

/// A cell without its settings.
private enum UnrolledCell {
    case lstm(_ kernel: Tensor, _ recurrentKernel: Tensor, _ bias: Tensor)
    case gru(_ kernel: Tensor, _ recurrentKernel: Tensor, _ bias: Tensor, resetAfter: Bool)

    func operation(
        _ activation: Activation, _ gate: Activation, returnSequences: Bool, goBackwards: Bool
    ) -> LayerOperation {
        switch self {
        case .lstm(let kernel, let recurrent, let bias):
            .lstm(
                LSTMParameters(
                    kernel: kernel, recurrentKernel: recurrent, bias: bias, activation: activation,
                    recurrentActivation: gate, returnSequences: returnSequences, goBackwards: goBackwards))
        case .gru(let kernel, let recurrent, let bias, let resetAfter):
            .gru(
                GRUParameters(
                    kernel: kernel, recurrentKernel: recurrent, bias: bias, activation: activation,
                    recurrentActivation: gate, resetAfter: resetAfter, returnSequences: returnSequences,
                    goBackwards: goBackwards))
        }
    }
}

extension LayerOperation {
    fileprivate var functions: [Activation] {
        switch self {
        case .lstm(let lstm): [lstm.activation, lstm.recurrentActivation]
        case .gru(let gru): [gru.activation, gru.recurrentActivation]
        default: []
        }
    }
}
