import ModelGraph

extension OperatorPreparation {
    func transpose() throws(OperatorProblem) -> OperatorComputation {
        try requireOnly(["perm"], inputs: 1 ... 1)
        let given = try ints("perm", default: [])
        return { inputs throws(OperatorProblem) in
            let source = try inputs.value(0)
            let order = given.isEmpty ? source.shape.indices.reversed() : given
            guard order.sorted() == Array(source.shape.indices) else {
                throw OperatorProblem("`perm` \(order) does not permute the axes of \(source.shape)")
            }
            let strides = ShapeArithmetic.strides(source.shape)
            return [source.read(shape: order.map { source.shape[$0] }, strides: order.map { strides[$0] })]
        }
    }

    func expand() throws(OperatorProblem) -> OperatorComputation {
        try requireOnly([], inputs: 2 ... 2)
        return { inputs throws(OperatorProblem) in
            let source = try inputs.value(0)
            let shape = try ShapeArithmetic.broadcast(source.shape, try inputs.ints(1))
            _ = try ShapeArithmetic.count(shape)
            return [source.read(shape: shape, strides: ShapeArithmetic.broadcastStrides(source.shape, to: shape))]
        }
    }

    func tile() throws(OperatorProblem) -> OperatorComputation {
        try requireOnly([], inputs: 2 ... 2)
        return { inputs throws(OperatorProblem) in
            let (source, repeats) = (try inputs.value(0), try inputs.ints(1))
            guard repeats.count == source.shape.count else {
                throw OperatorProblem("repeats \(repeats) for the shape \(source.shape); expected one number for each axis")
            }
            // A repeated axis is two axes: the repeats, which are not strided, before the axis itself.
            var (shape, strides, tiled): ([Int], [Int], [Int]) = ([], [], [])
            for (axis, stride) in ShapeArithmetic.strides(source.shape).enumerated() {
                shape += [repeats[axis], source.shape[axis]]
                strides += [0, stride]
                let (product, overflow) = repeats[axis].multipliedReportingOverflow(by: source.shape[axis])
                tiled.append(overflow ? .max : product)
            }
            _ = try ShapeArithmetic.count(tiled)
            guard repeats.allSatisfy({ $0 >= 0 }) else { throw OperatorProblem("repeats \(repeats) are negative") }
            return [source.read(shape: shape, strides: strides).reshaped(tiled)]
        }
    }

    func squeeze() throws(OperatorProblem) -> OperatorComputation {
        try requireOnly([], inputs: 1 ... 2)
        return { inputs throws(OperatorProblem) in
            let source = try inputs.value(0)
            var dropped: Set<Int> = []
            if inputs.count == 2 {
                for axis in try inputs.ints(1) { dropped.insert(try ShapeArithmetic.axis(axis, rank: source.shape.count)) }
            } else {
                dropped = Set(source.shape.indices.filter { source.shape[$0] == 1 })
            }
            guard dropped.allSatisfy({ source.shape[$0] == 1 }) else {
                throw OperatorProblem("cannot remove the axes \(dropped.sorted()) of \(source.shape); their sizes are not 1")
            }
            return [source.reshaped(source.shape.indices.filter { !dropped.contains($0) }.map { source.shape[$0] })]
        }
    }

    func unsqueeze() throws(OperatorProblem) -> OperatorComputation {
        try requireOnly([], inputs: 2 ... 2)
        return { inputs throws(OperatorProblem) in
            let (source, axes) = (try inputs.value(0), try inputs.ints(1))
            let rank = source.shape.count + axes.count
            var inserted: Set<Int> = []
            for axis in axes { inserted.insert(try ShapeArithmetic.axis(axis, rank: rank)) }
            guard inserted.count == axes.count else { throw OperatorProblem("the axes \(axes) name one axis twice") }
            var rest = source.shape[...]
            return [source.reshaped((0 ..< rank).map { inserted.contains($0) ? 1 : rest.removeFirst() })]
        }
    }

    func reshape() throws(OperatorProblem) -> OperatorComputation {
        try requireOnly([], inputs: 2 ... 2)
        return { inputs throws(OperatorProblem) in
            let (source, requested) = (try inputs.value(0), try inputs.ints(1))
            var target: [Int] = []
            for (axis, size) in requested.enumerated() {
                guard size != 0 || axis < source.shape.count else {
                    throw OperatorProblem(
                        "reshapes \(source.shape) to \(requested), which copies an axis that does not exist")
                }
                target.append(size == 0 ? source.shape[axis] : size)
            }
            let known = try ShapeArithmetic.count(target.filter { $0 != -1 })
            let unknown = target.count { $0 == -1 }
            if unknown == 1, known > 0, source.count % known == 0 {
                target = target.map { $0 == -1 ? source.count / known : $0 }
            } else if unknown > 0 || known != source.count {
                throw OperatorProblem("cannot reshape \(source.shape) to \(requested)")
            }
            return [source.reshaped(target)]
        }
    }

    func flatten() throws(OperatorProblem) -> OperatorComputation {
        try requireOnly(["axis"], inputs: 1 ... 1)
        let axis = try int("axis", default: 1)
        return { inputs throws(OperatorProblem) in
            let source = try inputs.value(0)
            let split = axis == source.shape.count ? axis : try ShapeArithmetic.axis(axis, rank: source.shape.count)
            return [source.reshaped([source.shape[..<split].reduce(1, *), source.shape[split...].reduce(1, *)])]
        }
    }

    func concatenation() throws(OperatorProblem) -> OperatorComputation {
        try requireOnly(["axis"], inputs: 1 ... Int.max)
        let axis = try int("axis")
        return { inputs throws(OperatorProblem) in
            let first = try inputs.floats(0).shape
            let joined = try ShapeArithmetic.axis(axis, rank: first.count)
            var (shape, sources): ([Int], [[Float]]) = (first, [])
            shape[joined] = 0
            for position in inputs.indices {
                let source = try inputs.floats(position)
                guard source.shape.count == first.count,
                    first.indices.allSatisfy({ $0 == joined || source.shape[$0] == first[$0] })
                else { throw OperatorProblem("cannot join the shapes \(first) and \(source.shape) along axis \(axis)") }
                shape[joined] += source.shape[joined]
                sources.append(source.values)
            }
            var values: [Float] = []
            values.reserveCapacity(try ShapeArithmetic.count(shape))
            let lines = first[..<joined].reduce(1, *)
            for line in 0 ..< lines {
                for source in sources {
                    let width = source.count / lines
                    values += source[line * width ..< (line + 1) * width]
                }
            }
            return [OperatorValue(shape: shape, .float(values))]
        }
    }

    /// Equal parts, as many as the node has outputs.
    func split() throws(OperatorProblem) -> OperatorComputation {
        try requireOnly(["axis"], inputs: 1 ... 1, outputs: .max)
        let (axis, parts) = (try int("axis", default: 0), node.outputs.count)
        return { inputs throws(OperatorProblem) in
            let source = try inputs.value(0)
            let divided = try ShapeArithmetic.axis(axis, rank: source.shape.count)
            guard source.shape[divided] % parts == 0 else {
                throw OperatorProblem("cannot split axis \(axis) of \(source.shape) into \(parts) equal parts")
            }
            let strides = ShapeArithmetic.strides(source.shape)
            var shape = source.shape
            shape[divided] /= parts
            return (0 ..< parts).map { part in
                source.read(shape: shape, strides: strides, from: part * shape[divided] * strides[divided])
            }
        }
    }

    /// Whole or part of some axes, forwards or backwards.
    func slice() throws(OperatorProblem) -> OperatorComputation {
        try requireOnly([], inputs: 5 ... 5)
        return { inputs throws(OperatorProblem) in
            let source = try inputs.value(0)
            let (starts, ends, axes, steps) = (
                try inputs.ints(1), try inputs.ints(2), try inputs.ints(3), try inputs.ints(4)
            )
            guard starts.count == axes.count, ends.count == axes.count, steps.count == axes.count else {
                throw OperatorProblem("its starts, ends, axes and steps differ in length")
            }
            var (shape, strides, first) = (source.shape, ShapeArithmetic.strides(source.shape), 0)
            var sliced: Set<Int> = []
            for (index, given) in axes.enumerated() {
                let axis = try ShapeArithmetic.axis(given, rank: source.shape.count)
                guard sliced.insert(axis).inserted, abs(steps[index]) == 1 else {
                    throw OperatorProblem("slices an axis twice, or by steps \(steps); only 1 and -1 are supported")
                }
                let size = source.shape[axis], isForward = steps[index] == 1
                // ONNX' rule: negative positions count from the end, and all are then clamped to the axis.
                func position(_ value: Int) -> Int {
                    let counted = value < 0 ? value.addingReportingOverflow(size).partialValue : value
                    return isForward ? min(max(counted, 0), size) : min(max(counted, -1), size - 1)
                }
                let (start, end) = (position(starts[index]), position(ends[index]))
                shape[axis] = max(0, isForward ? end - start : start - end)
                first += max(start, 0) * strides[axis]
                strides[axis] *= steps[index]
            }
            return [source.read(shape: shape, strides: strides, from: first)]
        }
    }
}
