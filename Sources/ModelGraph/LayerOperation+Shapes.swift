/// What is wrong with one operation, before the node's name is known.
struct Misfit: Error {
    let explanation: String

    init(_ explanation: String) { self.explanation = explanation }
}

extension LayerOperation {
    /// The shape, without the batch axis, of this operation's result.
    func resultShape(of sources: [[Int]]) throws(Misfit) -> [Int] {
        switch self {
        case .add, .multiply, .subtract: return try combinedShape(sources)
        case .concatenate(let axis): return try Self.joinedShape(sources, axis: axis)
        default:
            guard sources.count == 1, let source = sources.first else {
                throw Misfit("reads \(sources.count) sources; this operation takes exactly one")
            }
            return try resultShape(of: source)
        }
    }

    private static func first(of sources: [[Int]]) throws(Misfit) -> [Int] {
        guard let first = sources.first, sources.count >= 2 else {
            throw Misfit("combines \(sources.count) sources; expected at least two")
        }
        return first
    }

    private func combinedShape(_ sources: [[Int]]) throws(Misfit) -> [Int] {
        let first = try Self.first(of: sources)
        if case .subtract = self, sources.count != 2 {
            throw Misfit("subtracts \(sources.count) sources; expected exactly two")
        }
        for other in sources where other != first {
            throw Misfit("combines the shapes \(first) and \(other); expected equal shapes")
        }
        return first
    }

    private static func joinedShape(_ sources: [[Int]], axis: Int) throws(Misfit) -> [Int] {
        var joined = try first(of: sources)
        guard joined.indices.contains(axis) else {
            throw Misfit("joins along axis \(axis), which the shape \(joined) does not have")
        }
        joined[axis] = 0
        for source in sources {
            var others = source
            if others.indices.contains(axis) { others[axis] = joined[axis] }
            guard others == joined else {
                throw Misfit("joins the shapes \(sources[0]) and \(source); only axis \(axis) may differ")
            }
            joined[axis] += source[axis]
        }
        return joined
    }

    private func resultShape(of source: [Int]) throws(Misfit) -> [Int] {
        let features = source[source.count - 1]
        switch self {
        case .normalization(let mean, let variance):
            try Self.require(mean, "the mean", [features], source)
            try Self.require(variance, "the variance", [features], source)
            return source
        case .dense(let dense):
            guard dense.kernel.shape.count == 2, dense.kernel.shape[0] == features else {
                throw Misfit(
                    "reads the shape \(source) with a kernel of shape \(dense.kernel.shape); expected [\(features), units]")
            }
            if let bias = dense.bias { try Self.require(bias, "the bias", [dense.units], source) }
            return source.dropLast() + [dense.units]
        case .lstm(let lstm): return try lstm.resultShape(of: source)
        case .gru(let gru): return try gru.resultShape(of: source)
        case .bidirectional(let forward, let backward, let merge):
            return try merge.resultShape(of: source, forward: forward, backward: backward)
        case .repeatVector(let count):
            guard source.count == 1, count >= 1 else {
                throw Misfit("repeats the shape \(source) \(count) times; expected [units] and at least once")
            }
            return [count, features]
        case .batchNormalization(let parameters):
            try Self.require(parameters.gamma, "gamma", [features], source)
            try Self.require(parameters.beta, "beta", [features], source)
            try Self.require(parameters.movingMean, "the moving mean", [features], source)
            try Self.require(parameters.movingVariance, "the moving variance", [features], source)
            return source
        case .layerNormalization(let parameters):
            if let gamma = parameters.gamma { try Self.require(gamma, "gamma", [features], source) }
            if let beta = parameters.beta { try Self.require(beta, "beta", [features], source) }
            return source
        case .timeDistributed(let inner): return try inner.resultShape(ofEachStepOf: source)
        case .rescaling(let scale, let offset):
            for (tensor, role) in [(scale, "the scale"), (offset, "the offset")] where !tensor.shape.isEmpty {
                try Self.require(tensor, role, [features], source)
            }
            return source
        case .flatten: return [source.reduce(1, *)]
        case .reshape(let target): return try Self.reshaped(source, to: target)
        case .isolationForest(let forest):
            try forest.check(source)
            return [1]
        case .dropout, .activation, .add, .multiply, .subtract, .concatenate: return source
        }
    }

    /// This operation's result inside `timeDistributed`.
    private func resultShape(ofEachStepOf source: [Int]) throws(Misfit) -> [Int] {
        switch self {
        case .dense, .activation, .dropout, .normalization, .batchNormalization, .layerNormalization, .rescaling, .flatten,
            .reshape:
            guard source.count >= 2 else {
                throw Misfit("reads the shape \(source); TimeDistributed expects [time, …] with at least one axis per step")
            }
            return try [source[0]] + resultShape(of: Array(source.dropFirst()))
        default:
            throw Misfit("wraps \(typeName) in TimeDistributed, which takes layers that compute each step on its own")
        }
    }

    static func require(_ tensor: Tensor, _ role: String, _ shape: [Int], _ source: [Int]) throws(Misfit) {
        guard tensor.shape == shape else {
            throw Misfit("reads the shape \(source), but \(role) has the shape \(tensor.shape); expected \(shape)")
        }
    }

    /// `target` with its one −1, if any, replaced by the size that keeps the number of elements.
    private static func reshaped(_ source: [Int], to target: [Int]) throws(Misfit) -> [Int] {
        let count = source.reduce(1, *)
        var known = 1
        for size in target where size != -1 {
            let (product, overflow) = known.multipliedReportingOverflow(by: size)
            guard size >= 1, !overflow else { throw Misfit("reshapes \(source) to \(target); expected sizes of at least 1") }
            known = product
        }
        let unknown = target.count { $0 == -1 }
        guard !target.isEmpty, unknown == 0 ? known == count : unknown == 1 && count % known == 0 else {
            throw Misfit("reshapes \(source) to \(target), which does not hold the same \(count) values")
        }
        return target.map { $0 == -1 ? count / known : $0 }
    }
}
