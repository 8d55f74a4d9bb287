import Evaluation
import Metrics
import ModelGraph
import Randomness
import Telemetry
import TestSupport
import Testing

/// The column failure_rate is the model's score; incidents of node a last four steps of every thirty.
@Suite("Judging the reliability model")
struct ReliabilityJudgeTests {
    static let steps = 300, rows = 1200
    /// Ten incidents of four steps on two links.
    static let incidentCount = 10, abnormalRows = 80

    static func incidentNumber(_ link: Int, _ step: Int) -> Int? {
        link < 2 && step % 30 >= 10 && step % 30 < 14 ? step / 30 : nil
    }

    static let incidents = (0 ..< incidentCount).map { number -> Incident in
        let start = Int64(number) * 30 + 10
        return Incident(node: "a", type: "packet_loss", start: start * 1_000_000, end: (start + 3) * 1_000_000)
    }

    private func sample(_ score: (_ incident: Int?, _ link: Int, _ step: Int) -> Float) throws -> JudgeSample {
        var sample = try JudgeSample(.reliability, steps: Self.steps, features: [("failure_rate", "failure_rate")])
        sample.recording.set("failure_rate") { score(Self.incidentNumber($0, $1), $0, $1) }
        sample.incidents = Self.incidents
        return sample
    }

    private func judge(_ sample: JudgeSample, threshold: Double = 0.5) throws -> ModelJudgement {
        let part = try sample.wholeFile()
        let frame = try FeatureFrame(part, plan: sample.plan())
        let reference = ReliabilityReference(
            columns: try #require(RobustColumns(frame.values, columnCount: frame.featureCount)), bestColumn: nil, thresholds: [:])
        return try ReliabilityJudge.judge(
            sample.copying(0, metadata: [MetadataKey.threshold: String(threshold)]), on: part, incidents: sample.incidents,
            reference: reference, context: sample.context)
    }

    @Test("A score that is high in incidents only passes; the bound of what was never missed is Wilson's")
    func perfect() throws {
        let judgement = try judge(sample { incident, _, _ in incident == nil ? 0.1 : 0.9 })
        #expect(judgement.verdict == .pass)
        #expect(judgement.value("incident_recall") == 1 && judgement.value("pr_auc") == 1)
        #expect(judgement.value("false_positive_rate") == 0)
        #expect(try judgement.metric("incident_recall").lower == Wilson.interval(successes: 10, of: 10)?.lower)
        #expect(try #require(judgement.metric("false_positive_rate").upper) > 0)
        #expect(judgement.units == Self.incidentCount && judgement.testRows == Self.rows)
        #expect(judgement.value("median_delay") == 0)
        #expect(judgement.settings == ["threshold": 0.5])
        #expect(judgement.baselines.filter { $0.strength == .trivial }.allSatisfy { $0.beaten })
        #expect(!judgement.plots.precisionRecall.isEmpty && !judgement.plots.precisionRecallBaseline.isEmpty)
    }

    @Test("Recall, false-positive rate, precision and PR-AUC are those that counting gives")
    func counted() throws {
        // Two incidents score nothing; of the normal rows every twentieth step of the wan links scores as an incident does.
        let judgement = try judge(sample { incident, link, step in
            if let incident { return incident < 8 ? 0.9 : 0.1 }
            return link >= 2 && step % 20 == 0 ? 0.9 : 0.1
        })
        let falseAlarms = 30.0, normal = Double(Self.rows - Self.abnormalRows), found = 64.0, abnormal = 80.0
        #expect(judgement.value("incident_recall") == 0.8)
        #expect(judgement.value("false_positive_rate") == falseAlarms / normal)
        #expect(judgement.value("point_recall") == found / abnormal)
        #expect(judgement.value("precision") == found / (found + falseAlarms))
        // Two thresholds: average precision is a sum of two steps.
        let area = found / abnormal * found / (found + falseAlarms) + (1 - found / abnormal) * abnormal / Double(Self.rows)
        #expect(abs(try #require(judgement.value("pr_auc")) - area) < 1e-12)
        #expect(judgement.verdict == .fail)
        #expect(judgement.reasons[0].hasPrefix("incident_recall is 0.8, target ≥ 0.98"))
        #expect(try judgement.group("dc").metrics["incident_recall"] == 0.8)
        #expect(try judgement.group("dc").metrics["false_positive_rate"] == 0)
        #expect(try judgement.group("wan").metrics["false_positive_rate"] == falseAlarms / 600)
        #expect(try judgement.group("wan").metrics["incident_recall"] == nil)
    }

    @Test("A score equal to the threshold is an alarm")
    func equalToThreshold() throws {
        #expect(try judge(sample { incident, _, _ in incident == nil ? 0.25 : 0.5 }).value("incident_recall") == 1)
    }

    @Test("One alarm finds an incident; its other rows stay missed, without point adjustment")
    func noPointAdjustment() throws {
        let judgement = try judge(sample { incident, link, step in
            incident != nil && link == 0 && step % 30 == 12 ? 0.9 : 0.1
        })
        #expect(judgement.value("incident_recall") == 1)
        #expect(judgement.value("point_recall") == 10.0 / 80)
        #expect(judgement.value("median_delay") == 2)
    }

    @Test("The random control is near the share of abnormal rows, and a model of noise fails like it")
    func noise() throws {
        var stream = RandomStream(seed: 9).child("noise")
        let judgement = try judge(sample { _, _, _ in Float(stream.uniform()) })
        let base = Double(Self.abnormalRows) / Double(Self.rows)
        #expect(abs(try #require(judgement.randomControl["pr_auc"]) - base) < 0.02)
        #expect(abs(try #require(judgement.randomControl["false_positive_rate"]) - 0.5) < 0.05)
        #expect(abs(try #require(judgement.value("pr_auc")) - base) < 0.05)
        #expect(judgement.verdict == .fail)
        #expect(judgement.reasons.contains { $0.hasPrefix("does not beat the trivial answer “random score” on pr_auc") })
    }

    @Test("Alarming always finds every incident and still fails")
    func alwaysAlarm() throws {
        let judgement = try judge(sample { _, _, _ in 0.9 })
        #expect(judgement.value("incident_recall") == 1 && judgement.value("false_positive_rate") == 1)
        #expect(judgement.verdict == .fail)
        #expect(judgement.reasons.contains { $0.hasPrefix("does not beat the trivial answer “always alarm”") })
    }

    @Test("Without labels the verdict is open and says how many incidents would do")
    func noLabels() throws {
        var sample = try sample { incident, _, _ in incident == nil ? 0.1 : 0.9 }
        sample.schema.models[.reliability]?.judgement["minimum_units"] = 30
        sample.incidents = nil
        #expect(try judge(sample).reasons == [
            "no labels: neither an incidents file nor a column is_anomaly; 30 incidents would do",
        ])
        for incidents in [[], [Incident(node: "stranger", type: "packet_loss", start: 0, end: 1_000_000_000)]] {
            sample.incidents = incidents
            let judgement = try judge(sample)
            #expect(judgement.verdict == .undecided)
            #expect(judgement.reasons == ["no labelled incident touches the test part; 30 incidents would do"])
        }
        sample.incidents = Self.incidents
        let few = try judge(sample)
        #expect(few.verdict == .undecided)
        #expect(few.reasons == ["too few independent units: 10 incidents in the test part, 30 would do"])
    }

    @Test("A score that is not a number fails, with labels and without", arguments: [true, false])
    func broken(labelled: Bool) throws {
        var sample = try sample { incident, _, _ in incident == nil ? 0.1 : 0.9 }
        if !labelled { sample.incidents = nil }
        let part = try sample.wholeFile(), frame = try FeatureFrame(part, plan: sample.plan())
        let overflowing = try sample.model(
            [.rescaling(scale: Tensor(scalar: 3e38), offset: Tensor(scalar: 0)), .dense(DenseParameters(
                kernel: Tensor(repeating: 5, shape: [1, 1]), bias: nil, activation: .linear))],
            metadata: [MetadataKey.threshold: "0.5"])
        let reference = ReliabilityReference(
            columns: try #require(RobustColumns(frame.values, columnCount: 1)), bestColumn: nil, thresholds: [:])
        let judgement = try ReliabilityJudge.judge(
            overflowing, on: part, incidents: sample.incidents, reference: reference, context: sample.context)
        #expect(judgement.verdict == .fail)
        #expect(judgement.reasons == ["the model answers NaN or infinity: 80 of its outputs on the test part"])
    }

    @Test("Labels from the column are named in a warning")
    func columnLabels() throws {
        var sample = try sample { incident, _, _ in incident == nil ? 0.1 : 0.9 }
        sample.incidents = nil
        sample.recording.set("is_anomaly") { Self.incidentNumber($0, $1) == nil ? 0 : 1 }
        let judgement = try judge(sample)
        #expect(judgement.units == Self.incidentCount)
        #expect(judgement.warnings.contains("labels come from: column is_anomaly"))
    }
}
