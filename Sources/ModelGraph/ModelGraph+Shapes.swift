/// Why a model graph cannot be run or written: which node, what it was given, what it needs.
public struct ModelGraphProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// The node, input or output at fault.
    public let place: String
    public let description: String

    public init(_ place: String, _ explanation: String) {
        self.place = place
        description = "`\(place)`: \(explanation)"
    }
}

extension ModelGraph {
    /// Checks the whole graph — unique names, sources that come earlier, tensors that fit, trees that end — and returns
    /// the shape of every input and node by name, without the batch axis.
    ///
    /// Graphs come from files too, so nothing about them is taken for granted here; after this check it may be.
    /// - Throws: `ModelGraphProblem`, which names the node and both shapes.
    public func inferredShapes() throws(ModelGraphProblem) -> [String: [Int]] {
        var shapes: [String: [Int]] = [:]
        func define(_ name: String, _ shape: [Int]) throws(ModelGraphProblem) {
            guard shapes.updateValue(shape, forKey: name) == nil else {
                throw ModelGraphProblem(name, "two inputs or nodes have this name; names must be unique")
            }
        }
        for input in inputs {
            guard !input.shape.isEmpty, Self.elementCount(input.shape) != nil else {
                throw ModelGraphProblem(input.name, "an input of shape \(input.shape); expected sizes of at least 1")
            }
            try define(input.name, input.shape)
        }
        for node in nodes {
            var sources: [[Int]] = []
            for source in node.sources {
                guard let shape = shapes[source] else {
                    throw ModelGraphProblem(node.name, "reads `\(source)`, which is no input and no earlier node")
                }
                sources.append(shape)
            }
            let shape: [Int]
            do {
                shape = try node.operation.resultShape(of: sources)
            } catch {
                throw ModelGraphProblem(node.name, error.explanation)
            }
            guard Self.elementCount(shape) != nil else {
                throw ModelGraphProblem(node.name, "has the result shape \(shape), which no memory holds")
            }
            try define(node.name, shape)
        }
        try checkOutputs(shapes)
        return shapes
    }

    private func checkOutputs(_ shapes: [String: [Int]]) throws(ModelGraphProblem) {
        guard !outputs.isEmpty else { throw ModelGraphProblem(name, "the graph has no output") }
        var names: Set<String> = []
        for output in outputs {
            guard shapes[output.source] != nil else {
                throw ModelGraphProblem(output.name, "is computed by `\(output.source)`, which is no input and no node")
            }
            guard names.insert(output.name).inserted else {
                throw ModelGraphProblem(output.name, "two outputs have this name; names must be unique")
            }
        }
    }

    /// The product of a shape, or `nil` where a size is below 1 or one row alone would take more than 2³¹ values.
    private static func elementCount(_ shape: [Int]) -> Int? {
        var count = 1
        for size in shape {
            guard size >= 1 else { return nil }
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard !overflow, product <= 1 << 31 else { return nil }
            count = product
        }
        return count
    }
}

/// What is wrong with one operation, before the node's name is known.
private struct Misfit: Error {
    let explanation: String

    init(_ explanation: String) { self.explanation = explanation }
}

extension LayerOperation {
    /// The shape, without the batch axis, of this operation's result.
    fileprivate func resultShape(of sources: [[Int]]) throws(Misfit) -> [Int] {
        switch self {
        case .add, .multiply, .subtract, .concatenate: return try combinedShape(sources)
        default:
            guard sources.count == 1, let source = sources.first else {
                throw Misfit("reads \(sources.count) sources; this operation takes exactly one")
            }
            return try resultShape(of: source)
        }
    }

    private func combinedShape(_ sources: [[Int]]) throws(Misfit) -> [Int] {
        guard let first = sources.first, sources.count >= 2 else {
            throw Misfit("combines \(sources.count) sources; expected at least two")
        }
        if case .subtract = self, sources.count != 2 {
            throw Misfit("subtracts \(sources.count) sources; expected exactly two")
        }
        guard self == .concatenate else {
            for other in sources where other != first {
                throw Misfit("combines the shapes \(first) and \(other); expected equal shapes")
            }
            return first
        }
        var features = 0
        for source in sources {
            guard source.dropLast() == first.dropLast() else {
                throw Misfit("joins the shapes \(first) and \(source); only the last axis may differ")
            }
            features += source[source.count - 1]
        }
        return first.dropLast() + [features]
    }

    private func resultShape(of source: [Int]) throws(Misfit) -> [Int] {
        let features = source[source.count - 1]
        switch self {
        case .normalization(let mean, let variance):
            try Self.require(mean, "the mean", [features], source)
            try Self.require(variance, "the variance", [features], source)
            return source
        case .dense(let dense, _):
            guard dense.kernel.shape.count == 2, dense.kernel.shape[0] == features else {
                throw Misfit(
                    "reads the shape \(source) with a kernel of shape \(dense.kernel.shape); expected [\(features), units]")
            }
            if let bias = dense.bias { try Self.require(bias, "the bias", [dense.units], source) }
            return source.dropLast() + [dense.units]
        case .lstm(let lstm): return try lstm.resultShape(of: source)
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
        case .flatten: return [source.reduce(1, *)]
        case .reshape(let target): return try Self.reshaped(source, to: target)
        case .isolationForest(let forest):
            try forest.check(source)
            return [1]
        case .dropout, .rescaling, .activation, .add, .multiply, .subtract, .concatenate: return source
        }
    }

    fileprivate static func require(_ tensor: Tensor, _ role: String, _ shape: [Int], _ source: [Int]) throws(Misfit) {
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

extension LSTMParameters {
    fileprivate func resultShape(of source: [Int]) throws(Misfit) -> [Int] {
        guard source.count == 2 else { throw Misfit("reads the shape \(source); an LSTM expects [time, feature]") }
        guard recurrentKernel.shape.count == 2, units >= 1, recurrentKernel.shape[1] == 4 * units else {
            throw Misfit("has a recurrent kernel of shape \(recurrentKernel.shape); expected [units, 4 · units]")
        }
        try LayerOperation.require(kernel, "the kernel", [source[1], 4 * units], source)
        try LayerOperation.require(bias, "the bias", [4 * units], source)
        for function in [activation, recurrentActivation] where function == .softmax {
            throw Misfit("uses softmax inside an LSTM, where only elementwise activations make sense")
        }
        return returnSequences ? [source[0], units] : [units]
    }
}

extension IsolationForestParameters {
    /// Every tree must be one that a walk leaves: children lie behind their parent, inside the arrays.
    fileprivate func check(_ source: [Int]) throws(Misfit) {
        guard source.count == 1 else { throw Misfit("reads the shape \(source); a forest expects [feature]") }
        try LayerOperation.require(center, "the center", source, source)
        try LayerOperation.require(scale, "the scale", source, source)
        guard !trees.isEmpty, averagePathLength > 0, averagePathLength.isFinite else {
            throw Misfit(
                "has \(trees.count) trees and the normaliser \(averagePathLength); "
                    + "expected at least one tree and a positive number")
        }
        for (index, tree) in trees.enumerated() {
            let count = tree.feature.count
            guard count >= 1, tree.threshold.count == count, tree.left.count == count, tree.right.count == count,
                tree.pathLength.count == count
            else { throw Misfit("tree \(index) is empty or its arrays differ in length") }
            for node in 0 ..< count where tree.feature[node] != -1 {
                guard (0 ..< source[0]).contains(Int(tree.feature[node])) else {
                    throw Misfit("tree \(index) splits on feature \(tree.feature[node]) of \(source[0])")
                }
                for child in [tree.left[node], tree.right[node]] where !(node + 1 ..< count).contains(Int(child)) {
                    throw Misfit(
                        "tree \(index), node \(node), has the child \(child); expected one in \(node + 1) ..< \(count)")
                }
            }
        }
    }
}
