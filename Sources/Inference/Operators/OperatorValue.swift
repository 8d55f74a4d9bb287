import ModelGraph

/// What flows between operators: row-major values of one element type.
struct OperatorValue: Sendable, Equatable {
    enum Elements: Sendable, Equatable {
        case float([Float])
        case double([Double])
        case int64([Int64])
        case bool([Bool])
    }

    let shape: [Int]
    let elements: Elements

    init(shape: [Int], _ elements: Elements) {
        self.shape = shape
        self.elements = elements
    }

    init(_ constant: OperatorGraph.Constant) {
        switch constant {
        case .float(let tensor): self.init(shape: tensor.shape, .float(tensor.values))
        case .int64(let shape, let values): self.init(shape: shape, .int64(values))
        case .double(let shape, let values): self.init(shape: shape, .double(values))
        }
    }

    var count: Int { shape.reduce(1, *) }

    var elementType: OperatorGraph.ElementType {
        switch elements {
        case .float: .float
        case .double: .double
        case .int64: .int64
        case .bool: .bool
        }
    }

    /// The values as float32; booleans are 0 and 1.
    var floats: [Float] {
        switch elements {
        case .float(let values): values
        case .double(let values): values.map(Float.init)
        case .int64(let values): values.map(Float.init)
        case .bool(let values): values.map { $0 ? 1 : 0 }
        }
    }

    /// The same values in another shape of the same count.
    func reshaped(_ shape: [Int]) -> OperatorValue { OperatorValue(shape: shape, elements) }

    /// The same kind of elements, read along `shape` with these strides into the row-major values, from `first` on.
    func read(shape: [Int], strides: [Int], from first: Int = 0) -> OperatorValue {
        let elements: Elements =
            switch elements {
            case .float(let values): .float(values.read(shape, strides, first))
            case .double(let values): .double(values.read(shape, strides, first))
            case .int64(let values): .int64(values.read(shape, strides, first))
            case .bool(let values): .bool(values.read(shape, strides, first))
            }
        return OperatorValue(shape: shape, elements)
    }
}

extension Array {
    fileprivate func read(_ shape: [Int], _ strides: [Int], _ first: Int) -> [Element] {
        var result: [Element] = []
        result.reserveCapacity(shape.reduce(1, *))
        let (width, step) = (shape.last ?? 1, strides.last ?? 0)
        ShapeArithmetic.forEachLine(shape, strides, strides) { offset, _ in
            let start = first + offset
            if step == 1 {
                result += self[start ..< start + width]
            } else {
                for index in 0 ..< width { result.append(self[start + index * step]) }
            }
        }
        return result
    }
}

/// Why an operator cannot be prepared or computed, before its node's name is known.
struct OperatorProblem: Error {
    let explanation: String

    init(_ explanation: String) { self.explanation = explanation }
}

/// Sizes come from files, so every new shape is counted before memory is taken for it.
enum ShapeArithmetic {
    /// 1 GiB of float32.
    private static let largestCount = 1 << 28

    /// The number of elements of a shape.
    static func count(_ shape: [Int]) throws(OperatorProblem) -> Int {
        var count = 1
        for size in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard size >= 0, !overflow, product <= largestCount else {
                throw OperatorProblem("the result would have the shape \(shape), more than \(largestCount) values")
            }
            count = product
        }
        return count
    }

    /// Row-major strides.
    static func strides(_ shape: [Int]) -> [Int] {
        var strides = Array(repeating: 1, count: shape.count)
        for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
        return strides
    }

    /// NumPy's rule: aligned at the last axis, sizes are equal or one of them is 1.
    static func broadcast(_ first: [Int], _ second: [Int]) throws(OperatorProblem) -> [Int] {
        let rank = max(first.count, second.count)
        let (a, b) = (padded(first, to: rank), padded(second, to: rank))
        var shape: [Int] = []
        for (x, y) in zip(a, b) {
            guard x == y || x == 1 || y == 1 else {
                throw OperatorProblem("the shapes \(first) and \(second) do not broadcast")
            }
            shape.append(x == 1 ? y : x)
        }
        return shape
    }

    /// The strides with which a value of `shape` is read along `target`; 0 where it is repeated.
    static func broadcastStrides(_ shape: [Int], to target: [Int]) -> [Int] {
        let shape = padded(shape, to: target.count)
        return zip(shape, strides(shape)).map { $0 == 1 ? 0 : $1 }
    }

    private static func padded(_ shape: [Int], to rank: Int) -> [Int] {
        Array(repeating: 1, count: rank - shape.count) + shape
    }

    /// An axis that may count from the end.
    static func axis(_ axis: Int, rank: Int) throws(OperatorProblem) -> Int {
        let positive = axis < 0 ? axis + rank : axis
        guard (0 ..< rank).contains(positive) else { throw OperatorProblem("axis \(axis) does not exist in \(rank) axes") }
        return positive
    }

    /// Calls `body` with the offset into each of two differently strided values, for all positions but those along the
    /// last axis.
    static func forEachLine(
        _ shape: [Int], _ first: [Int], _ second: [Int], _ body: (_ first: Int, _ second: Int) -> Void
    ) {
        guard !shape.contains(0) else { return }
        let outer = shape.count - 1
        var position = Array(repeating: 0, count: max(outer, 0))
        var (a, b) = (0, 0)
        while true {
            body(a, b)
            var axis = outer - 1
            while axis >= 0 {
                position[axis] += 1
                a += first[axis]
                b += second[axis]
                if position[axis] < shape[axis] { break }
                a -= first[axis] * shape[axis]
                b -= second[axis] * shape[axis]
                position[axis] = 0
                axis -= 1
            }
            if axis < 0 { return }
        }
    }
}
