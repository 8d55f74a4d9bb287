import ModelGraph

/// Recurrences written out step by step, for activations that ONNX' own operators do not know. A step's values have the
/// shape `[B, 1, …]`; the first step starts from zero states, so what they would be multiplied with is left out.
extension OnnxLowering {
    /// Beyond it nobody wants to load the file: a step takes some twenty operators.
    private static let mostSteps = 2_000

    mutating func unrolled(_ source: String, _ layer: OnnxRecurrence) throws(OnnxError) -> String {
        guard layer.steps <= Self.mostSteps else {
            throw unwritable(
                "ONNX' \(layer.operatorType) does not know the activations \(layer.recurrentActivation.rawValue) and "
                    + "\(layer.activation.rawValue), and \(layer.steps) steps are too many to be written out one by one; "
                    + "at most \(Self.mostSteps) are")
        }
        let sums = emit("MatMul", [source, constant("\(layer.prefix)kernel", layer.kernel)])
        let hidden =
            switch layer.kind {
            case .lstm: lstmSteps(sums, layer)
            case .gru(let resetAfter): gruSteps(sums, layer, resetAfter: resetAfter)
            }
        guard layer.returnSequences else { return emit("Squeeze", [hidden[hidden.count - 1], constant("step", [1])]) }
        let isReversed = layer.goBackwards && layer.restoresTimeOrder
        return emit("Concat", isReversed ? hidden.reversed() : hidden, ["axis": .int(1)])
    }

    /// The steps' values in the order of processing.
    private mutating func steps(_ value: String, _ layer: OnnxRecurrence) -> [String] {
        let steps = split(value, axis: 1, into: layer.steps)
        return layer.goBackwards ? steps.reversed() : steps
    }

    /// `c = f · c + i · g`, `h = o · activation(c)`.
    private mutating func lstmSteps(_ sums: String, _ layer: OnnxRecurrence) -> [String] {
        let biased = emit("Add", [sums, constant("\(layer.prefix)bias", layer.bias)])
        var (hidden, cell): ([String], String?) = ([], nil)
        for step in steps(biased, layer) {
            var gates = step
            if let last = hidden.last {
                let kernel = constant("\(layer.prefix)recurrent_kernel", layer.recurrentKernel)
                gates = emit("Add", [step, emit("MatMul", [last, kernel])])
            }
            let parts = split(gates, axis: -1, into: 4)
            let input = activation(layer.recurrentActivation, parts[0], features: layer.units)
            let candidate = activation(layer.activation, parts[2], features: layer.units)
            var next = emit("Mul", [input, candidate])
            if let cell {
                let forget = activation(layer.recurrentActivation, parts[1], features: layer.units)
                next = emit("Add", [emit("Mul", [forget, cell]), next])
            }
            cell = next
            let output = activation(layer.recurrentActivation, parts[3], features: layer.units)
            hidden.append(emit("Mul", [output, activation(layer.activation, next, features: layer.units)]))
        }
        return hidden
    }

    /// `h = z · h + (1 − z) · g`.
    private mutating func gruSteps(_ sums: String, _ layer: OnnxRecurrence, resetAfter: Bool) -> [String] {
        let units = layer.units
        let bias = Tensor(Array(layer.bias.values.prefix(3 * units)))
        let biased = emit("Add", [sums, constant("\(layer.prefix)bias", bias)])
        var hidden: [String] = []
        for step in steps(biased, layer) {
            let inputs = split(step, axis: -1, into: 3)
            let (update, candidate) =
                resetAfter
                ? stepResettingAfter(inputs, hidden.last, layer) : stepResettingBefore(inputs, hidden.last, layer)
            let rest = emit("Sub", [constant("whole", scalar: 1), update])
            let fresh = emit("Mul", [rest, activation(layer.activation, candidate, features: units)])
            hidden.append(hidden.last.map { emit("Add", [emit("Mul", [update, $0]), fresh]) } ?? fresh)
        }
        return hidden
    }

    /// The update gate and the candidate's sum, `x · W + b + r · (h · R + c)`.
    private mutating func stepResettingAfter(
        _ inputs: [String], _ hidden: String?, _ layer: OnnxRecurrence
    ) -> (update: String, candidate: String) {
        let bias = constant("\(layer.prefix)recurrent_bias", Tensor(Array(layer.bias.values.suffix(3 * layer.units))))
        var sums = bias
        if let hidden {
            let kernel = constant("\(layer.prefix)recurrent_kernel", layer.recurrentKernel)
            sums = emit("Add", [emit("MatMul", [hidden, kernel]), bias])
        }
        let parts = split(sums, axis: -1, into: 3)
        let update = gate(inputs[0], parts[0], layer)
        let reset = gate(inputs[1], parts[1], layer)
        return (update, emit("Add", [inputs[2], emit("Mul", [reset, parts[2]])]))
    }

    /// The update gate and the candidate's sum, `x · W + b + (r · h) · R`.
    private mutating func stepResettingBefore(
        _ inputs: [String], _ hidden: String?, _ layer: OnnxRecurrence
    ) -> (update: String, candidate: String) {
        guard let hidden else { return (gate(inputs[0], nil, layer), inputs[2]) }
        let gates = constant("\(layer.prefix)gates_kernel", layer.recurrentKernel.columns(0 ..< 2 * layer.units))
        let kernel = constant(
            "\(layer.prefix)candidate_kernel", layer.recurrentKernel.columns(2 * layer.units ..< 3 * layer.units))
        let parts = split(emit("MatMul", [hidden, gates]), axis: -1, into: 2)
        let update = gate(inputs[0], parts[0], layer)
        let reset = gate(inputs[1], parts[1], layer)
        return (update, emit("Add", [inputs[2], emit("MatMul", [emit("Mul", [reset, hidden]), kernel])]))
    }

    private mutating func gate(_ input: String, _ recurrent: String?, _ layer: OnnxRecurrence) -> String {
        let sum = recurrent.map { emit("Add", [input, $0]) } ?? input
        return activation(layer.recurrentActivation, sum, features: layer.units)
    }
}

extension Tensor {
    /// Some columns of a matrix.
    fileprivate func columns(_ range: Range<Int>) -> Tensor {
        let rows = stride(from: 0, to: values.count, by: shape[1])
        return Tensor(
            shape: [shape[0], range.count],
            values: rows.flatMap { values[$0 + range.lowerBound ..< $0 + range.upperBound] })
    }
}
