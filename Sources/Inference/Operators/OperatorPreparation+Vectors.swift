import ModelGraph

/// Operators that combine the values of the last axis. Other axes are not supported: nothing that is written needs them.
extension OperatorPreparation {
    static func requireLast(_ axis: Int, of shape: [Int]) throws(OperatorProblem) {
        guard try ShapeArithmetic.axis(axis, rank: shape.count) == shape.count - 1 else {
            throw OperatorProblem("axis \(axis) of \(shape) is not supported, only the last")
        }
    }

    func cumulativeSum() throws(OperatorProblem) -> OperatorComputation {
        try requireOnly([], inputs: 2 ... 2)
        return { inputs throws(OperatorProblem) in
            let (source, axis) = (try inputs.floats(0), try inputs.ints(1))
            guard axis.count == 1 else { throw OperatorProblem("sums along the axes \(axis); expected one") }
            try Self.requireLast(axis[0], of: source.shape)
            let sums = source.values.mappingVectors(of: source.shape[source.shape.count - 1]) { vector in
                for index in vector.indices.dropFirst() { vector[index] += vector[index - 1] }
            }
            return [OperatorValue(shape: source.shape, .float(sums))]
        }
    }

    func sum() throws(OperatorProblem) -> OperatorComputation {
        try requireOnly(["keepdims", "noop_with_empty_axes"], inputs: 2 ... 2)
        guard try int("keepdims", default: 1) == 1 else {
            throw OperatorProblem("only sums that keep their axis are supported")
        }
        return { inputs throws(OperatorProblem) in
            let (source, axes) = (try inputs.floats(0), try inputs.ints(1))
            guard axes.count == 1 else { throw OperatorProblem("sums along the axes \(axes); expected one") }
            try Self.requireLast(axes[0], of: source.shape)
            let columns = source.shape[source.shape.count - 1]
            let shape: [Int] = source.shape.dropLast() + [1]
            let sums = (0 ..< (try ShapeArithmetic.count(shape))).map { vector in
                source.values[vector * columns ..< (vector + 1) * columns].reduce(0, +)
            }
            return [OperatorValue(shape: shape, .float(sums))]
        }
    }

    /// TopK of a whole axis, without the positions.
    func sortedDescending() throws(OperatorProblem) -> OperatorComputation {
        try requireOnly(["axis", "largest", "sorted"], inputs: 2 ... 2, outputs: 2)
        let axis = try int("axis", default: -1)
        guard try int("largest", default: 1) == 1, try int("sorted", default: 1) == 1 else {
            throw OperatorProblem("only sorting from the largest value down is supported")
        }
        return { inputs throws(OperatorProblem) in
            let (source, count) = (try inputs.floats(0), try inputs.ints(1))
            try Self.requireLast(axis, of: source.shape)
            guard count == [source.shape[source.shape.count - 1]] else {
                throw OperatorProblem("takes \(count) of the shape \(source.shape); only whole axes are supported")
            }
            let sorted = source.values.mappingVectors(of: count[0]) { $0.sort(by: >) }
            return [OperatorValue(shape: source.shape, .float(sorted))]
        }
    }

    /// Over the last axis, with scale and, if given, bias `[F]`.
    func layerNormalization() throws(OperatorProblem) -> OperatorComputation {
        try requireOnly(["axis", "epsilon", "stash_type"], inputs: 2 ... 3)
        let axis = try int("axis", default: -1)
        let scale = try constant(1, "the scale")
        let bias = node.inputs.count == 3 ? try constant(2, "the bias") : nil
        guard scale.shape.count == 1, bias == nil || bias?.shape == scale.shape else {
            throw OperatorProblem("its scale and bias are not vectors of equal length")
        }
        let layer = NormalizedVectorLayer(
            LayerNormalizationParameters(gamma: scale, beta: bias, epsilon: try float("epsilon", default: 1e-5)),
            features: scale.values.count)
        return { inputs throws(OperatorProblem) in
            let source = try inputs.floats(0)
            try Self.requireLast(axis, of: source.shape)
            guard source.shape[source.shape.count - 1] == scale.values.count, !scale.values.isEmpty else {
                throw OperatorProblem("reads the shape \(source.shape) with a scale of \(scale.values.count) values")
            }
            return [OperatorValue(shape: source.shape, .float(layer.run([source.values], rows: 1)))]
        }
    }
}

extension [Float] {
    /// A copy with each group of `columns` values changed by `body`.
    fileprivate func mappingVectors(
        of columns: Int, _ body: (inout UnsafeMutableBufferPointer<Float>) -> Void
    ) -> [Float] {
        var values = self
        guard columns > 0 else { return values }
        values.withUnsafeMutableBufferPointer { values in
            for start in stride(from: 0, to: values.count, by: columns) {
                var vector = UnsafeMutableBufferPointer(rebasing: values[start ..< start + columns])
                body(&vector)
            }
        }
        return values
    }
}
