import Evaluation
import Foundation
import Metrics
import ModelGraph
import Randomness
import Telemetry
import TestSupport
import Testing

/// What training judged at the end of its run must be what `dwcp evaluate` judges on the same rows in a file of their own.
@Suite("The test part in the recording and in its own file")
struct PartOfRecordingTests {
    /// Imperfect data and models, so that every metric has digits to lose.
    private func sample(_ kind: ModelKind) throws -> JudgeSample {
        let formulas = [
            ModelKind.bandwidth: "throughput_mbps", .compression: "amst_streams", .reliability: "rolling_mean(failure_rate, 4)",
            .latency: "consensus_latency_ms / rolling_median(consensus_latency_ms, 20)",
        ]
        let name = kind == .bandwidth ? "throughput_mbps" : "feature"
        var sample = try JudgeSample(kind, steps: 300, features: [(name, formulas[kind, default: ""])])
        var stream = RandomStream(seed: 21).child("part")
        func isDown(_ link: Int, _ step: Int) -> Bool { link < 2 && step % 12 < 3 }
        sample.recording.set("throughput_mbps") { link, _ in
            stream.uniform() < 0.02 ? .nan : Float(Double(100 * (link + 1)) * stream.uniform(0.5, 1.5))
        }
        sample.recording.set("failure_rate") { Float(isDown($0, $1) ? 0.5 : 0.1) * Float(stream.uniform(0.3, 1.7)) }
        sample.recording.set("consensus_latency_ms") { link, step in
            stream.uniform() < 0.02 ? .nan : Float((isDown(link, step) ? 60 : 20) * stream.uniform(0.3, 1.7))
        }
        sample.recording.set("amst_streams") { _, _ in Float(stream.below(10)) }
        sample.recording.set("sample_bytes") { _, _ in 100_000 }
        sample.recording.set("available_rate_mbps") { _, _ in Float(stream.uniform(20, 90)) }
        for level in 0 ..< 10 {
            sample.recording.set("ratio_l\(level)") { _, _ in
                stream.uniform() < 0.01 ? .nan : Float(1 + Double(level) * stream.uniform(0.2, 0.6))
            }
            sample.recording.set("compress_us_l\(level)") { _, _ in Float(level * 1000) }
        }
        sample.incidents = (0 ..< 25).map { number in
            Incident(
                node: "a", type: "member_crash", start: Int64(number * 12) * 1_000_000, end: Int64(number * 12 + 2) * 1_000_000)
        }
        return sample
    }

    private func judge(_ part: Part<HeldOut>, _ sample: JudgeSample) throws -> ModelJudgement {
        let dense = { (outputs: Int, timeDistributed: Bool) in
            let dense = LayerOperation.dense(
                DenseParameters(
                    kernel: Tensor(shape: [1, outputs], values: (0 ..< outputs).map { 0.9 - Float($0) / 10 }),
                    bias: Tensor((0 ..< outputs).map { Float($0) / 5 }), activation: .linear))
            return timeDistributed ? .timeDistributed(dense) : dense
        }
        let scale = GroupScale(center: 20, deviation: 8)
        switch sample.kind {
        case .bandwidth:
            let link = LinkThroughput(scale: GroupScale(center: 200, deviation: 60), median: 190)
            let links = Dictionary(uniqueKeysWithValues: ToyRecording.fourLinks.map { ($0.description, link) })
            return try BandwidthJudge.judge(
                sample.copying(0, times: 0.97), on: part,
                reference: BandwidthReference(links: links, overall: link, autoregression: nil), context: sample.context)
        case .compression:
            return try CompressionJudge.judge(
                sample.model([dense(10, false)]), on: part,
                reference: CompressionReference(majorityLevel: 3, bestFixedLevel: 4, neighbours: nil), profile: nil,
                context: sample.context)
        case .reliability:
            let columns = try #require(RobustColumns([0.1, 0.2, 0.3, 0.15, 0.22], columnCount: 1))
            return try ReliabilityJudge.judge(
                sample.copying(0, metadata: [MetadataKey.threshold: "0.25"]), on: part, incidents: sample.incidents,
                reference: ReliabilityReference(columns: columns, bestColumn: 0, thresholds: [:]), context: sample.context)
        case .latency:
            return try LatencyJudge.judge(
                sample.model(
                    [dense(1, true)],
                    metadata: [MetadataKey.threshold: "0.05", MetadataKey.scoreDeviations: "0.7"]),
                on: part, incidents: sample.incidents,
                reference: LatencyReference(links: [:], overall: scale, thresholds: [:]), context: sample.context)
        }
    }

    @Test("Both give the same judgement, bit for bit", arguments: ModelKind.allCases)
    func sameBits(kind: ModelKind) throws {
        let sample = try sample(kind), split = try sample.split()
        let rows = split.assignments.indices.filter { split.assignments[$0] == .test }
        let ownFile = try Part<HeldOut>(wholeFile: sample.recording.table.asFile(of: rows), gapFactor: 2.5)
        let cut = try judge(split.test, sample).withoutInferenceTime
        #expect(cut == (try judge(ownFile, sample).withoutInferenceTime))
        #expect(cut.metrics.filter { $0.value == nil }.isEmpty)
        #expect(cut.testRows > 50 && cut.units >= 3)
    }

    @Test("Judging twice gives the same judgement", arguments: ModelKind.allCases)
    func repeatable(kind: ModelKind) throws {
        let sample = try sample(kind), test = try sample.split().test
        #expect(try judge(test, sample).withoutInferenceTime == judge(test, sample).withoutInferenceTime)
    }

    @Test("A judgement goes through JSON unchanged", arguments: ModelKind.allCases)
    func coding(kind: ModelKind) throws {
        let sample = try sample(kind)
        let judgement = try judge(sample.split().test, sample)
        #expect(try JSONDecoder().decode(ModelJudgement.self, from: JSONEncoder().encode(judgement)) == judgement)
    }
}
