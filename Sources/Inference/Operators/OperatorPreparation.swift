import ModelGraph

/// An operator ready to run: results for inputs in the node's order; `nil` stands for an optional input that is left out.
typealias OperatorComputation = @Sendable ([OperatorValue?]) throws(OperatorProblem) -> [OperatorValue]

/// A node as its preparation sees it: attributes by type, and those inputs that are constants.
struct OperatorPreparation {
    let node: OperatorGraph.Node
    /// By position of the input; `nil` where the value is known only at run time.
    let constants: [OperatorValue?]

    /// The operators that can run, by domain and type. Semantics are those of ai.onnx 13 to 17 and ai.onnx.ml 1 to 3.
    func computation() throws(OperatorProblem) -> OperatorComputation {
        guard node.domain == "ai.onnx.ml" else { return try standardComputation() }
        guard node.operatorType == "TreeEnsembleRegressor" else { throw unsupported }
        return try treeEnsembleRegressor()
    }

    private func standardComputation() throws(OperatorProblem) -> OperatorComputation {
        switch node.operatorType {
        case "Add", "Sub", "Mul", "Div", "Pow", "Greater", "GreaterOrEqual": try binary()
        case "Relu", "Sigmoid", "Tanh", "Exp", "Neg", "Erf", "Sqrt", "Softplus", "Softsign", "HardSwish", "Selu": try unary()
        case "Elu", "Celu", "LeakyRelu", "HardSigmoid", "Shrink": try parametric()
        case "Softmax": try alongLastAxis(.softmax)
        case "LogSoftmax": try alongLastAxis(.logSoftmax)
        case "Clip": try clip()
        case "CumSum": try cumulativeSum()
        case "ReduceSum": try sum()
        case "TopK": try sortedDescending()
        case "LayerNormalization": try layerNormalization()
        case "MatMul": try matrixProduct()
        case "Gemm": try generalMatrixProduct()
        case "LSTM": try lstm()
        case "GRU": try gru()
        case "Transpose": try transpose()
        case "Squeeze": try squeeze()
        case "Unsqueeze": try unsqueeze()
        case "Expand": try expand()
        case "Tile": try tile()
        case "Reshape": try reshape()
        case "Flatten": try flatten()
        case "Concat": try concatenation()
        case "Split": try split()
        case "Slice": try slice()
        case "Identity": try identity()
        case "Cast": try cast()
        default: throw unsupported
        }
    }

    private var unsupported: OperatorProblem {
        let domain = node.domain.isEmpty ? "ai.onnx" : node.domain
        return OperatorProblem("the operator `\(node.operatorType)` of the domain `\(domain)` is not supported")
    }

    // MARK: What preparations are made of

    /// Refuses settings that the computation would silently ignore.
    func requireOnly(_ names: Set<String>, inputs: ClosedRange<Int>, outputs: Int = 1) throws(OperatorProblem) {
        if let other = node.attributes.keys.filter({ !names.contains($0) }).min() {
            throw OperatorProblem("its attribute `\(other)` is not supported")
        }
        guard inputs.contains(node.inputs.count), node.inputs.prefix(inputs.lowerBound).allSatisfy({ !$0.isEmpty }) else {
            throw OperatorProblem(
                "it has \(node.inputs.count) inputs; expected \(inputs.lowerBound) to \(inputs.upperBound)")
        }
        guard (1 ... outputs).contains(node.outputs.count) else {
            throw OperatorProblem("it has \(node.outputs.count) outputs; at most \(outputs) are supported")
        }
    }

    func int(_ name: String, default fallback: Int? = nil) throws(OperatorProblem) -> Int {
        if case .int(let value)? = node.attributes[name] { return Int(value) }
        return try missing(name, fallback)
    }

    func float(_ name: String, default fallback: Float) throws(OperatorProblem) -> Float {
        if case .float(let value)? = node.attributes[name] { return value }
        return try missing(name, fallback)
    }

    func string(_ name: String, default fallback: String) throws(OperatorProblem) -> String {
        if case .string(let value)? = node.attributes[name] { return value }
        return try missing(name, fallback)
    }

    func ints(_ name: String, default fallback: [Int]? = nil) throws(OperatorProblem) -> [Int] {
        if case .ints(let values)? = node.attributes[name] { return values.map { Int($0) } }
        return try missing(name, fallback)
    }

    func floats(_ name: String) throws(OperatorProblem) -> [Float] {
        if case .floats(let values)? = node.attributes[name] { return values }
        return try missing(name, nil)
    }

    func strings(_ name: String, default fallback: [String]? = nil) throws(OperatorProblem) -> [String] {
        if case .strings(let values)? = node.attributes[name] { return values }
        return try missing(name, fallback)
    }

    private func missing<Value>(_ name: String, _ fallback: Value?) throws(OperatorProblem) -> Value {
        guard node.attributes[name] == nil, let fallback else {
            throw OperatorProblem("its attribute `\(name)` is missing or of the wrong kind")
        }
        return fallback
    }

    /// Weights must be in the file, so that they can be prepared once.
    func constant(_ position: Int, _ role: String) throws(OperatorProblem) -> Tensor {
        guard let value = constants[position], case .float(let values) = value.elements else {
            throw OperatorProblem("\(role) (input \(position)) must be a float constant of the model")
        }
        return Tensor(shape: value.shape, values: values)
    }
}

extension [OperatorValue?] {
    func value(_ position: Int) throws(OperatorProblem) -> OperatorValue {
        guard position < count, let value = self[position] else { throw OperatorProblem("its input \(position) is missing") }
        return value
    }

    func floats(_ position: Int) throws(OperatorProblem) -> (shape: [Int], values: [Float]) {
        let value = try value(position)
        guard case .float(let values) = value.elements else {
            throw OperatorProblem("its input \(position) is of type \(value.elementType); expected float")
        }
        return (value.shape, values)
    }

    /// A shape, axes or repeats.
    func ints(_ position: Int) throws(OperatorProblem) -> [Int] {
        let value = try value(position)
        guard case .int64(let values) = value.elements, value.shape.count <= 1 else {
            throw OperatorProblem(
                "its input \(position) is \(value.elementType) of shape \(value.shape); expected a list of int64")
        }
        return values.map { Int($0) }
    }
}
