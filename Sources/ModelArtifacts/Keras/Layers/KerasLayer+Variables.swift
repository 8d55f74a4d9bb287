import ModelGraph

/// A variable that a layer keeps in the weights file.
struct KerasVariable: Equatable {
    /// As Keras names it, for example `recurrent_kernel`.
    var name: String
    /// Below the layer's own group, for example `cell/vars/1`.
    var path: String
    var shape: [Int]
    /// Whether it counts something (an integer); all others are floats.
    var isCount = false
}

/// Why a layer cannot take the inputs it is given.
struct KerasShapeMismatch: Error {
    let description: String
}

extension KerasLayer {
    /// The variables in the order of their numbers, for an input of the shape `input`, which `outputShape` has accepted.
    func variables(input: [Int]) -> [KerasVariable] {
        let features = input.last ?? 1
        func numbered(_ group: String, _ variables: [(String, [Int])?]) -> [KerasVariable] {
            variables.compactMap { $0 }.enumerated().map { index, variable in
                KerasVariable(name: variable.0, path: "\(group)vars/\(index)", shape: variable.1)
            }
        }
        func variables(_ dense: Dense, group: String) -> [KerasVariable] {
            numbered(group, [("kernel", [features, dense.units]), dense.useBias ? ("bias", [dense.units]) : nil])
        }
        switch self {
        case .normalization(fixed: nil):
            return numbered("", [("mean", [features]), ("variance", [features])])
                + [KerasVariable(name: "count", path: "vars/2", shape: [], isCount: true)]
        case let .dense(dense): return variables(dense, group: "")
        case let .timeDistributed(dense): return variables(dense, group: "layer/")
        case let .lstm(lstm):
            let gates = 4 * lstm.units
            return numbered("cell/", [
                ("kernel", [features, gates]), ("recurrent_kernel", [lstm.units, gates]),
                lstm.useBias ? ("bias", [gates]) : nil,
            ])
        case let .batchNormalization(_, center, scale):
            return numbered("", [
                scale ? ("gamma", [features]) : nil, center ? ("beta", [features]) : nil, ("moving_mean", [features]),
                ("moving_variance", [features]),
            ])
        default: return []
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
        case let .timeDistributed(dense):
            try require(input.count >= 2, "it needs [time, feature], but its input has the shape \(input)")
            return input.dropLast() + [dense.units]
        case let .lstm(lstm):
            try require(input.count == 2, "it needs [time, feature], but its input has the shape \(input)")
            return lstm.returnSequences ? [input[0], lstm.units] : [lstm.units]
        case let .repeatVector(count):
            try require(input.count == 1, "it needs [feature], but its input has the shape \(input)")
            return [count, input[0]]
        case .normalization, .batchNormalization:
            try require(input.count >= 1, "it needs features, but its input has the shape \(input)")
            return input
        case .flatten: return [input.reduce(1, *)]
        case let .reshape(shape):
            try require(
                shape.allSatisfy { $0 > 0 } && Self.sameCount(shape, input), "\(input) cannot become \(shape): other counts")
            return shape
        case .dropout, .rescaling, .activation: return input
        case .add, .multiply, .subtract: return try elementwise(inputs)
        case let .concatenate(axis): return try concatenated(inputs, axis: axis)
        }
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
