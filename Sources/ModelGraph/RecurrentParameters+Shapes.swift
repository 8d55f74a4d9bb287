extension LSTMParameters {
    func resultShape(of source: [Int]) throws(Misfit) -> [Int] {
        try RecurrentShapes(
            layer: "LSTM", gates: 4, kernel: kernel, recurrentKernel: recurrentKernel,
            functions: [activation, recurrentActivation]
        ).check(source)
        try LayerOperation.require(bias, "the bias", [4 * units], source)
        return returnSequences ? [source[0], units] : [units]
    }
}

extension GRUParameters {
    func resultShape(of source: [Int]) throws(Misfit) -> [Int] {
        try RecurrentShapes(
            layer: "GRU", gates: 3, kernel: kernel, recurrentKernel: recurrentKernel,
            functions: [activation, recurrentActivation]
        ).check(source)
        try LayerOperation.require(bias, "the bias", resetAfter ? [2, 3 * units] : [3 * units], source)
        return returnSequences ? [source[0], units] : [units]
    }
}

/// What all recurrent layers have in common.
private struct RecurrentShapes {
    let layer: String
    let gates: Int
    let kernel: Tensor
    let recurrentKernel: Tensor
    let functions: [Activation]

    func check(_ source: [Int]) throws(Misfit) {
        guard source.count == 2 else {
            throw Misfit("reads the shape \(source); \(article) \(layer) expects [time, feature]")
        }
        let shape = recurrentKernel.shape
        guard shape.count == 2, shape[0] >= 1, shape[1] == gates * shape[0] else {
            throw Misfit("has a recurrent kernel of shape \(shape); expected [units, \(gates) · units]")
        }
        try LayerOperation.require(kernel, "the kernel", [source[1], shape[1]], source)
        for function in functions where !function.isElementwise {
            throw Misfit(
                "uses \(function.rawValue) inside \(article) \(layer), where only elementwise activations make sense")
        }
    }

    private var article: String { layer == "LSTM" ? "an" : "a" }
}

extension BidirectionalMerge {
    func resultShape(
        of source: [Int], forward: LayerOperation, backward: LayerOperation
    ) throws(Misfit) -> [Int] {
        guard let ahead = forward.recurrence, let back = backward.recurrence else {
            throw Misfit("runs \(forward.typeName) and \(backward.typeName) in two directions; expected LSTM or GRU")
        }
        guard !ahead.goesBackwards, back.goesBackwards else {
            throw Misfit("has two layers of which the first must go forwards and the second backwards")
        }
        guard ahead.returnsSequences == back.returnsSequences else {
            throw Misfit("has two layers of which only one returns sequences; expected both or none")
        }
        let (first, second) = (try forward.resultShape(of: [source]), try backward.resultShape(of: [source]))
        if self == .concat { return first.dropLast() + [first[first.count - 1] + second[second.count - 1]] }
        guard first == second else {
            throw Misfit("merges the shapes \(first) and \(second) by `\(rawValue)`; expected equal shapes")
        }
        return first
    }
}

extension LayerOperation {
    fileprivate var recurrence: (goesBackwards: Bool, returnsSequences: Bool)? {
        switch self {
        case .lstm(let lstm): (lstm.goBackwards, lstm.returnSequences)
        case .gru(let gru): (gru.goBackwards, gru.returnSequences)
        default: nil
        }
    }
}
