extension RollingStatistic {
    /// The statistic of the latest up to `rows` values at every row, that row included.
    ///
    /// Missing values are skipped; a row whose whole window is missing is missing. Sums are taken afresh over every window,
    /// O(rows) each: a running sum would carry the rounding of values long gone into later results.
    /// - Returns: `[row]`.
    func rolled(over values: [Double], rows: Int) -> [Double] {
        switch self {
        case .mean: Self.windows(of: values, rows: rows, Self.mean)
        case .deviation: Self.windows(of: values, rows: rows, Self.deviation)
        case .minimum: Self.windows(of: values, rows: rows) { $0.dropFirst().reduce($0[0], min) }
        case .maximum: Self.windows(of: values, rows: rows) { $0.dropFirst().reduce($0[0], max) }
        case .median: Self.medians(of: values, rows: rows)
        }
    }

    private static func windows(of values: [Double], rows: Int, _ statistic: ([Double]) -> Double) -> [Double] {
        var window: [Double] = []
        window.reserveCapacity(min(rows, values.count))
        return values.indices.map { row in
            window.removeAll(keepingCapacity: true)
            for value in values[max(0, row - rows + 1) ... row] where !value.isNaN { window.append(value) }
            return window.isEmpty ? .nan : statistic(window)
        }
    }

    /// The population deviation, from the mean in a second pass: 0, not missing, for a single value.
    private static func deviation(_ window: [Double]) -> Double {
        let mean = mean(window)
        return (window.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(window.count)).squareRoot()
    }

    /// Summed as distances from the first value, so that equal values have exactly their value as mean and deviation 0.
    private static func mean(_ window: [Double]) -> Double {
        let origin = window[0]
        return origin + window.reduce(0) { $0 + ($1 - origin) } / Double(window.count)
    }

    /// Keeps the window sorted while it slides: a median is one or two of the values, so nothing accumulates.
    private static func medians(of values: [Double], rows: Int) -> [Double] {
        var sorted: [Double] = []
        return values.indices.map { row in
            if row >= rows, !values[row - rows].isNaN { sorted.remove(at: sorted.firstIndex(notBelow: values[row - rows])) }
            // Adding 0 makes −0 into 0, so that it does not matter which of two equal values leaves the window.
            if !values[row].isNaN { sorted.insert(values[row] + 0, at: sorted.firstIndex(notBelow: values[row])) }
            guard !sorted.isEmpty else { return .nan }
            let middle = sorted.count / 2
            return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
        }
    }
}

extension [Double] {
    /// The first place in ascending values where one not below `bound` stands; the end when there is none.
    fileprivate func firstIndex(notBelow bound: Double) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < bound { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
