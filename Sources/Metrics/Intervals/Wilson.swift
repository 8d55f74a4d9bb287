/// Wilson's score interval at 95 % (Wilson, JASA 1927): honest for few units and for shares near 0 and 1.
public enum Wilson {
    /// The normal distribution's 97.5 % quantile.
    private static let z = 1.959_963_984_540_054

    /// The interval of a share of `successes` in `count` independent units; nil for no units.
    public static func interval(successes: Int, of count: Int) -> (lower: Double, upper: Double)? {
        precondition((0 ... max(0, count)).contains(successes), "\(successes) successes in \(count) units")
        guard count > 0 else { return nil }
        let n = Double(count), share = Double(successes) / n
        let middle = (share + z * z / (2 * n)) / (1 + z * z / n)
        let half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
        return (successes == 0 ? 0 : middle - half, successes == count ? 1 : middle + half)
    }

    /// Units needed so that the lower bound reaches `target` when the share stays at `share`; nil where the share does not
    /// lie above the target, because then no number is enough.
    ///
    /// Solves lower(share, n) = target: n = z² target (1 − target) / (share − target)².
    public static func unitsNeeded(share: Double, target: Double) -> Int? {
        guard share > target, (0 ... 1).contains(share), (0 ..< 1).contains(target) else { return nil }
        let needed = z * z * target * (1 - target) / ((share - target) * (share - target))
        return max(1, Int(needed.rounded(.up)))
    }
}
