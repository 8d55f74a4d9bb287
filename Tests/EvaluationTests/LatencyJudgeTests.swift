import Evaluation
import Metrics
import ModelGraph
import Telemetry
import TestSupport
import Testing

/// The model reconstructs 10 ms whatever it sees; links a→b and b→a are at 100 ms in incidents of four steps of every thirty,
/// everything else at 10 ms. Windows have six steps: nine of them touch each incident on each link.
@Suite("Judging the consensus latency model")
struct LatencyJudgeTests {
    static let steps = 300, windows = 4 * 295, episodes = 20, abnormalWindows = 180

    private func sample(
        type: String = "member_crash", latency: (_ isSlow: Bool) -> Float = { $0 ? 100 : 10 }
    ) throws -> JudgeSample {
        var sample = try JudgeSample(
            .latency, steps: Self.steps, features: [("consensus_latency_ms", "consensus_latency_ms")])
        sample.recording.set("consensus_latency_ms") { link, step in
            latency(ReliabilityJudgeTests.incidentNumber(link, step) != nil)
        }
        sample.incidents = ReliabilityJudgeTests.incidents.map { incident in
            Incident(node: incident.node, type: type, start: incident.start, end: incident.end)
        }
        return sample
    }

    private func constant(_ sample: JudgeSample, kernel: Float = 0, threshold: Double = 100) throws -> WrittenModel {
        try sample.model(
            [.timeDistributed(.dense(
                DenseParameters(
                    kernel: Tensor(repeating: kernel, shape: [1, 1]), bias: Tensor([10]), activation: .linear)))],
            metadata: [MetadataKey.threshold: String(threshold), MetadataKey.scoreDeviations: "1"])
    }

    private func judge(_ sample: JudgeSample, _ model: WrittenModel? = nil) throws -> ModelJudgement {
        let reference = LatencyReference(
            links: [:], overall: GroupScale(center: 10, deviation: 5), thresholds: [:])
        return try LatencyJudge.judge(
            model ?? constant(sample), on: sample.wholeFile(), incidents: sample.incidents, reference: reference,
            context: sample.context)
    }

    @Test("Windows told right by their reconstruction error pass")
    func perfect() throws {
        let judgement = try judge(sample())
        #expect(judgement.verdict == .pass)
        #expect(judgement.value("detection_accuracy") == 1 && judgement.value("episode_recall") == 1)
        #expect(judgement.testRows == Self.windows && judgement.units == Self.episodes)
        // In each episode every one of four steps lies in six windows, 90 ms off.
        let absolute = Double(Self.episodes * 4 * 6 * 90) / Double(Self.windows * 6)
        #expect(abs(try #require(judgement.value("reconstruction_mae")) - absolute) < 1e-9)
        #expect(judgement.value("median_delay") == 0)
        #expect(judgement.baselines.map(\.name) == [
            "always normal", "random score", "robust z of the latest value", "moving quantile",
        ])
        #expect(!judgement.plots.precisionRecallBaseline.isEmpty)
    }

    @Test("Accuracy counts windows, recall counts episodes")
    func counted() throws {
        // A single slow step scores 90² / 6 = 1350: above 2,000 only windows with two or more alarm. Each episode has two others.
        let sample = try sample()
        let judgement = try judge(sample, constant(sample, threshold: 2000))
        let missed = Double(2 * Self.episodes)
        #expect(judgement.value("detection_accuracy") == 1 - missed / Double(Self.windows))
        #expect(judgement.value("recall") == 1 - missed / Double(Self.abnormalWindows))
        #expect(judgement.value("precision") == 1)
        #expect(judgement.value("episode_recall") == 1)
        #expect(judgement.value("pr_auc") == 1)
        #expect(judgement.value("median_delay") == 1)
        #expect(try judgement.group("wan").metrics["detection_accuracy"] == 1)
        #expect(try judgement.group("wan").metrics["episode_recall"] == nil)
    }

    @Test("A model that never alarms has the accuracy of always normal, does not beat it, and fails")
    func alwaysNormal() throws {
        let sample = try sample()
        let judgement = try judge(sample, constant(sample, threshold: 1e9))
        #expect(judgement.value("detection_accuracy") == 1 - Double(Self.abnormalWindows) / Double(Self.windows))
        #expect(judgement.value("episode_recall") == 0)
        #expect(judgement.verdict == .fail)
        #expect(judgement.reasons.contains {
            $0.hasPrefix("does not beat the trivial answer “always normal” on detection_accuracy (difference 0")
        })
    }

    @Test("The random control has the accuracy of guessing as often as the model alarms")
    func control() throws {
        let judgement = try judge(sample())
        let share = Double(Self.abnormalWindows) / Double(Self.windows)
        let expected = share * share + (1 - share) * (1 - share)
        #expect(abs(try #require(judgement.randomControl["detection_accuracy"]) - expected) < 0.02)
        #expect(abs(try #require(judgement.randomControl["pr_auc"]) - share) < 0.03)
    }

    @Test("A few windows whose reconstruction overflows fail the model, although they alarm and every metric is fine")
    func broken() throws {
        let sample = try sample()
        // 100 ms overflow float32, 10 ms do not.
        let judgement = try judge(sample, constant(sample, kernel: 5e36))
        #expect(judgement.verdict == .fail)
        #expect(judgement.reasons == [
            "the model answers NaN or infinity: \(Self.episodes * 4 * 6) of its outputs on the test part",
        ])
    }

    @Test("Incidents that do not affect consensus are no labels; without any the verdict is open")
    func noLabels() throws {
        let judgement = try judge(sample(type: "packet_loss"))
        #expect(judgement.verdict == .undecided)
        #expect(judgement.reasons == [
            "no window of the test part holds a labelled step that affects consensus; 5 episodes would do",
        ])
        var unlabelled = try sample()
        unlabelled.incidents = nil
        #expect(try judge(unlabelled).reasons == [
            "no labels: neither an incidents file nor a column is_anomaly; 5 episodes would do",
        ])
    }

    @Test("Rows in runs too short for a window are counted as left out")
    func shortRuns() throws {
        let sample = try sample()
        // Seconds 0 … 99 and, after a gap, 200 … 202 on four links.
        let table = sample.recording.table.asFile(of: Array(0 ..< 400) + Array(800 ..< 812))
        let judgement = try LatencyJudge.judge(
            constant(sample), on: Part<HeldOut>(wholeFile: table, gapFactor: 2.5), incidents: sample.incidents,
            reference: LatencyReference(links: [:], overall: GroupScale(center: 10, deviation: 5), thresholds: [:]),
            context: sample.context)
        #expect(judgement.leftOut == ["rows in runs shorter than a window": 12])
    }

    @Test("Noise that no label explains is not learned: the verdict is FAIL, with skill about that of chance")
    func misplacedLabels() throws {
        var sample = try sample()
        sample.incidents = sample.incidents?.map { incident in
            Incident(node: "c", type: incident.type, start: incident.start, end: incident.end)
        }
        let judgement = try judge(sample)
        #expect(judgement.verdict == .fail)
        #expect(judgement.value("episode_recall") == 0)
        #expect(try #require(judgement.value("pr_auc")) < 0.2)
    }
}
