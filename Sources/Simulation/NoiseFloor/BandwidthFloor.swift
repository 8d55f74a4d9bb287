/// Scores of E[next throughput | whole state now] and of the last value.
enum BandwidthFloor {
    static func measure(_ series: [NoiseFloorMeter.Series]) -> NoiseFloor.ModelFloor {
        let usable = series.filter { $0.train.deviation > 0 }
        return NoiseFloor.ModelFloor(
            definition: """
                expected throughput of the next row given the whole state (other traffic, queue, windows, plan, the \
                fault in force and the law of its duration), five-point quadrature over the innovations; new faults are \
                not foreseen
                """,
            best: score(usable, \.expected), baselines: ["last value": score(usable, \.last)],
            counts: ["rows": usable.reduce(0) { $0 + $1.actual.count }])
    }

    /// Correlation of values standardised per series with the training part's moments, and MAPE over rows above one
    /// percent of the training mean.
    private static func score(
        _ series: [NoiseFloorMeter.Series], _ prediction: KeyPath<NoiseFloorMeter.Series, [Double]>
    ) -> [String: Double] {
        var (actual, predicted, errors) = ([Double](), [Double](), [Double]())
        for one in series {
            let (mean, deviation) = (one.train.mean, one.train.deviation)
            for (truth, guess) in zip(one.actual, one[keyPath: prediction]) {
                actual.append((truth - mean) / deviation)
                predicted.append((guess - mean) / deviation)
                if truth > 0.01 * mean { errors.append(abs(guess / truth - 1)) }
            }
        }
        var metrics: [String: Double] = [:]
        metrics["correlation"] = FloorMetrics.correlation(actual, predicted).map(FloorMetrics.tidy)
        metrics["mape"] = FloorMetrics.mean(errors).map { FloorMetrics.tidy(100 * $0) }
        return metrics
    }
}
