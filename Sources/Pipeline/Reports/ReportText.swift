import Evaluation
import Foundation
import Reports
import Telemetry

/// How reports write numbers, targets and names.
enum ReportText {
    /// A metric's value with its unit: `0.9853`, `4.21 %`, `1,250 ms`.
    static func value(_ value: Double?, unit: String) -> String {
        guard let value, value.isFinite else { return "–" }
        let digits =
            if unit.isEmpty { abs(value) < 10 ? 4 : 2 } else { abs(value) < 10 ? 3 : abs(value) < 1_000 ? 2 : 0 }
        var text = String(format: "%.\(digits)f", value)
        // A difference too small to show must not look like a negative zero.
        if text.hasPrefix("-"), !text.contains(where: { ("1" ... "9").contains($0) }) { text.removeFirst() }
        return unit.isEmpty ? text : "\(text) \(unit)"
    }

    static func interval(_ lower: Double?, _ upper: Double?, unit: String) -> String {
        guard let lower, let upper, lower.isFinite, upper.isFinite else { return "–" }
        return "\(value(lower, unit: "")) … \(value(upper, unit: unit))"
    }

    static func target(_ gate: GateDefinition) -> String {
        let sign = switch gate.direction {
        case .atLeast: "≥"
        case .atMost: "≤"
        case .above: ">"
        case .below: "<"
        }
        return "\(sign) \(plain(gate.target))\(gate.unit.isEmpty ? "" : " \(gate.unit)")"
    }

    /// A setting's number without needless digits.
    static func plain(_ number: Double) -> String {
        guard number.isFinite else { return "–" }
        return number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : String(number)
    }

    static func grouped(_ number: Int) -> String { ProgressState.grouped(number) }

    static func verdict(_ verdict: Verdict) -> String {
        switch verdict {
        case .pass: "✅ PASS"
        case .fail: "❌ FAIL"
        case .undecided: "❔ UNDECIDED"
        }
    }

    static func name(_ model: ModelKind) -> String { model.fileStem.replacing("_", with: " ") }

    /// Foreign text, made safe and short.
    static func escaped(_ text: String, limit: Int = 400) -> String {
        Markdown.escaped(text.count > limit ? String(text.prefix(limit - 1)) + "…" : text)
    }

    /// At most `limit` items, then how many more there are.
    static func bounded(_ items: [String], limit: Int) -> [String] {
        guard items.count > limit else { return items }
        return Array(items.prefix(limit)) + ["… and \(items.count - limit) more in the JSON report"]
    }
}

extension EvaluatedModel {
    /// The baseline that does best on a gate's metric, with its value: a strong one where there is any, since a constant answer
    /// can be perfect on one metric and useless on the next.
    func bestBaseline(on gate: GateDefinition) -> (baseline: BaselineResult, value: Double)? {
        let candidates = judgement.baselines.compactMap { baseline in
            baseline.metrics[gate.metric].flatMap { $0.isFinite ? (baseline: baseline, value: $0) : nil }
        }
        let strong = candidates.filter { $0.baseline.strength == .strong }
        let higherIsBetter = gate.direction == .atLeast || gate.direction == .above
        return (strong.isEmpty ? candidates : strong).max { higherIsBetter ? $0.value < $1.value : $0.value > $1.value }
    }

    /// Why the verdict is not PASS, in the words for reports: `misses`, and what the judge says beside them.
    var explanations: [String] {
        let missed = gatedMetrics.filter { $0.reached != true }.map { "\($0.name) is " }
        let others = reasons.filter { reason in !missed.contains(where: reason.hasPrefix) }
        return misses + others.map { ReportText.escaped($0) }
    }

    /// One sentence for each gate that was not reached: by how much, and what the best baseline reached.
    var misses: [String] {
        gatedMetrics.compactMap { metric in
            guard let gate = metric.gate, metric.reached != true else { return nil }
            let result = ReportText.value(metric.value, unit: metric.unit)
            guard let value = metric.value, value.isFinite else {
                return "`\(metric.name)` could not be measured; its target is \(ReportText.target(gate))."
            }
            let distance = abs(value - gate.target)
            let pointReaches =
                switch gate.direction {
                case .atLeast: value >= gate.target
                case .atMost: value <= gate.target
                case .above: value > gate.target
                case .below: value < gate.target
                }
            let gap =
                pointReaches
                ? "the point estimate reaches it, its 95 % bound does not"
                : "short by \(ReportText.value(distance, unit: metric.unit))"
            let baseline = bestBaseline(on: gate).map {
                "; best baseline: \(ReportText.escaped($0.baseline.name)) with \(ReportText.value($0.value, unit: metric.unit))"
            }
            return "`\(metric.name)` is \(result), target \(ReportText.target(gate)): \(gap)\(baseline ?? "")."
        }
    }
}
