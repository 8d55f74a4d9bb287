import Evaluation
import Telemetry
import Testing

@Suite struct VerdictRuleTests {
    private let recall = GateDefinition(metric: "incident_recall", direction: .atLeast, target: 0.98)
    private let falsePositives = GateDefinition(metric: "false_positive_rate", direction: .atMost, target: 0.05)

    private func metric(_ name: String, _ value: Double?, _ lower: Double? = nil, _ upper: Double? = nil) -> MetricResult {
        MetricResult(name: name, value: value, lower: lower, upper: upper, definition: "")
    }

    private func evidence(
        recall: Double? = 0.99, rate: Double? = 0.01, baselineBeaten: Bool = true, units: Int = 60, rows: Int = 5000
    ) -> Evidence {
        Evidence(
            metrics: [metric("roc_auc", 0.9), metric("incident_recall", recall, 0.93, 1), metric("false_positive_rate", rate, 0.005, 0.02)],
            baselines: [
                BaselineResult(name: "always normal", strength: .trivial, metrics: [:], comparedOn: "incident_recall",
                    difference: 0.99, lower: 0.9, upper: 1, beaten: baselineBeaten),
                BaselineResult(name: "robust z", strength: .strong, metrics: [:], comparedOn: "pr_auc", difference: -0.1,
                    lower: -0.2, upper: 0.0, beaten: false),
            ],
            testRows: rows, units: units, unitsNeeded: 30, unitName: "incidents")
    }

    private func decide(_ evidence: Evidence, rule: GateRule = .point) -> VerdictRule.Outcome {
        VerdictRule(gates: [recall, falsePositives], rule: rule).decide(evidence)
    }

    @Test("a model that reaches every gate and beats the trivial answers passes, with a warning for a strong baseline")
    func passes() {
        let outcome = decide(evidence())
        #expect(outcome.verdict == .pass)
        #expect(outcome.reasons.isEmpty)
        #expect(outcome.warnings.count == 1)
        #expect(outcome.metrics.map(\.name) == ["incident_recall", "false_positive_rate", "roc_auc"])
        #expect(outcome.metrics.map(\.reached) == [true, true, nil])
    }

    @Test("a missed target fails and says by how much")
    func missed() {
        let outcome = decide(evidence(recall: 0.95))
        #expect(outcome.verdict == .fail)
        #expect(outcome.reasons == ["incident_recall is 0.95, target ≥ 0.98, missed by 0.03"])
    }

    @Test("a metric that is NaN or missing fails and is named", arguments: [nil, Double.nan, Double.infinity])
    func notANumber(value: Double?) {
        let outcome = decide(evidence(recall: value))
        #expect(outcome.verdict == .fail)
        #expect(outcome.reasons == ["incident_recall is missing or not a number"])
    }

    @Test("an empty target list can never pass")
    func noGates() {
        #expect(VerdictRule(gates: [], rule: .point).decide(evidence()).verdict == .fail)
    }

    @Test("no test rows is a FAIL, too few units is UNDECIDED and says how many would do")
    func tooLittle() {
        #expect(decide(evidence(rows: 0)).verdict == .fail)
        let outcome = decide(evidence(units: 6))
        #expect(outcome.verdict == .undecided)
        #expect(outcome.reasons == ["too few independent units: 6 incidents in the test part, 30 would do"])
    }

    @Test("a trivial answer that is not beaten fails the model although every gate is reached")
    func trivial() {
        let outcome = decide(evidence(baselineBeaten: false))
        #expect(outcome.verdict == .fail)
        #expect(outcome.reasons.first?.contains("always normal") == true)
    }

    @Test("under the bound rule the 95 % bound must reach the target, not the point")
    func bound() {
        let outcome = decide(evidence(), rule: .bound)
        #expect(outcome.verdict == .fail)
        #expect(outcome.reasons == ["the 95 % bound of incident_recall is 0.93, target ≥ 0.98, missed by 0.05"])
    }

    @Test("a model whose labels are computed from its inputs cannot pass, and one without truth is undecided")
    func imitationAndTruth() {
        var imitating = evidence()
        imitating.imitation = "the level follows from payload_entropy"
        #expect(decide(imitating).verdict == .fail)
        var blind = evidence()
        blind.missingTruth = "no labelled incident touches the test part"
        #expect(decide(blind).verdict == .undecided)
    }

    @Test("Facts without an interval count by their value under the bound rule; estimates without one never pass")
    func boundOfFacts() {
        let size = GateDefinition(metric: "model_size_mb", direction: .below, target: 10)
        var small = evidence()
        small.metrics = [metric("model_size_mb", 3), metric("incident_recall", 1)]
        #expect(VerdictRule(gates: [size], rule: .bound).decide(small).verdict == .pass)
        #expect(VerdictRule(gates: [size, recall], rule: .bound).decide(small).verdict == .fail)
    }

    @Test("Outputs that are not numbers fail the model, even without truth or with too few units")
    func brokenOutputs() {
        var broken = evidence(units: 2)
        broken.brokenOutputs = 3
        broken.missingTruth = "no labels"
        let outcome = decide(broken)
        #expect(outcome.verdict == .fail)
        #expect(outcome.reasons == ["the model answers NaN or infinity: 3 of its outputs on the test part"])
    }

    @Test("A missing metric fails even where units are too few, and the report says both")
    func missingBeforeFew() {
        let outcome = decide(evidence(recall: nil, units: 6))
        #expect(outcome.verdict == .fail)
        #expect(outcome.reasons == [
            "incident_recall is missing or not a number",
            "too few independent units: 6 incidents in the test part, 30 would do",
        ])
    }

    @Test("Too few rows leave the verdict open like too few units")
    func fewRows() {
        var few = evidence(rows: 900)
        few.rowsNeeded = 1000
        let outcome = decide(few)
        #expect(outcome.verdict == .undecided)
        #expect(outcome.reasons == ["too few test rows: 900 were judged, 1000 would do"])
    }
}
