public import Randomness

/// The control that stands beside every anomaly metric: the same protocol on scores that know nothing.
public enum RandomControl {
    /// The mean of `metric` over uniform random scores of `seeds` seeds (`stream.child("seed", index)`).
    ///
    /// - Parameter rows: number of scores, each in [0, 1).
    /// - Returns: nil where the metric is nil for any seed.
    public static func mean(
        rows: Int, seeds: Int = 20, stream: RandomStream, metric: (_ scores: [Double]) -> Double?
    ) -> Double? {
        var total = 0.0
        for seed in 0 ..< seeds {
            var child = stream.child("seed", seed)
            guard let value = metric((0 ..< rows).map { _ in child.uniform() }) else { return nil }
            total += value
        }
        return (total / Double(seeds)).ifFinite
    }
}
