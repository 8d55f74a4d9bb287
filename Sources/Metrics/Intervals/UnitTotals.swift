/// Sums over rows from which a statistic is computed; the sums of two sets of rows add up.
public protocol RowSums: Sendable {
    /// The sums over no rows.
    init()
    /// Adds the sums of other rows, each counted `weight` times.
    mutating func add(_ other: Self, times weight: Double)
}

/// The sums of each unit: what a resample needs to know of the rows.
public struct UnitTotals<Sums: RowSums>: Sendable {
    public let totals: [Sums]

    /// - Parameter rowSums: the sums of one row, called once for each row of `units`.
    public init(_ units: Units, rowSums: (_ row: Int) -> Sums) {
        var totals = [Sums](repeating: Sums(), count: units.count)
        for (row, unit) in units.unitOfRow.enumerated() { totals[unit].add(rowSums(row), times: 1) }
        self.totals = totals
    }

    /// The sums over all units, each counted as often as `weights` says.
    public func total(weights: [Double]) -> Sums {
        precondition(weights.count == totals.count, "one weight per unit")
        var sum = Sums()
        for unit in totals.indices where weights[unit] != 0 { sum.add(totals[unit], times: weights[unit]) }
        return sum
    }

    /// A statistic of the summed sums, in the form that `Resamples` takes.
    public func statistic(_ compute: @escaping (Sums) -> Double?) -> Resamples.Statistic {
        { weights in compute(total(weights: weights)) }
    }
}
