import Metrics

/// Warns of results that are too good to be true: they point to an answer that leaked into the inputs.
///
/// Where the data comes from the simulator, `noiseFloor` says the best that any model can reach on it, metric by metric, and a
/// result beyond that raises the alarm. On recordings nobody knows the best; there a model raises it that leaves `multiple`
/// times less to be desired than the best strong baseline, on the metric the two are compared on. What a result leaves to be
/// desired is `1 − value` of a score whose best is 1, and the value itself of an error.
///
/// Both hold the cautious end of the 95 % interval against the limit, so that luck with few units raises nothing; a perfect
/// score counts as Wilson's bound for its units.
struct LeakAlarm {
    let multiple: Double
    /// By metric name, the best possible value; nil for recordings.
    let noiseFloor: [String: Double]?

    /// Metrics that are better when lower. All others are better when higher.
    private static let errors: Set = [
        "mape", "wape", "mae", "rmse", "rmse_standardised", "regret", "false_positive_rate", "reconstruction_mae",
    ]

    /// One sentence for each result that is too good.
    func warnings(_ evidence: Evidence) -> [String] {
        if let noiseFloor { return evidence.metrics.compactMap { aboveNoiseFloor($0, noiseFloor) } }
        return aboveBaselines(evidence).map { [$0] } ?? []
    }

    private func aboveNoiseFloor(_ metric: MetricResult, _ noiseFloor: [String: Double]) -> String? {
        guard let best = noiseFloor[metric.name], let value = metric.value else { return nil }
        let isError = Self.errors.contains(metric.name)
        guard isError ? metric.upper ?? value < best : metric.lower ?? value > best else { return nil }
        return "leak alarm: \(metric.name) is \(VerdictRule.short(value)), better than \(VerdictRule.short(best)), the best "
            + "possible on this simulated data; an answer may have leaked into the inputs"
    }

    private func aboveBaselines(_ evidence: Evidence) -> String? {
        let strong = evidence.baselines.filter { $0.strength == .strong }
        let ranked = strong.compactMap { baseline -> (baseline: BaselineResult, value: Double, lack: Double)? in
            guard let value = baseline.metrics[baseline.comparedOn], value.isFinite else { return nil }
            return (baseline, value, Self.errors.contains(baseline.comparedOn) ? value : 1 - value)
        }
        guard let best = ranked.min(by: { $0.lack < $1.lack }),
            let metric = evidence.metrics.first(where: { $0.name == best.baseline.comparedOn }), let value = metric.value,
            let lack = cautiousLack(metric, units: evidence.units), best.lack > multiple * lack
        else { return nil }
        return "leak alarm: \(metric.name) is \(VerdictRule.short(value)) and leaves more than "
            + "\(VerdictRule.short(multiple)) times less to be desired than the best strong baseline "
            + "“\(best.baseline.name)” at \(VerdictRule.short(best.value)); "
            + "an answer may have leaked into the inputs"
    }

    /// The most that a result leaves to be desired by its interval.
    private func cautiousLack(_ metric: MetricResult, units: Int) -> Double? {
        guard let value = metric.value, value.isFinite else { return nil }
        if Self.errors.contains(metric.name) { return max(value, metric.upper ?? value) }
        guard units > 0, let perfect = Wilson.interval(successes: units, of: units) else { return nil }
        return max(1 - min(value, metric.lower ?? value), 1 - perfect.lower)
    }
}
