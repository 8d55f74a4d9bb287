/// Simple anomaly scores of a window from its latest value. `histories` is row-major `[window, step]`, oldest step first;
/// higher is more abnormal.
public enum WindowScores {
    /// |z| of the latest value against one scale for each window, such as its series' `GroupScale(robust:)`.
    public static func robustScore(_ histories: [Double], windowLength: Int, scales: [GroupScale]) -> [Double] {
        let latest = WindowForecasts.lastValue(histories, windowLength: windowLength)
        precondition(latest.count == scales.count, "one scale per window")
        return zip(latest, scales).map { abs($1.standardised($0)) }
    }

    /// How far the latest value lies above a quantile of the values before it in the window, in units of that quantile's
    /// distance from their median (or of the quantile itself where these are equal).
    ///
    /// A window's own past is the scale, so series of different size share one threshold.
    public static func movingQuantile(_ histories: [Double], windowLength: Int, probability: Double = 0.9) -> [Double] {
        precondition(windowLength >= 2, "a moving quantile needs a value before the latest")
        return WindowForecasts.latest(histories, windowLength: windowLength, steps: windowLength) { values in
            let past = values.dropLast().sorted()
            guard values.allSatisfy(\.isFinite), let latest = values.last, let high = quantile(ofSorted: past, probability),
                let median = quantile(ofSorted: past, 0.5)
            else { return .nan }
            let unit = high > median ? high - median : abs(high)
            return unit > 0 ? (latest - high) / unit : latest - high
        }
    }
}
