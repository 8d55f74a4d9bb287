import ModelGraph

extension OnnxLowering {
    /// Appends the operators of one layer and returns the name of its result. The layer's tensors have been
    /// checked against the shapes of its sources.
    mutating func lower(_ operation: LayerOperation, _ sources: LayerSources) throws(OnnxError) -> String {
        let (source, shape) = (sources.values[0], sources.shapes[0])
        switch operation {
        case .normalization(let mean, let variance): return normalization(source, mean, variance)
        case .dense(let parameters): return dense(source, parameters)
        case .lstm(let parameters): return try recurrence(source, OnnxRecurrence(parameters, steps: shape[0]))
        case .gru(let parameters): return try recurrence(source, OnnxRecurrence(parameters, steps: shape[0]))
        case .bidirectional(let forward, let backward, let merge):
            return try bidirectional(source, forward, backward, merge, steps: shape[0])
        case .dropout: return source
        case .repeatVector(let count):
            let unsqueezed = emit("Unsqueeze", [source, constant("axes", [1])])
            return emit("Expand", [unsqueezed, constant("shape", [1, count, 1])])
        case .batchNormalization(let parameters): return batchNormalization(source, parameters)
        case .layerNormalization(let parameters):
            return layerNormalization(source, parameters, features: shape[shape.count - 1])
        case .timeDistributed(let inner): return try timeDistributed(inner, sources)
        case .flatten: return emit("Flatten", [source], ["axis": .int(1)])
        // A zero copies the batch axis; one size may be −1 and is inferred.
        case .reshape(let shape): return emit("Reshape", [source, constant("shape", [0] + shape)])
        case .rescaling(let scale, let offset):
            let scaled = emit("Mul", [source, constant("scale", scale)])
            return emit("Add", [scaled, constant("offset", offset)])
        case .activation(let function): return activation(function, source, features: shape[shape.count - 1])
        case .add: return chain("Add", sources.values)
        case .multiply: return chain("Mul", sources.values)
        case .subtract: return chain("Sub", sources.values)
        case .concatenate(let axis): return emit("Concat", sources.values, ["axis": .int(Int64(axis + 1))])
        case .isolationForest(let forest): return isolationForest(source, forest)
        }
    }

    /// What works on the last axis computes each step on its own anyway; what changes the shape keeps the steps apart.
    private mutating func timeDistributed(_ inner: LayerOperation, _ sources: LayerSources) throws(OnnxError) -> String {
        let (source, shape) = (sources.values[0], sources.shapes[0])
        switch inner {
        case .flatten:
            return emit("Reshape", [source, constant("shape", [0, shape[0], shape.dropFirst().reduce(1, *)])])
        case .reshape(let target): return emit("Reshape", [source, constant("shape", [0, shape[0]] + target)])
        default: return try lower(inner, sources)
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
        return activation(parameters.activation, result, features: parameters.units)
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

    /// ONNX' operator asks for a scale; without one it is 1.
    private mutating func layerNormalization(
        _ source: String, _ parameters: LayerNormalizationParameters, features: Int
    ) -> String {
        let scale = parameters.gamma.map { constant("gamma", $0) }
            ?? constant("ones", Tensor(repeating: 1, shape: [features]))
        return emit(
            "LayerNormalization", [source, scale] + (parameters.beta.map { [constant("beta", $0)] } ?? []),
            ["axis": .int(-1), "epsilon": .float(parameters.epsilon)])
    }
}
