import Foundation
import Metrics
public import Randomness
public import Telemetry

/// What every judge needs beside the model and the test part.
public struct JudgementContext: Sendable {
    public var schema: Schema
    public var kind: ModelKind
    /// The gates in force: the schema's, with flags applied.
    public var gates: [GateDefinition]
    public var rule: GateRule
    public var stream: RandomStream
    public var facts: OperationalFacts
    /// By metric name, the best that any model can reach on this data, known for simulated data only; see `LeakAlarm`.
    public var noiseFloor: [String: Double]?

    public init(
        schema: Schema, kind: ModelKind, gates: [GateDefinition], rule: GateRule, seed: UInt64, facts: OperationalFacts,
        noiseFloor: [String: Double]? = nil
    ) {
        self.schema = schema
        self.kind = kind
        self.gates = gates
        self.rule = rule
        stream = RandomStream(seed: seed).child("judgement").child(kind.rawValue)
        self.facts = facts
        self.noiseFloor = noiseFloor
    }

    /// A number of the schema's `judgement` section.
    func number(_ name: String, default value: Double) -> Double { schema.models[kind]?.judgement[name] ?? value }

    var blockLength: Int { Int(number("block_length", default: 10)) }
    var unitsNeeded: Int { Int(number("minimum_units", default: 30)) }
    var rowsNeeded: Int { Int(number("minimum_rows", default: 0)) }

    func resamples(_ units: Units) -> Resamples {
        Resamples(units, count: Int(number("resamples", default: 1000)), stream: stream.child("resamples"))
    }

    /// The mean of a metric over random scores.
    func randomControl(rows: Int, _ metric: (_ scores: [Double]) -> Double?) -> Double? {
        RandomControl.mean(
            rows: rows, seeds: Int(number("control_seeds", default: 20)), stream: stream.child("random score"),
            metric: metric)
    }
}

/// Facts about training and files that gates may refer to.
public struct OperationalFacts: Sendable, Codable, Equatable {
    public var trainingSeconds: Double?
    /// The largest of the model's files.
    public var modelBytes: Int?

    public init(trainingSeconds: Double?, modelBytes: Int?) {
        self.trainingSeconds = trainingSeconds
        self.modelBytes = modelBytes
    }

    static let trainingTime = "training_time_seconds"
    static let modelSize = "model_size_mb"
    static let inferenceTime = "inference_p99_ms"
    static let metricNames: Set = [trainingTime, modelSize, inferenceTime]
}

extension JudgementContext {
    /// Time, size and latency as metrics. They differ from run to run, unlike all others.
    func operationalMetrics(_ model: WrittenModel) throws -> [MetricResult] {
        [
            MetricResult(
                name: OperationalFacts.trainingTime, value: facts.trainingSeconds, unit: "s",
                definition: "wall time of training, reading the data included"),
            MetricResult(
                name: OperationalFacts.modelSize, value: facts.modelBytes.map { Double($0) / 1e6 }, unit: "MB",
                definition: "size of the model's largest file"),
            MetricResult(
                name: OperationalFacts.inferenceTime, value: try Self.inferenceP99(model), unit: "ms",
                definition: "99th percentile of single-sample calls through our own reader of the written file"),
        ]
    }

    private static func inferenceP99(_ model: WrittenModel, calls: Int = 300) throws -> Double? {
        let sample = (0 ..< model.windowLength).flatMap { _ in model.plan.features.map(\.fillValue) }
        let clock = ContinuousClock()
        let milliseconds = try (0 ..< calls).map { _ in
            try clock.measure { _ = try model.run(sample, count: 1) } / .milliseconds(1)
        }
        return quantile(ofSorted: milliseconds.sorted(), 0.99)
    }

    /// The judgement of the gathered evidence.
    func judgement(
        _ evidence: Evidence, leftOut: [String: Int] = [:], settings: [String: Double] = [:],
        randomControl: [String: Double] = [:], perLinkType: [GroupResult] = [], warnings: [String] = [], plots: PlotData
    ) -> ModelJudgement {
        let outcome = VerdictRule(gates: gates, rule: rule).decide(evidence)
        let alarm = LeakAlarm(multiple: number("leak_multiple", default: 3), noiseFloor: noiseFloor)
        return ModelJudgement(
            model: kind, verdict: outcome.verdict, reasons: outcome.reasons,
            warnings: alarm.warnings(evidence) + outcome.warnings + warnings,
            metrics: outcome.metrics, baselines: evidence.baselines, randomControl: randomControl, perLinkType: perLinkType,
            testRows: evidence.testRows, units: evidence.units, unitsNeeded: evidence.unitsNeeded,
            leftOut: leftOut.filter { $0.value > 0 }, settings: settings, plots: plots)
    }

    /// Row indices by link type, in the schema's order of categories; empty where the table has no such column.
    func rowsByLinkType<Role>(_ frame: FeatureFrame<Role>, rows: [Int]) -> [(name: String, indices: [Int])] {
        guard let column = frame.column("link_type"), let names = schema.column("link_type")?.categories else { return [] }
        return names.enumerated().compactMap { code, name in
            let indices = rows.indices.filter { column[rows[$0]] == Float(code) }
            return indices.isEmpty ? nil : (name, indices)
        }
    }
}

extension Units {
    /// Every unit once.
    var once: [Double] { Array(repeating: 1, count: count) }
}

extension MetricResult {
    /// A metric from an estimate.
    init(_ name: String, _ estimate: Estimate, unit: String = "", definition: String) {
        self.init(
            name: name, value: estimate.value, lower: estimate.lower, upper: estimate.upper, unit: unit,
            definition: definition)
    }
}

extension BaselineResult {
    /// A baseline compared by a paired difference: positive where the model is better.
    init(
        _ name: String, _ strength: Strength, metrics: [String: Double?], comparedOn: String, difference: Estimate
    ) {
        self.init(
            name: name, strength: strength, metrics: metrics.compactMapValues { $0 }, comparedOn: comparedOn,
            difference: difference.value, lower: difference.lower, upper: difference.upper,
            beaten: difference.isAboveZero)
    }
}
