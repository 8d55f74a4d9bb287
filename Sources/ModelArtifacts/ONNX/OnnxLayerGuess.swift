import ModelGraph

/// The layers that a group of operators may have been written from. Each guess is checked by lowering it again, so these
/// only have to contain the right one; that there are few keeps the check fast.
struct OnnxLayerGuess {
    let group: OnnxRaising.Group
    let sourceShapes: [[Int]]

    init(_ group: OnnxRaising.Group, sourceShapes: [[Int]]) {
        self.group = group
        self.sourceShapes = sourceShapes
    }

    var operations: [LayerOperation] {
        if group.isCombination { return combinations }
        let types = group.types
        if types.contains("TreeEnsembleRegressor") { return isolationForest.map { [.isolationForest($0)] } ?? [] }
        if types.contains("LayerNormalization") { return layerNormalization.map { [$0] } ?? [] }
        if group.constants["forward_kernel"] != nil { return bidirectional }
        if group.constants["kernel"] != nil {
            // Only steps and gates are split.
            return types[0] == "MatMul" && !types.contains("Split") ? dense : recurrent(prefix: "")
        }
        return [normalization, batchNormalization, rescaling, shaping].compactMap(\.self)
            + activations.map { .activation($0) }
    }

    /// Functions all of whose operators the group has.
    var activations: [Activation] {
        let present = Set(group.types)
        return Activation.allCases.filter { OnnxLayerGuess.operatorTypes[$0, default: []].isSubset(of: present) }
    }

    private static let operatorTypes: [Activation: Set<String>] = Dictionary(
        uniqueKeysWithValues: Activation.allCases.map { ($0, Set(OnnxLowering.operatorTypes(of: $0))) })

    private var combinations: [LayerOperation] {
        switch group.types[0] {
        case "Add": return [.add]
        case "Mul": return [.multiply]
        case "Sub": return [.subtract]
        default:
            guard case .int(let axis)? = group.nodes[0].attributes["axis"], axis >= 1 else { return [] }
            return [.concatenate(axis: Int(axis) - 1)]
        }
    }

    private var dense: [LayerOperation] {
        guard let kernel = group.tensor("kernel", rank: 2) else { return [] }
        return activations.map {
            .dense(DenseParameters(kernel: kernel, bias: group.tensor("bias"), activation: $0))
        }
    }

    /// The square of the deviation has exactly the deviation as its root, unless it overflows.
    private var normalization: LayerOperation? {
        guard let mean = group.tensor("mean"), let deviation = group.tensor("deviation") else { return nil }
        let variance = Tensor(shape: deviation.shape, values: deviation.values.map { $0 * $0 })
        return .normalization(mean: mean, variance: variance)
    }

    /// With a variance of 1 and nothing added to it, gamma is the scale.
    private var batchNormalization: LayerOperation? {
        guard let mean = group.tensor("moving_mean"), let scale = group.tensor("scale"),
            let beta = group.tensor("beta")
        else { return nil }
        return .batchNormalization(
            BatchNormalizationParameters(
                gamma: scale, beta: beta, movingMean: mean, movingVariance: Tensor(repeating: 1, shape: scale.shape),
                epsilon: 0))
    }

    private var layerNormalization: LayerOperation? {
        guard case .float(let epsilon)? = group.nodes[0].attributes["epsilon"] else { return nil }
        return .layerNormalization(
            LayerNormalizationParameters(gamma: group.tensor("gamma"), beta: group.tensor("beta"), epsilon: epsilon))
    }

    private var rescaling: LayerOperation? {
        guard let scale = group.tensor("scale"), let offset = group.tensor("offset") else { return nil }
        return .rescaling(scale: scale, offset: offset)
    }

    private var shaping: LayerOperation? {
        switch group.types[0] {
        case "Flatten": return .flatten
        case "Reshape": return group.ints("shape").map { .reshape(Array($0.dropFirst())) }
        case "Unsqueeze":
            guard let shape = group.ints("shape"), shape.count == 3 else { return nil }
            return .repeatVector(count: shape[1])
        default: return nil
        }
    }
}
