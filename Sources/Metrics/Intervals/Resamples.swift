public import Randomness

/// Resamples of units with replacement (Efron's bootstrap over units), drawn once and shared: a model and its baselines are
/// compared on the same resamples, which is what makes their differences paired.
public struct Resamples: Sendable {
    /// A metric as a function of how often each unit counts; nil where it is undefined for those weights.
    public typealias Statistic = (_ weights: [Double]) -> Double?

    public let units: Units
    public let count: Int
    /// How often each unit was drawn, `[resample, unit]`.
    private let multiplicities: [UInt16]

    /// - Parameters:
    ///   - count: 1,000 by the rules of judgement.
    ///   - stream: the same stream gives the same resamples.
    public init(_ units: Units, count: Int = 1000, stream: RandomStream) {
        self.units = units
        self.count = count
        let members = (0 ..< (units.strata.max() ?? -1) + 1).map { stratum in
            units.strata.indices.filter { units.strata[$0] == stratum }
        }
        var stream = stream
        var multiplicities = [UInt16](repeating: 0, count: count * units.count)
        for resample in 0 ..< count {
            for units in members {
                for _ in units.indices {
                    multiplicities[resample * self.units.count + units[stream.below(units.count)]] += 1
                }
            }
        }
        self.multiplicities = multiplicities
    }

    /// The statistic over all units and its 95 % percentile interval.
    ///
    /// Resamples for which the statistic is undefined (no incident was drawn, say) are left out; the interval is nil where
    /// they are more than a tenth.
    public func estimate(_ statistic: Statistic) -> Estimate {
        var weights = [Double](repeating: 1, count: units.count)
        let value = units.count == 0 ? nil : statistic(weights)?.ifFinite
        guard let value else { return Estimate(value: nil) }
        var values: [Double] = []
        values.reserveCapacity(count)
        for resample in 0 ..< count {
            for unit in weights.indices { weights[unit] = Double(multiplicities[resample * weights.count + unit]) }
            if let value = statistic(weights)?.ifFinite { values.append(value) }
        }
        guard values.count * 10 >= count * 9 else { return Estimate(value: value) }
        values.sort()
        return Estimate(
            value: value, lower: quantile(ofSorted: values, 0.025), upper: quantile(ofSorted: values, 0.975))
    }

    /// The paired difference `model` − `baseline` on the same resamples.
    public func difference(of model: Statistic, minus baseline: Statistic) -> Estimate {
        estimate { weights in
            guard let model = model(weights), let baseline = baseline(weights) else { return nil }
            return model - baseline
        }
    }
}
