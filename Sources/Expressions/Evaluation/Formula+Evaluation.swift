import Foundation

extension Formula {
    /// Computes the formula for every row of one segment: rows of one series in time order without a gap.
    ///
    /// Everything is computed in float64. The result depends on these rows only, so it is the same whatever precedes the
    /// segment in a file: `lag` answers NaN for the first rows and rolling functions use the rows there are.
    /// - Parameters:
    ///   - rowCount: rows of the segment.
    ///   - column: the values of a column over the segment, `[row]`, NaN where missing; asked once for each mention.
    /// - Returns: `[row]`; NaN where missing. Divisions by zero and logarithms give what IEEE 754 says.
    public func evaluate(rowCount: Int, column: (String) throws -> [Double]) rethrows -> [Double] {
        try Self.evaluate(root, rowCount: rowCount, column: column)
    }

    /// As above over float32 columns, rounded to float32 at the end; a result beyond float32's range becomes infinite.
    public func evaluate(rowCount: Int, column: (String) throws -> [Float]) rethrows -> [Float] {
        let result: [Double] = try evaluate(rowCount: rowCount) { try column($0).map(Double.init) }
        return result.map(Float.init)
    }

    private static func evaluate(
        _ node: Node, rowCount: Int, column: (String) throws -> [Double]
    ) rethrows -> [Double] {
        switch node {
        case .number(let number):
            return [Double](repeating: number, count: rowCount)
        case .column(let name):
            let values = try column(name)
            precondition(values.count == rowCount, "column \(name) has \(values.count) rows, the segment \(rowCount)")
            return values
        case .unary(let operation, let operand):
            return try evaluate(operand, rowCount: rowCount, column: column).map(operation.function)
        case .binary(let operation, let left, let right):
            let a = try evaluate(left, rowCount: rowCount, column: column)
            let b = try evaluate(right, rowCount: rowCount, column: column)
            let function = operation.function
            return (0 ..< rowCount).map { function(a[$0], b[$0]) }
        case .clip(let operand, let low, let high):
            let x = try evaluate(operand, rowCount: rowCount, column: column)
            let a = try evaluate(low, rowCount: rowCount, column: column)
            let b = try evaluate(high, rowCount: rowCount, column: column)
            return (0 ..< rowCount).map { smaller(larger(x[$0], a[$0]), b[$0]) }
        case .conditional(let condition, let then, let otherwise):
            let test = try evaluate(condition, rowCount: rowCount, column: column)
            let a = try evaluate(then, rowCount: rowCount, column: column)
            let b = try evaluate(otherwise, rowCount: rowCount, column: column)
            return (0 ..< rowCount).map { test[$0].isNaN ? .nan : test[$0] != 0 ? a[$0] : b[$0] }
        case .lag(let operand, let rows):
            return lagged(try evaluate(operand, rowCount: rowCount, column: column), by: rows)
        case .difference(let operand, let rows):
            let x = try evaluate(operand, rowCount: rowCount, column: column)
            let earlier = lagged(x, by: rows)
            return (0 ..< rowCount).map { x[$0] - earlier[$0] }
        case .rolling(let statistic, let operand, let rows):
            return statistic.rolled(over: try evaluate(operand, rowCount: rowCount, column: column), rows: rows)
        }
    }

    private static func lagged(_ values: [Double], by rows: Int) -> [Double] {
        [Double](repeating: .nan, count: min(rows, values.count)) + values.dropLast(rows)
    }
}

/// The larger of two; missing when one is missing (`Double.maximum` would hide it).
func larger(_ a: Double, _ b: Double) -> Double { a.isNaN || b.isNaN ? .nan : max(a, b) }

/// The smaller of two; missing when one is missing.
func smaller(_ a: Double, _ b: Double) -> Double { a.isNaN || b.isNaN ? .nan : min(a, b) }

extension UnaryOperation {
    var function: (Double) -> Double {
        switch self {
        case .negate: { -$0 }
        case .absolute: { abs($0) }
        case .exponential: { exp($0) }
        case .logarithm: { log($0) }
        case .logarithmOfOnePlus: { log1p($0) }
        case .squareRoot: { $0.squareRoot() }
        case .isMissing: { $0.isNaN ? 1 : 0 }
        }
    }
}

extension BinaryOperation {
    var function: (Double, Double) -> Double {
        switch self {
        case .add: { $0 + $1 }
        case .subtract: { $0 - $1 }
        case .multiply: { $0 * $1 }
        case .divide: { $0 / $1 }
        case .less: Self.comparison(<)
        case .lessOrEqual: Self.comparison(<=)
        case .greater: Self.comparison(>)
        case .greaterOrEqual: Self.comparison(>=)
        case .equal: Self.comparison(==)
        case .notEqual: Self.comparison(!=)
        case .minimum: smaller
        case .maximum: larger
        case .coalesce: { $0.isNaN ? $1 : $0 }
        }
    }

    /// 1 where `holds`, 0 where not, missing where one side is missing.
    private static func comparison(_ holds: @escaping (Double, Double) -> Bool) -> (Double, Double) -> Double {
        { $0.isNaN || $1.isNaN ? .nan : holds($0, $1) ? 1 : 0 }
    }
}
