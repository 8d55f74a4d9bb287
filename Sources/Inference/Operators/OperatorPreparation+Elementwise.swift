import Foundation
import ModelGraph

extension OperatorPreparation {
    func binary() throws(OperatorProblem) -> OperatorComputation {
        try requireOnly([], inputs: 2 ... 2)
        switch node.operatorType {
        case "Add": return Self.broadcasting({ $0 + $1 }, { $0 + $1 })
        case "Sub": return Self.broadcasting({ $0 - $1 }, { $0 - $1 })
        case "Mul": return Self.broadcasting({ $0 * $1 }, { $0 * $1 })
        case "Div": return Self.broadcasting({ $0 / $1 }, { $0 / $1 })
        case "Pow": return Self.broadcasting({ pow($0, $1) }, { pow($0, $1) })
        case "Greater": return Self.comparing { $0 > $1 }
        default: return Self.comparing { $0 >= $1 }
        }
    }

    private static func comparing(_ relation: @escaping @Sendable (Float, Float) -> Bool) -> OperatorComputation {
        { inputs throws(OperatorProblem) in
            let (shape, values) = try broadcast(inputs.floats(0), inputs.floats(1), relation)
            return [OperatorValue(shape: shape, .bool(values))]
        }
    }

    /// Both inputs are float, or both are double.
    private static func broadcasting(
        _ single: @escaping @Sendable (Float, Float) -> Float, _ double: @escaping @Sendable (Double, Double) -> Double
    ) -> OperatorComputation {
        { inputs throws(OperatorProblem) in
            let (first, second) = (try inputs.value(0), try inputs.value(1))
            if case .double(let left) = first.elements, case .double(let right) = second.elements {
                let (shape, values) = try broadcast((first.shape, left), (second.shape, right), double)
                return [OperatorValue(shape: shape, .double(values))]
            }
            let (shape, values) = try broadcast(inputs.floats(0), inputs.floats(1), single)
            return [OperatorValue(shape: shape, .float(values))]
        }
    }

    private static func broadcast<Element, Result>(
        _ first: (shape: [Int], values: [Element]), _ second: (shape: [Int], values: [Element]),
        _ function: (Element, Element) -> Result
    ) throws(OperatorProblem) -> (shape: [Int], values: [Result]) {
        let shape = try ShapeArithmetic.broadcast(first.shape, second.shape)
        let a = ShapeArithmetic.broadcastStrides(first.shape, to: shape)
        let b = ShapeArithmetic.broadcastStrides(second.shape, to: shape)
        var values: [Result] = []
        values.reserveCapacity(try ShapeArithmetic.count(shape))
        let (width, stepA, stepB) = (shape.last ?? 1, a.last ?? 0, b.last ?? 0)
        ShapeArithmetic.forEachLine(shape, a, b) { startA, startB in
            for index in 0 ..< width {
                values.append(function(first.values[startA + index * stepA], second.values[startB + index * stepB]))
            }
        }
        return (shape, values)
    }

    func unary() throws(OperatorProblem) -> OperatorComputation {
        try requireOnly([], inputs: 1 ... 1)
        return switch node.operatorType {
        case "Relu": Self.applying(.relu)
        case "Sigmoid": Self.applying(.sigmoid)
        case "Tanh": Self.applying(.tanh)
        case "Exp": Self.applying(.exponential)
        case "Softplus": Self.applying(.softplus)
        case "Softsign": Self.applying(.softsign)
        case "Selu": Self.applying(.selu)
        case "HardSwish": Self.applying(.hardSiLU)
        case "Neg": Self.mapping { -$0 }
        case "Sqrt": Self.mapping { $0.squareRoot() }
        default: Self.mapping { erf($0) }
        }
    }

    /// Functions with attributes.
    func parametric() throws(OperatorProblem) -> OperatorComputation {
        switch node.operatorType {
        case "Elu":
            try requireOnly(["alpha"], inputs: 1 ... 1)
            let alpha = try float("alpha", default: 1)
            return Self.mapping { Activation.elu($0, alpha: alpha) }
        case "Celu":
            try requireOnly(["alpha"], inputs: 1 ... 1)
            let alpha = try float("alpha", default: 1)
            return Self.mapping { $0 < 0 ? alpha * expm1($0 / alpha) : $0 }
        case "LeakyRelu":
            try requireOnly(["alpha"], inputs: 1 ... 1)
            let slope = try float("alpha", default: 0.01)
            return Self.mapping { Activation.leakyReLU($0, slope: slope) }
        case "HardSigmoid":
            try requireOnly(["alpha", "beta"], inputs: 1 ... 1)
            let (slope, offset) = (try float("alpha", default: 0.2), try float("beta", default: 0.5))
            return Self.mapping { Activation.clip(slope * $0 + offset, 0, 1) }
        default:
            try requireOnly(["lambd", "bias"], inputs: 1 ... 1)
            let (limit, bias) = (try float("lambd", default: 0.5), try float("bias", default: 0))
            return Self.mapping { Activation.shrink($0, limit: limit, bias: bias) }
        }
    }

    func clip() throws(OperatorProblem) -> OperatorComputation {
        try requireOnly([], inputs: 3 ... 3)
        let (low, high) = (try constant(1, "the lower bound"), try constant(2, "the upper bound"))
        guard low.values.count == 1, high.values.count == 1 else {
            throw OperatorProblem("its bounds are no single numbers")
        }
        return Self.mapping { Activation.clip($0, low.values[0], high.values[0]) }
    }

    private static func applying(_ function: Activation) -> OperatorComputation {
        { inputs throws(OperatorProblem) in
            let source = try inputs.floats(0)
            return [OperatorValue(shape: source.shape, .float(source.values.applying(function, columns: 1)))]
        }
    }

    /// Functions of whole vectors.
    func alongLastAxis(_ function: Activation) throws(OperatorProblem) -> OperatorComputation {
        try requireOnly(["axis"], inputs: 1 ... 1)
        let axis = try int("axis", default: -1)
        return { inputs throws(OperatorProblem) in
            let source = try inputs.floats(0)
            try Self.requireLast(axis, of: source.shape)
            let columns = max(source.shape[source.shape.count - 1], 1)
            return [OperatorValue(shape: source.shape, .float(source.values.applying(function, columns: columns)))]
        }
    }

    private static func mapping(_ function: @escaping @Sendable (Float) -> Float) -> OperatorComputation {
        { inputs throws(OperatorProblem) in
            let source = try inputs.floats(0)
            return [OperatorValue(shape: source.shape, .float(source.values.map(function)))]
        }
    }

    func identity() throws(OperatorProblem) -> OperatorComputation {
        try requireOnly([], inputs: 1 ... 1)
        return { inputs throws(OperatorProblem) in [try inputs.value(0)] }
    }

    func cast() throws(OperatorProblem) -> OperatorComputation {
        try requireOnly(["to"], inputs: 1 ... 1)
        let target = try int("to")
        guard let type = OperatorGraph.ElementType(rawValue: target), type != .bool else {
            throw OperatorProblem("casting to the data type \(target) is not supported")
        }
        return { inputs throws(OperatorProblem) in
            let source = try inputs.value(0)
            return [OperatorValue(shape: source.shape, try Self.cast(source.elements, to: type))]
        }
    }

    private static func cast(
        _ elements: OperatorValue.Elements, to type: OperatorGraph.ElementType
    ) throws(OperatorProblem) -> OperatorValue.Elements {
        switch (elements, type) {
        case (.float(let values), .double): return .double(values.map(Double.init))
        case (.double(let values), .float): return .float(values.map(Float.init))
        case (.int64(let values), .float): return .float(values.map(Float.init))
        case (.bool(let values), .int64): return .int64(values.map { $0 ? 1 : 0 })
        case (.bool(let values), .float): return .float(values.map { $0 ? 1 : 0 })
        case (.float, .float), (.double, .double), (.int64, .int64): return elements
        default: throw OperatorProblem("this cast to \(type) is not supported")
        }
    }
}

extension [Float] {
    /// A copy with the function applied; functions of vectors work on groups of `columns`.
    fileprivate func applying(_ function: Activation, columns: Int) -> [Float] {
        var values = self
        values.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            function.apply(start, rows: buffer.count / columns, columns: columns)
        }
        return values
    }
}
