/// Scores of the policy that minimises the expected transfer time, and of fixed levels.
enum CompressionFloor {
    static let tieBand = 0.01

    static func measure(_ series: [NoiseFloorMeter.Series]) -> NoiseFloor.ModelFloor {
        let times = series.flatMap(\.totalTimes)
        let oracle = series.flatMap(\.oracle)
        let chosen = series.flatMap(\.chosen)
        let fixed = PayloadStream.levels.map { level in meanTime(times) { _ in level } }
        let bestFixed = CompressionOracle.best(fixed)
        var best = score(times, oracle) { chosen[$0] }
        if !times.isEmpty { best["time_saved_share"] = FloorMetrics.tidy(1 - meanTime(times) { chosen[$0] } / fixed[bestFixed]) }
        var baselines: [String: [String: Double]] = [:]
        for level in PayloadStream.levels { baselines["level \(level)"] = score(times, oracle) { _ in level } }
        return NoiseFloor.ModelFloor(
            definition: """
                least expected compress time + transfer time given class and size of the block and the whole state \
                before it was compressed; right if within 1 % of the best level's time; time_saved_share: mean time saved against \
                the best fixed level
                """,
            best: best, baselines: baselines, counts: ["rows": times.count])
    }

    private static func score(_ times: [[Double]], _ oracle: [Int], choice: (Int) -> Int) -> [String: Double] {
        guard !times.isEmpty else { return [:] }
        let within = times.indices.count { times[$0][choice($0)] <= (1 + tieBand) * times[$0][oracle[$0]] }
        let strict = times.indices.count { choice($0) == oracle[$0] }
        return [
            "accuracy": FloorMetrics.tidy(Double(within) / Double(times.count)),
            "accuracy_strict": FloorMetrics.tidy(Double(strict) / Double(times.count)),
        ]
    }

    private static func meanTime(_ times: [[Double]], choice: (Int) -> Int) -> Double {
        times.indices.reduce(0) { $0 + times[$1][choice($1)] } / Double(max(times.count, 1))
    }
}
