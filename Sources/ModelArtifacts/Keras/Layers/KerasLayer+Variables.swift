import ModelGraph

/// A variable that a layer keeps in the weights file.
struct KerasVariable: Equatable {
    /// As Keras names it, for example `recurrent_kernel`.
    var name: String
    /// Below the layer's own group in Keras 3's tree of weights, for example `cell/vars/1`.
    var path: String
    /// Below the layer's name in the layout of Keras 2, for example `lstm_cell/recurrent_kernel`.
    var qualifiedName: String
    var shape: [Int]
    /// Whether it counts something (an integer); all others are floats.
    var isCount = false

    /// The same variable of a layer inside another one.
    fileprivate func inside(path: String, name: String) -> KerasVariable {
        var inner = self
        inner.path = "\(path)/\(self.path)"
        inner.qualifiedName = "\(name)/\(qualifiedName)"
        return inner
    }
}

/// Why a layer cannot take the inputs it is given.
struct KerasShapeMismatch: Error {
    let description: String
}

extension KerasLayer {
    /// The variables in the order of their numbers, which is also the order in Keras 2's layout, for an input of the shape
    /// `input`, which `outputShape` has accepted.
    func variables(input: [Int]) -> [KerasVariable] {
        let features = input.last ?? 1
        switch self {
        case .normalization(fixed: nil):
            var variables = Self.numbered([("mean", [features]), ("variance", [features]), ("count", [])])
            variables[2].isCount = true
            return variables
        case let .dense(dense):
            return Self.numbered([("kernel", [features, dense.units]), dense.useBias ? ("bias", [dense.units]) : nil])
        case let .timeDistributed(inner):
            return inner.variables(input: Array(input.dropFirst())).map {
                $0.inside(path: "layer", name: inner.snakeCaseName)
            }
        case let .recurrent(layer): return layer.variables(features: features)
        case let .bidirectional(forward, backward, _):
            let ahead = forward.variables(features: features)
            let back = backward.variables(features: features)
            return ahead.map { $0.inside(path: "forward_layer", name: forward.directedName) }
                + back.map { $0.inside(path: "backward_layer", name: backward.directedName) }
        case let .batchNormalization(_, center, scale):
            return Self.numbered([
                scale ? ("gamma", [features]) : nil, center ? ("beta", [features]) : nil, ("moving_mean", [features]),
                ("moving_variance", [features]),
            ])
        case let .layerNormalization(_, center, scale):
            return Self.numbered([scale ? ("gamma", [features]) : nil, center ? ("beta", [features]) : nil])
        default: return []
        }
    }

    fileprivate static func numbered(_ variables: [(name: String, shape: [Int])?]) -> [KerasVariable] {
        variables.compactMap { $0 }.enumerated().map { index, variable in
            KerasVariable(
                name: variable.name, path: "vars/\(index)", qualifiedName: variable.name, shape: variable.shape)
        }
    }

    /// The shape of the result.
    /// - Throws: `KerasShapeMismatch` when the layer cannot take inputs of these shapes.
    func outputShape(inputs: [[Int]]) throws(KerasShapeMismatch) -> [Int] {
        guard let input = inputs.first, mergesSeveralInputs || inputs.count == 1 else {
            throw KerasShapeMismatch(description: "it takes one input, but has \(inputs.count)")
        }
        switch self {
        case let .dense(dense):
            try require(input.count >= 1, "it needs features, but its input has the shape \(input)")
            return input.dropLast() + [dense.units]
        case let .timeDistributed(inner):
            try require(
                input.count >= 2 && !inner.needsWholeSequence,
                "it applies \(inner.className) to each step of [time, …], but its input has the shape \(input)")
            return try [input[0]] + inner.outputShape(inputs: [Array(input.dropFirst())])
        case let .recurrent(layer):
            try require(input.count == 2, "it needs [time, feature], but its input has the shape \(input)")
            return layer.outputShape(steps: input[0])
        case let .bidirectional(forward, backward, merge):
            try require(input.count == 2, "it needs [time, feature], but its input has the shape \(input)")
            return try Self.merged(forward, backward, merge, steps: input[0])
        case let .repeatVector(count):
            try require(input.count == 1, "it needs [feature], but its input has the shape \(input)")
            return [count, input[0]]
        case .normalization, .batchNormalization, .layerNormalization:
            try require(input.count >= 1, "it needs features, but its input has the shape \(input)")
            return input
        case .flatten: return [input.reduce(1, *)]
        case let .reshape(shape):
            try require(
                shape.allSatisfy { $0 > 0 } && Self.sameCount(shape, input), "\(input) cannot become \(shape): other counts")
            return shape
        case .dropout, .activation: return input
        case let .rescaling(scale, offset):
            for tensor in [scale, offset] {
                try require(
                    tensor.shape.isEmpty || tensor.shape == [input.last ?? 1],
                    "it has \(tensor.values.count) factors or offsets, but its input has the shape \(input)")
            }
            return input
        case .add, .multiply, .subtract: return try elementwise(inputs)
        case let .concatenate(axis): return try concatenated(inputs, axis: axis)
        }
    }

    /// Layers that cannot be applied to one step at a time, or to several inputs of one step.
    private var needsWholeSequence: Bool {
        switch self {
        case .recurrent, .bidirectional, .repeatVector, .timeDistributed: true
        default: mergesSeveralInputs
        }
    }

    private static func merged(
        _ forward: Recurrent, _ backward: Recurrent, _ merge: BidirectionalMerge, steps: Int
    ) throws(KerasShapeMismatch) -> [Int] {
        guard !forward.goBackwards, backward.goBackwards, forward.returnSequences == backward.returnSequences else {
            throw KerasShapeMismatch(
                description: "its first layer must go forwards, its second backwards, and both or none return sequences")
        }
        let shape = forward.outputShape(steps: steps)
        if merge == .concat { return shape.dropLast() + [forward.units + backward.units] }
        guard forward.units == backward.units else {
            throw KerasShapeMismatch(
                description: "\(forward.units) and \(backward.units) units cannot be merged by \(merge.rawValue)")
        }
        return shape
    }

    private func require(_ condition: Bool, _ finding: @autoclosure () -> String) throws(KerasShapeMismatch) {
        guard condition else { throw KerasShapeMismatch(description: finding()) }
    }

    private static func sameCount(_ shape: [Int], _ other: [Int]) -> Bool {
        var count = 1
        for extent in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            if overflow { return false }
            count = product
        }
        return count == other.reduce(1, *)
    }

    private func elementwise(_ inputs: [[Int]]) throws(KerasShapeMismatch) -> [Int] {
        if self == .subtract {
            try require(inputs.count == 2, "it takes two inputs, but has \(inputs.count)")
        }
        try require(Set(inputs).count == 1, "its inputs have different shapes: \(inputs)")
        return inputs[0]
    }

    private func concatenated(_ inputs: [[Int]], axis: Int) throws(KerasShapeMismatch) -> [Int] {
        try require(inputs.allSatisfy { $0.indices.contains(axis) }, "its inputs have no axis \(axis): \(inputs)")
        let others = Set(inputs.map { Array($0[..<axis] + $0[(axis + 1)...]) })
        try require(others.count == 1, "its inputs differ in other axes than \(axis): \(inputs)")
        var joined = inputs[0]
        joined[axis] = inputs.reduce(0) { $0 + $1[axis] }
        return joined
    }
}

extension KerasLayer.Recurrent {
    fileprivate func variables(features: Int) -> [KerasVariable] {
        KerasLayer.numbered([
            ("kernel", [features, gates * units]), ("recurrent_kernel", [units, gates * units]),
            useBias ? ("bias", biasShape) : nil,
        ]).map { $0.inside(path: "cell", name: "\(className.lowercased())_cell") }
    }
}
