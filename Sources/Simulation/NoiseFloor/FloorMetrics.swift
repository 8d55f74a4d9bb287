/// The few metrics of the noise floor, in the definitions of the gates.
enum FloorMetrics {
    /// Six decimals are more than the data can tell apart.
    static func tidy(_ value: Double) -> Double { FixedPoint.rounded(value, places: 6) }

    static func mean(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }

    /// Pearson's correlation; nil if a side does not vary.
    static func correlation(_ a: [Double], _ b: [Double]) -> Double? {
        guard let meanA = mean(a), let meanB = mean(b) else { return nil }
        var (ab, aa, bb) = (0.0, 0.0, 0.0)
        for (x, y) in zip(a, b) {
            ab += (x - meanA) * (y - meanB)
            aa += (x - meanA) * (x - meanA)
            bb += (y - meanB) * (y - meanB)
        }
        let scale = (aa * bb).squareRoot()
        return scale > 1e-9 * Double(a.count) ? ab / scale : nil
    }

    /// Average precision: Σ (recall step) · precision over falling thresholds, equal scores taken together; nil without
    /// positives.
    static func averagePrecision(scores: [Double], labels: [Bool]) -> Double? {
        let positives = labels.count { $0 }
        guard positives > 0 else { return nil }
        var (found, sum) = (0, 0.0)
        forEachThreshold(scores) { tied, alarms in
            let hits = tied.count { labels[$0] }
            found += hits
            sum += Double(hits) / Double(positives) * Double(found) / Double(alarms)
        }
        return sum
    }

    /// The best share of right answers over all thresholds "score ≥ t", and that threshold.
    static func bestAccuracy(scores: [Double], labels: [Bool]) -> (accuracy: Double, threshold: Double)? {
        guard !labels.isEmpty else { return nil }
        var right = labels.count { !$0 }
        var best = (right: right, threshold: Double.infinity)
        forEachThreshold(scores) { tied, _ in
            let hits = tied.count { labels[$0] }
            right += hits - (tied.count - hits)
            if right > best.right { best = (right, scores[tied[tied.startIndex]]) }
        }
        return (Double(best.right) / Double(labels.count), best.threshold)
    }

    /// Visits the groups of equal scores from the highest down, with the number of rows so far.
    private static func forEachThreshold(_ scores: [Double], _ visit: (ArraySlice<Int>, Int) -> Void) {
        let order = scores.indices.sorted { scores[$0] > scores[$1] }
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count && scores[order[end]] == scores[order[start]] { end += 1 }
            visit(order[start ..< end], end)
            start = end
        }
    }
}
