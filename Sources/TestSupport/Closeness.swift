/// Where two arrays differ most beyond what is tolerated, in words; nil when they agree. Lengths are compared first, and NaN
/// agrees with nothing.
///
/// An element may differ by `absolute + relative · |expected|`.
public func mismatch(
    _ found: [Float], _ expected: [Float], absolute: Double, relative: Double = 0
) -> String? {
    guard found.count == expected.count else { return "\(found.count) values where \(expected.count) are expected" }
    var worst: (excess: Double, index: Int)?
    for index in found.indices {
        let tolerance = absolute + relative * Double(abs(expected[index]))
        let difference = Double(abs(found[index] - expected[index]))
        let excess = difference.isNaN ? .infinity : difference - tolerance
        if excess > 0, excess > worst?.excess ?? 0 { worst = (excess, index) }
    }
    return worst.map {
        "value \($0.index) is \(found[$0.index]) where \(expected[$0.index]) is expected, \($0.excess) beyond the tolerance"
    }
}

/// The largest absolute value; 0 for none.
public func largestMagnitude(_ values: [Float]) -> Double { values.reduce(0) { max($0, Double(abs($1))) } }
