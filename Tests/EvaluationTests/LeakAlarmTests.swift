@testable import Evaluation
import Metrics
import Telemetry
import Testing

@Suite("Leak alarm")
struct LeakAlarmTests {
    private func evidence(
        _ name: String, _ value: Double?, lower: Double? = nil, upper: Double? = nil, baselines: [Double], units: Int = 1000,
        strength: BaselineResult.Strength = .strong
    ) -> Evidence {
        Evidence(
            metrics: [MetricResult(name: name, value: value, lower: lower, upper: upper, definition: "")],
            baselines: baselines.enumerated().map { number, baseline in
                BaselineResult(
                    name: "answer \(number)", strength: strength, metrics: [name: baseline], comparedOn: name, beaten: true)
            },
            testRows: 10_000, units: units, unitsNeeded: 30, unitName: "blocks")
    }

    private func warnings(_ evidence: Evidence, noiseFloor: [String: Double]? = nil) -> [String] {
        LeakAlarm(multiple: 3, noiseFloor: noiseFloor).warnings(evidence)
    }

    @Test("An error is suspicious when the best strong baseline's is more than the multiple of it", arguments: [
        (0.34, false), (0.32, true), (0, true),
    ])
    func errors(value: Double, alarms: Bool) {
        let found = warnings(evidence("rmse_standardised", value, baselines: [2, 1, 5]))
        #expect(found.isEmpty == !alarms)
        if alarms { #expect(found[0].contains("best strong baseline “answer 1” at 1")) }
    }

    @Test("A score is suspicious when the best strong baseline leaves more than the multiple to be desired", arguments: [
        (0.96, false), (0.968, true),
    ])
    func scores(value: Double, alarms: Bool) {
        #expect(warnings(evidence("accuracy", value, baselines: [0.5, 0.9])).isEmpty == !alarms)
    }

    @Test("The cautious end of the interval decides")
    func interval() {
        #expect(warnings(evidence("rmse_standardised", 0.3, lower: 0.2, upper: 0.34, baselines: [1])).isEmpty)
        #expect(warnings(evidence("pr_auc", 0.99, lower: 0.96, upper: 1, baselines: [0.9])).isEmpty)
        #expect(!warnings(evidence("pr_auc", 0.99, lower: 0.98, upper: 1, baselines: [0.9])).isEmpty)
    }

    @Test("A perfect score of few units says little, of many it is suspicious", arguments: [(30, false), (300, true)])
    func perfectScore(units: Int, alarms: Bool) {
        // Wilson's bound leaves 0.113 for 30 units and 0.0126 for 300; the baseline leaves 0.2.
        #expect(warnings(evidence("pr_auc", 1, lower: 1, upper: 1, baselines: [0.8], units: units)).isEmpty == !alarms)
    }

    @Test("Trivial answers, missing metrics and missing baselines raise nothing")
    func nothing() {
        #expect(warnings(evidence("accuracy", 1, baselines: [0.1], strength: .trivial)).isEmpty)
        #expect(warnings(evidence("accuracy", nil, baselines: [0.1])).isEmpty)
        #expect(warnings(evidence("accuracy", .nan, baselines: [0.1])).isEmpty)
        #expect(warnings(evidence("accuracy", 0.9, baselines: [.nan])).isEmpty)
        #expect(warnings(evidence("accuracy", 0.9, baselines: [])).isEmpty)
    }

    @Test("On simulated data only what is better than possible is suspicious", arguments: [
        ("mape", 2.5, 2.0, 2.9, true), ("mape", 2.5, 2.0, 3.1, false), ("correlation", 0.99, 0.985, 0.995, true),
        ("correlation", 0.99, 0.97, 0.995, false),
    ])
    func noiseFloor(name: String, value: Double, lower: Double, upper: Double, alarms: Bool) {
        let evidence = evidence(name, value, lower: lower, upper: upper, baselines: [100])
        let found = warnings(evidence, noiseFloor: ["mape": 3, "correlation": 0.98])
        #expect(found.isEmpty == !alarms)
        #expect(warnings(evidence, noiseFloor: [:]).isEmpty)
    }
}
