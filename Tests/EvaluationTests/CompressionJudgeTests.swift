import Evaluation
import Foundation
import Metrics
import ModelGraph
import Randomness
import Telemetry
import TestSupport
import Testing

/// Text blocks, best at level 6, and random ones, best stored. The column amst_streams holds the level that the model chooses.
@Suite("Judging the compression selector")
struct CompressionJudgeTests {
    static let steps = 60, rows = 240

    private static func isText(_ link: Int, _ step: Int) -> Bool { (step * 7 + link * 3) % 5 < 3 }
    /// Six of ten.
    private static let textShare = Double((0 ..< steps).reduce(0) { sum, step in
        sum + (0 ..< 4).count { isText($0, step) }
    }) / Double(rows)

    /// Milliseconds of a block of 100,000 bytes at 50 Mbit/s, 6,250 bytes a millisecond.
    private static func milliseconds(_ level: Int, text: Bool) -> Double {
        Double(level) * 0.15 + 16 / ratio(level, text: text)
    }

    private static func ratio(_ level: Int, text: Bool) -> Double { text && level > 0 ? (level >= 6 ? 5 : 3) : 1 }

    private func sample(choosing level: (_ text: Bool) -> Int) throws -> JudgeSample {
        var sample = try JudgeSample(.compression, steps: Self.steps, features: [("amst_streams", "amst_streams")])
        sample.recording.set("amst_streams") { Float(level(Self.isText($0, $1))) }
        sample.recording.set("sample_bytes") { _, _ in 100_000 }
        sample.recording.set("available_rate_mbps") { _, _ in 50 }
        for level in 0 ..< 10 {
            sample.recording.set("ratio_l\(level)") { Float(Self.ratio(level, text: Self.isText($0, $1))) }
            sample.recording.set("compress_us_l\(level)") { _, _ in Float(level) * 150 }
        }
        return sample
    }

    /// A policy whose most probable level is the one in the only input: the logits of −(x − level)² without x².
    private func policy(_ sample: JudgeSample, times factor: Float = 1) throws -> WrittenModel {
        let levels = (0 ..< 10).map { Float($0) }
        return try sample.model([
            .dense(DenseParameters(
                kernel: Tensor(shape: [1, 10], values: levels.map { 2 * $0 * factor }),
                bias: Tensor(levels.map { -$0 * $0 }), activation: .softmax)),
        ])
    }

    /// Among the references the fixed level 6, the best where it is always taken.
    private let reference = CompressionReference(majorityLevel: 6, bestFixedLevel: 6, neighbours: nil)

    private func judge(
        _ sample: JudgeSample, model: WrittenModel? = nil, profile: CodecProfile? = nil, reference: CompressionReference? = nil
    ) throws -> ModelJudgement {
        try CompressionJudge.judge(
            model ?? policy(sample), on: sample.wholeFile(), reference: reference ?? self.reference, profile: profile, context: sample.context)
    }

    @Test("The oracle's own choices pass: no regret, and a gain of what the fixed level loses on random blocks")
    func perfect() throws {
        let judgement = try judge(sample { $0 ? 6 : 0 })
        #expect(judgement.verdict == .pass)
        #expect(judgement.value("accuracy") == 1 && judgement.value("accuracy_strict") == 1)
        #expect(judgement.value("regret") == 0 && judgement.value("regret_bytes") == 0)
        let gain = (1 - Self.textShare) * (Self.milliseconds(6, text: false) - Self.milliseconds(0, text: false))
        // Times are float32: seven digits of 16 ms.
        #expect(abs(try #require(judgement.value("gain")) - gain) < 1e-5)
        #expect(judgement.testRows == Self.rows && judgement.units == 24)
        // Without a miss the bound is Wilson's for 24 units.
        #expect(try judgement.metric("accuracy").lower == Wilson.interval(successes: 24, of: 24)?.lower)
        #expect(judgement.baselines.count == 11 && judgement.baselines.allSatisfy { $0.strength == .trivial && $0.beaten })
        #expect(judgement.plots.confusion[6][6] == Int((Self.textShare * Double(Self.rows)).rounded()))
        #expect(judgement.settings == ["tie_band": 0.01, "best_fixed_level": 6])
    }

    @Test("A level within the tie band of the best is right, but not strictly, and its regret counts")
    func tie() throws {
        // Stored, a random block takes 16 ms; at level 1 16.15 ms, within 1 %.
        let judgement = try judge(sample { $0 ? 6 : 1 })
        #expect(judgement.value("accuracy") == 1)
        #expect(abs(try #require(judgement.value("accuracy_strict")) - Self.textShare) < 1e-12)
        #expect(abs(try #require(judgement.value("regret")) - 0.15 * (1 - Self.textShare)) < 1e-5)
    }

    @Test("A wrong level has the regret in milliseconds and bytes that the times say, and a gain that may be negative")
    func wrong() throws {
        let judgement = try judge(sample { $0 ? 3 : 0 })
        let lost = Self.milliseconds(3, text: true) - Self.milliseconds(6, text: true)
        #expect(abs(try #require(judgement.value("regret")) - lost * Self.textShare) < 1e-5)
        let bytes = 100_000 * (1.0 / 3 - 1.0 / 5)
        #expect(abs(try #require(judgement.value("regret_bytes")) - bytes * Self.textShare) < 0.1)
        let gain = (1 - Self.textShare) * 0.9 - Self.textShare * lost
        #expect(abs(try #require(judgement.value("gain")) - gain) < 1e-5)
        #expect(judgement.verdict == .fail)
    }

    @Test("A model that always takes one level does not beat that level and fails, however often it is right")
    func majority() throws {
        var sample = try sample { _ in 6 }
        sample.schema.models[.compression]?.gates[0].target = 0.5
        let judgement = try judge(sample)
        #expect(abs(try #require(judgement.value("accuracy")) - Self.textShare) < 1e-12)
        #expect(judgement.value("gain") == 0)
        #expect(judgement.verdict == .fail)
        #expect(judgement.reasons.contains { $0.hasPrefix("gain is 0, target > 0") })
        #expect(judgement.reasons.contains { $0.hasPrefix("does not beat the trivial answer “majority level (6)”") })
        #expect(judgement.reasons.contains { $0.hasPrefix("does not beat the trivial answer “always level 6”") })
        #expect(!judgement.reasons.contains { $0.contains("“always level 0”") })
    }

    @Test("A strong baseline that is as good is a warning, not a failure")
    func neighbours() throws {
        let neighbours = NearestNeighbours(
            features: (0 ..< 20).map { $0 % 2 == 0 ? 6 : 0 }, columnCount: 1, classes: (0 ..< 20).map { $0 % 2 == 0 ? 6 : 0 },
            classCount: 10, stream: RandomStream(seed: 1))
        let judgement = try judge(
            sample { $0 ? 6 : 0 },
            reference: CompressionReference(majorityLevel: 6, bestFixedLevel: 6, neighbours: neighbours))
        #expect(try judgement.baseline("nearest neighbours").metrics["accuracy"] == 1)
        #expect(judgement.verdict == .pass)
        #expect(judgement.warnings.contains { $0.hasPrefix("does not beat the strong baseline “nearest neighbours”") })
    }

    @Test("Each link type has its own accuracy")
    func linkTypes() throws {
        var sample = try sample { $0 ? 6 : 0 }
        sample.recording.set("amst_streams") { link, step in link < 2 ? (Self.isText(link, step) ? 6 : 0) : 9 }
        let judgement = try judge(sample)
        #expect(try judgement.group("dc").metrics["accuracy"] == 1)
        #expect(try judgement.group("wan").metrics["accuracy"] == 0)
        #expect(judgement.value("accuracy") == 0.5)
    }

    @Test("Rows without a label are left out and counted; without any label the verdict is open")
    func labels() throws {
        var sample = try sample { $0 ? 6 : 0 }
        let model = try policy(sample)
        sample.recording.set("ratio_l4") { link, step in step < 5 ? .nan : Float(Self.ratio(4, text: Self.isText(link, step))) }
        let partly = try judge(sample, model: model)
        #expect(partly.leftOut == ["rows without a label": 20])
        #expect(partly.testRows == Self.rows - 20)
        sample.recording.columns["ratio_l4"] = nil
        let open = try judge(sample, model: model)
        #expect(open.verdict == .undecided)
        #expect(open.reasons[0].contains("no row of the test part has a best level"))
        #expect(open.reasons[0].contains("100 labelled rows would do"))
    }

    @Test("With recorded levels only there is an accuracy but no gain, so that the model cannot pass")
    func recordedLevels() throws {
        var sample = try sample { $0 ? 6 : 0 }
        sample.recording.columns["ratio_l4"] = nil
        sample.recording.set("optimal_compression") { Self.isText($0, $1) ? 6 : 0 }
        let judgement = try judge(sample)
        #expect(judgement.value("accuracy") == 1)
        #expect(judgement.verdict == .fail)
        #expect(judgement.reasons == ["gain is missing or not a number"])
        #expect(judgement.warnings.contains("no transfer time is known: gain and regret cannot be computed"))
    }

    @Test("A model that answers NaN fails instead of standing for level 0")
    func broken() throws {
        let sample = try sample { $0 ? 6 : 0 }
        // Infinite logits on text blocks; the softmax then computes ∞ − ∞.
        let judgement = try judge(sample, model: policy(sample, times: 1e37))
        #expect(judgement.verdict == .fail)
        #expect(judgement.reasons.count == 1 && judgement.reasons[0].hasPrefix("the model answers NaN or infinity"))
    }

    @Test("A model that sees the very columns that decide the label imitates, and cannot pass", arguments: [0, 1])
    func imitation(lag: Int) throws {
        var sample = try sample { $0 ? 6 : 0 }
        sample.schema.models[.compression]?.decidesBeforeRow = false
        sample.recording.columns["ratio_l4"] = nil
        sample.recording.columns["available_rate_mbps"] = nil
        sample.recording.set("throughput_mbps") { _, _ in 50 }
        sample.recording.set("hde_compression_ratio") { Self.isText($0, $1) ? 4 : 1 }
        sample.features = [
            ("ratio", lag == 0 ? "hde_compression_ratio" : "lag(hde_compression_ratio, 1)"), ("rate", "log1p(throughput_mbps)"),
        ]
        let model = try sample.model([
            .dense(DenseParameters(kernel: Tensor(repeating: 0.1, shape: [2, 10]), bias: nil, activation: .softmax)),
        ])
        let profile = try CodecProfile.load(Fixture.repository.appendingPathComponent("schemas/codec_profile.json").path)
        let judgement = try judge(sample, model: model, profile: profile)
        let isNamed = judgement.reasons.contains {
            $0 == "imitation: the labels are computed from hde_compression_ratio, throughput_mbps, all of them inputs"
        }
        #expect(isNamed == (lag == 0))
        #expect(judgement.verdict == .fail)
    }
}
