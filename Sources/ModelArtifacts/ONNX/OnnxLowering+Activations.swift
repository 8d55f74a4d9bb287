import ModelGraph

extension OnnxLowering {
    /// Functions that opset 17 has no operator for are composed. `features` is the size of the last axis.
    ///
    /// A layer may hold several functions, so constants are named after their values.
    mutating func activation(_ function: Activation, _ source: String, features: Int) -> String {
        switch function {
        case .linear: source
        case .relu: emit("Relu", [source])
        case .relu6: clip(source, constant("zero", scalar: 0), constant("six", scalar: 6))
        case .sigmoid: emit("Sigmoid", [source])
        case .tanh: emit("Tanh", [source])
        case .exponential: emit("Exp", [source])
        case .softplus: emit("Softplus", [source])
        case .softsign: emit("Softsign", [source])
        case .elu: emit("Elu", [source], ["alpha": .float(1)])
        case .celu: emit("Celu", [source], ["alpha": .float(1)])
        case .selu: emit("Selu", [source])
        case .leakyReLU: emit("LeakyRelu", [source], ["alpha": .float(0.2)])
        case .hardSigmoid: hardSigmoid(source, slope: 1 / 6)
        case .hardSigmoidKeras2: hardSigmoid(source, slope: 0.2)
        case .sparseSigmoid: hardSigmoid(source, slope: 0.5)
        case .hardSiLU: emit("HardSwish", [source])
        case .hardTanh: clip(source, constant("minus_one", scalar: -1), constant("one", scalar: 1))
        case .hardShrink: emit("Shrink", [source], ["lambd": .float(0.5), "bias": .float(0)])
        case .softShrink: emit("Shrink", [source], ["lambd": .float(0.5), "bias": .float(0.5)])
        case .softmax: emit("Softmax", [source], ["axis": .int(-1)])
        case .logSoftmax: emit("LogSoftmax", [source], ["axis": .int(-1)])
        case .sparsemax: sparsemax(source, features: features)
        case .gelu, .silu, .mish, .squareplus, .tanhShrink, .logSigmoid, .sparsePlus: composed(function, source)
        }
    }

    private mutating func clip(_ source: String, _ low: String, _ high: String) -> String {
        emit("Clip", [source, low, high])
    }

    private mutating func hardSigmoid(_ source: String, slope: Float) -> String {
        emit("HardSigmoid", [source], ["alpha": .float(slope), "beta": .float(0.5)])
    }

    private mutating func composed(_ function: Activation, _ source: String) -> String {
        switch function {
        case .silu: return emit("Mul", [source, emit("Sigmoid", [source])])
        // ONNX has Mish only from opset 18.
        case .mish: return emit("Mul", [source, emit("Tanh", [emit("Softplus", [source])])])
        case .tanhShrink: return emit("Sub", [source, emit("Tanh", [source])])
        case .logSigmoid: return emit("Neg", [emit("Softplus", [emit("Neg", [source])])])
        case .squareplus:
            let root = emit("Sqrt", [emit("Add", [emit("Mul", [source, source]), constant("four", scalar: 4)])])
            return emit("Mul", [emit("Add", [source, root]), constant("half", scalar: 0.5)])
        case .sparsePlus:
            // `clip(x + 1, 0, 2)² / 4` is the parabola and, from 1 on, 1; the rest of `x` is added there.
            let raised = emit("Add", [source, constant("one", scalar: 1)])
            let clipped = clip(raised, constant("zero", scalar: 0), constant("two", scalar: 2))
            let parabola = emit("Mul", [emit("Mul", [clipped, clipped]), constant("quarter", scalar: 0.25)])
            let beyond = emit("Relu", [emit("Sub", [source, constant("one", scalar: 1)])])
            return emit("Add", [parabola, beyond])
        default: return gelu(source)
        }
    }

    /// `x/2 · (1 + erf(x/√2))`; ONNX has Gelu only from opset 20.
    private mutating func gelu(_ source: String) -> String {
        let half = constant("half", scalar: 0.5)
        let error = emit("Erf", [emit("Mul", [source, constant("root_half", scalar: Float(0.5.squareRoot()))])])
        let doubled = emit("Mul", [source, emit("Add", [error, constant("one", scalar: 1)])])
        return emit("Mul", [doubled, half])
    }

    /// As `Activation.sparsemax` says: the values in falling order, their partial sums, and a 1 for each that counts.
    private mutating func sparsemax(_ source: String, features: Int) -> String {
        let sorted = emit("TopK", [source, constant("count", [features])], ["axis": .int(-1)], unusedOutputs: 1)
        let sums = emit("CumSum", [sorted, constant("last_axis", [-1])])
        let counts = constant("counts", Tensor((1 ... features).map { Float($0) }))
        let bounds = emit("Div", [emit("Sub", [sums, constant("one", scalar: 1)]), counts])
        let type = OperatorGraph.ElementType.float
        let isKept = emit("Cast", [emit("Greater", [sorted, bounds])], ["to": .int(Int64(type.rawValue))])
        let total = emit("ReduceSum", [emit("Mul", [sums, isKept]), constant("last_axis", [-1])], ["keepdims": .int(1)])
        let kept = emit("ReduceSum", [isKept, constant("last_axis", [-1])], ["keepdims": .int(1)])
        let threshold = emit("Div", [emit("Sub", [total, constant("one", scalar: 1)]), kept])
        return emit("Relu", [emit("Sub", [source, threshold])])
    }
}

extension OnnxLowering {
    /// The operators that a function becomes.
    static func operatorTypes(of function: Activation) -> [String] {
        let model = ModelGraph(
            name: function.rawValue, inputs: [ModelGraph.Input(name: "input", shape: [1])],
            nodes: [ModelGraph.Node(name: "function", operation: .activation(function), sources: ["input"])],
            outputs: [ModelGraph.Output(name: "output", source: "function")])
        let nodes = (try? lower(model))?.nodes ?? []
        return nodes.map(\.operatorType).filter { $0 != "Identity" }
    }
}

extension Activation {
    /// What ONNX calls the function inside LSTM and GRU, with its numbers; nothing when it has no such function.
    var recurrentForm: (name: String, alpha: Float?, beta: Float?)? {
        switch self {
        case .sigmoid: ("Sigmoid", nil, nil)
        case .tanh: ("Tanh", nil, nil)
        case .relu: ("Relu", nil, nil)
        case .softplus: ("Softplus", nil, nil)
        case .softsign: ("Softsign", nil, nil)
        case .linear: ("Affine", 1, 0)
        case .elu: ("Elu", 1, nil)
        case .leakyReLU: ("LeakyRelu", 0.2, nil)
        case .hardSigmoid: ("HardSigmoid", 1 / 6, 0.5)
        case .hardSigmoidKeras2: ("HardSigmoid", 0.2, 0.5)
        case .sparseSigmoid: ("HardSigmoid", 0.5, 0.5)
        default: nil
        }
    }
}
