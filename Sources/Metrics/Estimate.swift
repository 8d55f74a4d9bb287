//  Metrics owns the numbers that judge predictions: metrics, resampling intervals, threshold rules and the simple answers
//  that every model must stand beside, all pure functions of arrays. It must import nothing but Randomness: it knows neither
//  telemetry nor models nor files. One rule holds throughout: a metric over zero rows, over a value that is not finite, or
//  with a zero denominator is nil, never a number; arrays of different lengths are a programmer's error and trap.

/// A metric's value with its 95 % interval. Nil parts could not be computed.
public struct Estimate: Sendable, Codable, Equatable {
    public var value: Double?
    public var lower: Double?
    public var upper: Double?

    public init(value: Double?, lower: Double? = nil, upper: Double? = nil) {
        self.value = value
        self.lower = lower
        self.upper = upper
    }

    /// Whether the whole interval lies above zero: for a paired difference, the first beats the second.
    public var isAboveZero: Bool { (lower ?? -1) > 0 }

    /// The estimate with Wilson's bound in place of an interval that resampling cannot widen.
    ///
    /// Where no unit was missed (`value` is 1), every resample gives 1 again and the interval would be [1, 1]; the lower
    /// bound becomes Wilson's for `units` successes of `units`. Where every unit was missed (`value` is 0), for example
    /// no false alarm, the upper bound is widened likewise. For metrics between 0 and 1 only.
    public func boundedByWilson(units: Int) -> Estimate {
        guard let value, let wilson = Wilson.interval(successes: units, of: units) else { return self }
        var estimate = self
        if value >= 1 { (estimate.lower, estimate.upper) = (wilson.lower, 1) }
        if value <= 0 { (estimate.lower, estimate.upper) = (0, 1 - wilson.lower) }
        return estimate
    }
}

extension Double {
    /// Nil unless finite: how a metric says that it could not be computed.
    var ifFinite: Double? { isFinite ? self : nil }
}
