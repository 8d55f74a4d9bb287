import ModelGraph

extension OperatorPreparation {
    /// `[…, M, K] · [K, N]`; batches of right operands are not supported.
    func matrixProduct() throws(OperatorProblem) -> OperatorComputation {
        try requireOnly([], inputs: 2 ... 2)
        let packed = packedConstant(1)
        return { inputs throws(OperatorProblem) in
            let (left, right) = (try inputs.floats(0), try inputs.floats(1))
            guard right.shape.count == 2, let inner = left.shape.last, left.shape.count >= 2, inner == right.shape[0] else {
                throw OperatorProblem("cannot multiply \(left.shape) by \(right.shape); expected […, M, K] by [K, N]")
            }
            let shape: [Int] = left.shape.dropLast() + [right.shape[1]]
            let initial = [Float](repeating: 0, count: try ShapeArithmetic.count(shape))
            let matrix = packed ?? PackedMatrix(right.values, inner: inner, columns: right.shape[1])
            let values = Self.product(left.values, matrix, addedTo: initial)
            return [OperatorValue(shape: shape, .float(values))]
        }
    }

    /// `A · B + C`, C broadcast.
    func generalMatrixProduct() throws(OperatorProblem) -> OperatorComputation {
        try requireOnly(["transA", "transB", "alpha", "beta"], inputs: 2 ... 3)
        guard try int("transA", default: 0) == 0, try int("transB", default: 0) == 0, try float("alpha", default: 1) == 1,
            try float("beta", default: 1) == 1
        else { throw OperatorProblem("transposed or scaled matrices are not supported") }
        let packed = packedConstant(1)
        return { inputs throws(OperatorProblem) in
            let (left, right) = (try inputs.floats(0), try inputs.floats(1))
            guard left.shape.count == 2, right.shape.count == 2, left.shape[1] == right.shape[0] else {
                throw OperatorProblem("cannot multiply \(left.shape) by \(right.shape); expected [M, K] by [K, N]")
            }
            let shape = [left.shape[0], right.shape[1]]
            let count = try ShapeArithmetic.count(shape)
            let added = inputs.count == 3 ? try inputs.floats(2) : (shape: [], values: [0])
            guard try ShapeArithmetic.broadcast(added.shape, shape) == shape else {
                throw OperatorProblem("cannot add the shape \(added.shape) to \(shape)")
            }
            let strides = ShapeArithmetic.broadcastStrides(added.shape, to: shape)
            var initial: [Float] = []
            initial.reserveCapacity(count)
            for row in 0 ..< shape[0] {
                for column in 0 ..< shape[1] { initial.append(added.values[row * strides[0] + column * strides[1]]) }
            }
            let matrix = packed ?? PackedMatrix(right.values, inner: left.shape[1], columns: shape[1])
            let values = Self.product(left.values, matrix, addedTo: initial)
            return [OperatorValue(shape: shape, .float(values))]
        }
    }

    /// A matrix of the model is packed once.
    private func packedConstant(_ position: Int) -> PackedMatrix? {
        guard let value = constants[position], value.shape.count == 2, case .float(let values) = value.elements else {
            return nil
        }
        return PackedMatrix(values, inner: value.shape[0], columns: value.shape[1])
    }

    private static func product(_ left: [Float], _ right: PackedMatrix, addedTo initial: [Float]) -> [Float] {
        var result = initial
        guard right.columns > 0 else { return result }
        let rows = initial.count / right.columns
        precondition(left.count == rows * right.inner, "the shapes were checked")
        result.withUnsafeMutableBufferPointer { result in
            left.withUnsafeBufferPointer { left in
                guard let result = result.baseAddress, let left = left.baseAddress else { return }
                right.accumulate(left, leftStride: right.inner, into: result, rows: rows)
            }
        }
        return result
    }
}
