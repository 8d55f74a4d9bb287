/// Simple forecasts of a series' next value from a window of its latest values.
///
/// `histories` is row-major `[window, step]`, oldest step first; each function gives one forecast per window, in the
/// unit of the values.
public enum WindowForecasts {
    /// The same as the latest value.
    public static func lastValue(_ histories: [Double], windowLength: Int) -> [Double] {
        latest(histories, windowLength: windowLength, steps: 1) { $0[$0.startIndex] }
    }

    /// The mean of the latest `steps` values (the whole window when nil).
    public static func movingAverage(_ histories: [Double], windowLength: Int, steps: Int? = nil) -> [Double] {
        let steps = steps ?? windowLength
        return latest(histories, windowLength: windowLength, steps: steps) { $0.reduce(0, +) / Double(steps) }
    }

    /// The harmonic mean of the latest `steps` values, which a single outage pulls down (video players use it to be
    /// careful). For rates: a value of zero gives 0, the limit; a negative one gives NaN.
    public static func harmonicMean(_ histories: [Double], windowLength: Int, steps: Int = 5) -> [Double] {
        latest(histories, windowLength: windowLength, steps: steps) { values in
            if values.contains(where: { $0 < 0 }) { return .nan }
            return Double(steps) / values.reduce(0) { $0 + 1 / $1 }
        }
    }

    /// The latest `steps` values of each window, oldest first, summarised.
    static func latest(
        _ histories: [Double], windowLength: Int, steps: Int, _ summarise: (ArraySlice<Double>) -> Double
    ) -> [Double] {
        precondition(
            windowLength > 0 && histories.count % windowLength == 0, "\(histories.count) values, \(windowLength) a window")
        precondition((1 ... windowLength).contains(steps), "\(steps) steps of a window of \(windowLength)")
        return stride(from: windowLength, through: histories.count, by: windowLength).map { end in
            summarise(histories[end - steps ..< end])
        }
    }
}
