import ModelGraph

extension OnnxLowering {
    /// Appends the operators of one layer and returns the name of its result. The layer's tensors have been
    /// checked against the shapes of its sources.
    mutating func lower(_ operation: LayerOperation, sources: [String]) throws(OnnxError) -> String {
        let source = sources[0]
        switch operation {
        case .normalization(let mean, let variance): return normalization(source, mean, variance)
        case .dense(let parameters): return dense(source, parameters)
        case .lstm(let parameters): return try lstm(source, parameters)
        case .dropout: return source
        case .repeatVector(let count):
            let unsqueezed = emit("Unsqueeze", [source, constant("axes", [1])])
            return emit("Expand", [unsqueezed, constant("shape", [1, count, 1])])
        case .batchNormalization(let parameters): return batchNormalization(source, parameters)
        case .flatten: return emit("Flatten", [source], ["axis": .int(1)])
        // A zero copies the batch axis; one size may be −1 and is inferred.
        case .reshape(let shape): return emit("Reshape", [source, constant("shape", [0] + shape)])
        case .rescaling(let scale, let offset):
            let scaled = emit("Mul", [source, constant("scale", scalar: scale)])
            return emit("Add", [scaled, constant("offset", scalar: offset)])
        case .activation(let function): return activation(function, source)
        case .add: return chain("Add", sources)
        case .multiply: return chain("Mul", sources)
        case .subtract: return chain("Sub", sources)
        case .concatenate: return emit("Concat", sources, ["axis": .int(-1)])
        case .isolationForest(let forest): return isolationForest(source, forest)
        }
    }

    private mutating func chain(_ type: String, _ sources: [String]) -> String {
        sources.dropFirst().reduce(sources[0]) { emit(type, [$0, $1]) }
    }

    /// Keras bounds the deviation, not the variance.
    private mutating func normalization(_ source: String, _ mean: Tensor, _ variance: Tensor) -> String {
        let deviation = Tensor(shape: variance.shape, values: variance.values.map { max($0.squareRoot(), 1e-7) })
        let centred = emit("Sub", [source, constant("mean", mean)])
        return emit("Div", [centred, constant("deviation", deviation)])
    }

    /// MatMul and Add rather than Gemm: they take steps too, and shape inference checks that the matrices fit, which it
    /// does not for Gemm.
    private mutating func dense(_ source: String, _ parameters: DenseParameters) -> String {
        var result = emit("MatMul", [source, constant("kernel", parameters.kernel)])
        if let bias = parameters.bias { result = emit("Add", [result, constant("bias", bias)]) }
        return activation(parameters.activation, result)
    }

    /// Not ONNX' own operator: that normalises axis 1, Keras the last. Subtracting first keeps small deviations from a
    /// large mean.
    private mutating func batchNormalization(_ source: String, _ parameters: BatchNormalizationParameters) -> String {
        let scale = zip(parameters.gamma.values, parameters.movingVariance.values).map { gamma, variance in
            Float(Double(gamma) / (Double(variance) + Double(parameters.epsilon)).squareRoot())
        }
        let centred = emit("Sub", [source, constant("moving_mean", parameters.movingMean)])
        let scaled = emit("Mul", [centred, constant("scale", Tensor(scale))])
        return emit("Add", [scaled, constant("beta", parameters.beta)])
    }

    private mutating func activation(_ function: Activation, _ source: String) -> String {
        switch function {
        case .linear: source
        case .relu: emit("Relu", [source])
        case .sigmoid: emit("Sigmoid", [source])
        case .tanh: emit("Tanh", [source])
        case .softmax: emit("Softmax", [source], ["axis": .int(-1)])
        case .exponential: emit("Exp", [source])
        case .softplus: emit("Softplus", [source])
        case .elu: emit("Elu", [source], ["alpha": .float(1)])
        case .selu: emit("Selu", [source])
        case .leakyReLU: emit("LeakyRelu", [source], ["alpha": .float(0.2)])
        case .gelu: gelu(source)
        }
    }

    /// `x/2 · (1 + erf(x/√2))`; ONNX has Gelu only from opset 20.
    private mutating func gelu(_ source: String) -> String {
        let half = constant("half", scalar: 0.5)
        let error = emit("Erf", [emit("Mul", [source, constant("root_half", scalar: Float(0.5.squareRoot()))])])
        let doubled = emit("Mul", [source, emit("Add", [error, constant("one", scalar: 1)])])
        return emit("Mul", [doubled, half])
    }

    // MARK: LSTM

    /// ONNX' LSTM is time-major, so the source is transposed; ONNX Runtime joins the transpositions of stacked layers.
    private mutating func lstm(_ source: String, _ parameters: LSTMParameters) throws(OnnxError) -> String {
        let units = parameters.units
        let bias = parameters.bias.gatesInOnnxOrder(units).values + Array(repeating: 0, count: 4 * units)
        var attributes: [String: OperatorGraph.Attribute] = ["hidden_size": .int(Int64(units))]
        if parameters.activation != .tanh || parameters.recurrentActivation != .sigmoid {
            let gate = try recurrentName(parameters.recurrentActivation)
            let cell = try recurrentName(parameters.activation)
            attributes["activations"] = .strings([gate, cell, cell])
        }
        let inputs = [
            emit("Transpose", [source], ["perm": .ints([1, 0, 2])]),
            constant("kernel", parameters.kernel.gatesInOnnxOrder(units).transposedWithDirection),
            constant("recurrent_kernel", parameters.recurrentKernel.gatesInOnnxOrder(units).transposedWithDirection),
            constant("bias", Tensor(shape: [1, 8 * units], values: bias)),
        ]
        if parameters.returnSequences {
            let sequence = emit("LSTM", inputs, attributes)
            let timeMajor = emit("Squeeze", [sequence, constant("direction", [1])])
            return emit("Transpose", [timeMajor], ["perm": .ints([1, 0, 2])])
        }
        let last = emit("LSTM", inputs, attributes, skippedOutputs: 1)
        return emit("Squeeze", [last, constant("direction", [0])])
    }

    private func recurrentName(_ function: Activation) throws(OnnxError) -> String {
        switch function {
        case .sigmoid: return "Sigmoid"
        case .tanh: return "Tanh"
        case .relu: return "Relu"
        case .softplus: return "Softplus"
        default:
            throw unwritable(
                "the activation `\(function.rawValue)` inside an LSTM cannot be written; "
                    + "use sigmoid, tanh, relu or softplus")
        }
    }
}

extension Tensor {
    /// Reorders the gate blocks of the last axis, `[…, 4U]`: Keras' input, forget, candidate, output → ONNX' input,
    /// output, forget, candidate.
    fileprivate func gatesInOnnxOrder(_ units: Int) -> Tensor {
        var reordered: [Float] = []
        reordered.reserveCapacity(values.count)
        for row in stride(from: 0, to: values.count, by: 4 * units) {
            for gate in [0, 3, 1, 2] {
                reordered += values[row + gate * units ..< row + (gate + 1) * units]
            }
        }
        return Tensor(shape: shape, values: reordered)
    }

    /// `[F, 4U]` → `[1, 4U, F]`: ONNX' weights are transposed and start with the direction.
    fileprivate var transposedWithDirection: Tensor {
        let (rows, columns) = (shape[0], shape[1])
        let transposed = (0 ..< rows * columns).map { values[$0 % rows * columns + $0 / rows] }
        return Tensor(shape: [1, columns, rows], values: transposed)
    }
}
