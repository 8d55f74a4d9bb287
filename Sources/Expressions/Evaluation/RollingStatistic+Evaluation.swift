extension RollingStatistic {
    /// The statistic of the latest up to `rows` values at every row, that row included.
    ///
    /// Missing values are skipped; a row whose whole window is missing is missing. Every window is computed afresh from its own
    /// values, O(rows) each: a running sum would carry the rounding of values long gone into later results.
    /// - Returns: `[row]`.
    func rolled(over values: [Double], rows: Int) -> [Double] {
        var window: [Double] = []
        window.reserveCapacity(min(rows, values.count))
        return values.indices.map { row in
            window.removeAll(keepingCapacity: true)
            for value in values[max(0, row - rows + 1) ... row] where !value.isNaN { window.append(value) }
            return window.isEmpty ? .nan : statistic(of: &window)
        }
    }

    /// The statistic of a window that is not empty; may reorder it.
    private func statistic(of window: inout [Double]) -> Double {
        switch self {
        case .mean: return Self.mean(window)
        case .deviation:
            // Population deviation from the mean in a second pass: 0, not missing, for a single value.
            let mean = Self.mean(window)
            return (window.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(window.count)).squareRoot()
        case .minimum: return window.dropFirst().reduce(window[0], min)
        case .maximum: return window.dropFirst().reduce(window[0], max)
        case .median:
            window.sort()
            let middle = window.count / 2
            return window.count.isMultiple(of: 2) ? (window[middle - 1] + window[middle]) / 2 : window[middle]
        }
    }

    /// Summed as distances from the first value, so that equal values have exactly their value as mean and deviation 0.
    private static func mean(_ window: [Double]) -> Double {
        let origin = window[0]
        return origin + window.reduce(0) { $0 + ($1 - origin) } / Double(window.count)
    }
}
