public import Telemetry

/// Whether a gate compares the point estimate or the 95 % bound with its target.
public enum GateRule: String, Sendable, Codable, CaseIterable {
    case point, bound
}

extension GateDefinition {
    /// Whether `metric` reaches the target under `rule`. A missing or non-finite number never does.
    public func isReached(by metric: MetricResult, rule: GateRule) -> Bool {
        let candidate: Double? = switch rule {
        case .point: metric.value
        case .bound: direction.wantsHigh ? metric.lower : metric.upper
        }
        guard let candidate, candidate.isFinite, let value = metric.value, value.isFinite else { return false }
        return switch direction {
        case .atLeast: candidate >= target
        case .atMost: candidate <= target
        case .above: candidate > target
        case .below: candidate < target
        }
    }

    /// The target in words, for example `≥ 0.98`.
    public var targetText: String { "\(direction.symbol) \(Self.text(target))\(unit.isEmpty ? "" : " \(unit)")" }

    static func text(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e6 ? String(Int(value)) : String(value)
    }
}

extension GateDefinition.Direction {
    var wantsHigh: Bool { self == .atLeast || self == .above }

    var symbol: String {
        switch self {
        case .atLeast: "≥"
        case .atMost: "≤"
        case .above: ">"
        case .below: "<"
        }
    }
}

/// What a judge found out about a model before the verdict.
public struct Evidence: Sendable {
    public var metrics: [MetricResult]
    public var baselines: [BaselineResult]
    public var testRows: Int
    /// Independent units judged, and the least that the gate demands, with the unit's name (`incidents`, `blocks` …).
    public var units: Int
    public var unitsNeeded: Int
    public var unitName: String
    /// The least rows (or windows) that the gate demands.
    public var rowsNeeded: Int
    /// Numbers among the model's outputs that are NaN or infinite; such a model fails, whatever its metrics.
    public var brokenOutputs: Int
    /// Why there is no truth to judge against, for example no labelled incident; the verdict is then UNDECIDED.
    public var missingTruth: String?
    /// Why the labels are computed from the model's own inputs; such a model cannot pass.
    public var imitation: String?

    public init(
        metrics: [MetricResult], baselines: [BaselineResult], testRows: Int, units: Int, unitsNeeded: Int,
        unitName: String, rowsNeeded: Int = 0, brokenOutputs: Int = 0, missingTruth: String? = nil, imitation: String? = nil
    ) {
        self.metrics = metrics
        self.baselines = baselines
        self.testRows = testRows
        self.units = units
        self.unitsNeeded = unitsNeeded
        self.unitName = unitName
        self.rowsNeeded = rowsNeeded
        self.brokenOutputs = brokenOutputs
        self.missingTruth = missingTruth
        self.imitation = imitation
    }
}

/// The rule from evidence to verdict, the same for every model.
public struct VerdictRule: Sendable {
    public var gates: [GateDefinition]
    public var rule: GateRule

    public init(gates: [GateDefinition], rule: GateRule) {
        self.gates = gates
        self.rule = rule
    }

    public struct Outcome: Sendable, Equatable {
        public var verdict: Verdict
        public var reasons: [String]
        public var warnings: [String]
        /// The evidence's metrics with `gate` and `reached` filled in, gated ones first in the gates' order.
        public var metrics: [MetricResult]
    }

    /// Nothing passes silently: what is missing, empty or not a number is a FAIL with its own sentence; too few units or no
    /// truth is UNDECIDED; everything else is decided by the gates and the trivial baselines.
    public func decide(_ evidence: Evidence) -> Outcome {
        let gated = gates.map { gate in judged(gate, evidence) }
        let others = evidence.metrics.filter { metric in !gates.contains { $0.metric == metric.name } }
        let warnings = evidence.baselines.filter { $0.strength == .strong && !$0.beaten }.map { baseline in
            "does not beat the strong baseline “\(baseline.name)” on \(baseline.comparedOn)\(Self.gap(baseline))"
        }
        let (verdict, reasons) = verdict(evidence, gated)
        return Outcome(verdict: verdict, reasons: reasons, warnings: warnings, metrics: gated + others)
    }

    private func judged(_ gate: GateDefinition, _ evidence: Evidence) -> MetricResult {
        var metric = evidence.metrics.first { $0.name == gate.metric }
            ?? MetricResult(name: gate.metric, value: nil, unit: gate.unit, definition: "not computed")
        metric.gate = gate
        metric.reached = gate.isReached(by: metric, rule: ruleApplied(to: metric.name))
        return metric
    }

    /// Facts such as the size of a file are no estimates: they have no bound, so their value counts under either rule.
    private func ruleApplied(to metric: String) -> GateRule {
        OperationalFacts.metricNames.contains(metric) ? .point : rule
    }

    private func verdict(_ evidence: Evidence, _ gated: [MetricResult]) -> (Verdict, [String]) {
        guard !gates.isEmpty else { return (.fail, ["no targets are configured: a model without targets cannot pass"]) }
        guard evidence.testRows > 0 else { return (.fail, ["no test rows: nothing was judged"]) }
        guard evidence.brokenOutputs == 0 else {
            return (.fail, ["the model answers NaN or infinity: \(evidence.brokenOutputs) of its outputs on the test part"])
        }
        if let missing = evidence.missingTruth { return (.undecided, [missing]) }
        let notNumbers = gated.filter { !($0.value?.isFinite ?? false) }.map(\.name)
        let tooLittle = Self.shortages(evidence)
        if notNumbers.isEmpty, !tooLittle.isEmpty { return (.undecided, tooLittle) }
        var reasons = notNumbers.map { "\($0) is missing or not a number" } + tooLittle
        reasons += gated.filter { $0.reached == false && !notNumbers.contains($0.name) }.map(missed)
        reasons += evidence.baselines.filter { $0.strength == .trivial && !$0.beaten }.map { baseline in
            "does not beat the trivial answer “\(baseline.name)” on \(baseline.comparedOn)\(Self.gap(baseline))"
        }
        if let imitation = evidence.imitation { reasons.append("imitation: \(imitation)") }
        return (reasons.isEmpty ? .pass : .fail, reasons)
    }

    /// What the test part has too little of, and how much would do.
    private static func shortages(_ evidence: Evidence) -> [String] {
        var shortages: [String] = []
        if evidence.testRows < evidence.rowsNeeded {
            shortages.append("too few test rows: \(evidence.testRows) were judged, \(evidence.rowsNeeded) would do")
        }
        if evidence.units < evidence.unitsNeeded {
            shortages.append(
                "too few independent units: \(evidence.units) \(evidence.unitName) in the test part, "
                    + "\(evidence.unitsNeeded) would do")
        }
        return shortages
    }

    private func missed(_ metric: MetricResult) -> String {
        guard let gate = metric.gate, let value = metric.value else { return "\(metric.name) is missing" }
        let rule = ruleApplied(to: metric.name)
        let shown = rule == .point ? value : (gate.direction.wantsHigh ? metric.lower : metric.upper) ?? .nan
        let what = rule == .point ? "" : "the 95 % bound of "
        return "\(what)\(metric.name) is \(Self.short(shown)), target \(gate.targetText), missed by "
            + Self.short(abs(shown - gate.target))
    }

    private static func gap(_ baseline: BaselineResult) -> String {
        guard let difference = baseline.difference else { return "" }
        guard let lower = baseline.lower, let upper = baseline.upper else { return " (difference \(short(difference)))" }
        return " (difference \(short(difference)), 95 % interval \(short(lower)) to \(short(upper)))"
    }

    /// Four significant digits, independent of locale.
    static func short(_ value: Double) -> String {
        guard value.isFinite else { return "not a number" }
        guard value != 0 else { return "0" }
        let digits = max(0, 3 - Int(log10OfMagnitude(value)))
        let scale = (0 ..< min(digits, 9)).reduce(1.0) { factor, _ in factor * 10 }
        return GateDefinition.text((value * scale).rounded() / scale)
    }

    private static func log10OfMagnitude(_ value: Double) -> Int {
        var magnitude = abs(value), exponent = 0
        while magnitude >= 10 { (magnitude, exponent) = (magnitude / 10, exponent + 1) }
        while magnitude < 1 { (magnitude, exponent) = (magnitude * 10, exponent - 1) }
        return exponent
    }
}
