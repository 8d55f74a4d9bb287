import Evaluation
import Foundation
import Metrics
import ModelGraph
import Telemetry
import TestSupport
import Testing

/// The column rtt_ms holds the answer (the next row's throughput), so that copying it is a perfect model.
@Suite("Judging the bandwidth predictor")
struct BandwidthJudgeTests {
    static let steps = 60
    /// Windows of five steps whose next step is there: 55 on each of four links, in blocks of ten.
    static let windows = 220, blocks = 20

    private static func throughput(_ link: Int, _ step: Int) -> Double {
        [800, 600, 12, 9][link] * (1 + 0.4 * sin(Double(step * step + 3 * link)))
    }

    private func sample() throws -> JudgeSample {
        var sample = try JudgeSample(
            .bandwidth, steps: Self.steps, features: [("throughput_mbps", "throughput_mbps"), ("rtt_ms", "rtt_ms")])
        sample.recording.set("throughput_mbps") { Float(Self.throughput($0, $1)) }
        sample.recording.set("rtt_ms") { Float(Self.throughput($0, $1 + 1)) }
        return sample
    }

    /// Scales of each link over the given steps, as a train part would give them.
    private func reference(_ links: [LinkKey] = ToyRecording.fourLinks) throws -> BandwidthReference {
        func values(_ link: Int) -> [Double] { (0 ..< 40).map { Self.throughput(link, $0) } }
        let scales = try ToyRecording.fourLinks.enumerated().map { ($1.description, try #require(LinkThroughput(values($0)))) }
        return BandwidthReference(
            links: Dictionary(uniqueKeysWithValues: scales.filter { name, _ in links.contains { $0.description == name } }),
            overall: try #require(LinkThroughput((0 ..< 4).flatMap(values))), autoregression: nil)
    }

    private func judge(
        _ model: WrittenModel, _ sample: JudgeSample, reference: BandwidthReference? = nil
    ) throws -> ModelJudgement {
        try BandwidthJudge.judge(
            model, on: sample.wholeFile(), reference: reference ?? self.reference(), context: sample.context)
    }

    @Test("Perfect forecasts pass every gate, beat every simple answer and raise the leak alarm")
    func perfect() throws {
        let sample = try sample()
        let judgement = try judge(sample.copying(1), sample)
        #expect(judgement.verdict == .pass)
        #expect(judgement.reasons.isEmpty)
        #expect(try #require(judgement.value("correlation")) > 0.999_999)
        #expect(try #require(judgement.value("mape")) < 1e-4)
        #expect(judgement.testRows == Self.windows && judgement.units == Self.blocks)
        #expect(judgement.baselines.map(\.name) == ["last value", "series mean", "moving average", "harmonic mean of 5"])
        #expect(judgement.baselines.allSatisfy { $0.beaten })
        #expect(judgement.warnings.count == 1 && judgement.warnings[0].hasPrefix("leak alarm: rmse_standardised"))
        #expect(judgement.metrics.prefix(5).map(\.name) == [
            "correlation", "mape", "training_time_seconds", "model_size_mb", "inference_p99_ms",
        ])
    }

    @Test("Forecasts that are all 4 % too high have a MAPE and a WAPE of 4 % and pass; 6 % fail and say so")
    func knownError() throws {
        let sample = try sample()
        let passing = try judge(sample.copying(1, times: 1.04), sample)
        // Float32 forecasts carry 1e-7 of the value.
        #expect(abs(try #require(passing.value("mape")) - 4) < 1e-4)
        #expect(abs(try #require(passing.value("wape")) - 4) < 1e-4)
        #expect(passing.verdict == .pass)
        let failing = try judge(sample.copying(1, times: 1.06), sample)
        #expect(failing.verdict == .fail)
        #expect(failing.reasons == ["mape is 6, target < 5 %, missed by 1"])
    }

    @Test("A model that repeats the last value does not beat it and fails")
    func lastValue() throws {
        let sample = try sample()
        let judgement = try judge(sample.copying(0), sample)
        let last = try judgement.baseline("last value")
        #expect(!last.beaten && last.difference == 0)
        #expect(judgement.verdict == .fail)
        #expect(judgement.reasons.contains { $0.hasPrefix("does not beat the trivial answer “last value” on rmse_standardised") })
    }

    @Test("Correlation is that of values standardised per link; pooled over links it is far higher")
    func standardised() throws {
        let sample = try sample()
        let judgement = try judge(sample.copying(0), sample)
        var standardised = (predicted: [Double](), actual: [Double]()), pooled = standardised
        let reference = try reference()
        for (link, key) in ToyRecording.fourLinks.enumerated() {
            let scale = reference.link(key.description).scale
            for end in 4 ..< Self.steps - 1 {
                let last = Double(Float(Self.throughput(link, end))), next = Double(Float(Self.throughput(link, end + 1)))
                pooled.predicted.append(last)
                pooled.actual.append(next)
                standardised.predicted.append((last - scale.center) / scale.deviation)
                standardised.actual.append((next - scale.center) / scale.deviation)
            }
        }
        let expected = Self.correlation(standardised.predicted, standardised.actual)
        #expect(abs(try #require(judgement.value("correlation")) - expected) < 1e-9)
        let expectedPooled = Self.correlation(pooled.predicted, pooled.actual)
        #expect(abs(try #require(judgement.value("correlation_pooled")) - expectedPooled) < 1e-9)
        #expect(expectedPooled > expected + 0.5)
    }

    /// Pearson's, by its definition.
    private static func correlation(_ a: [Double], _ b: [Double]) -> Double {
        let count = Double(a.count), meanA = a.reduce(0, +) / count, meanB = b.reduce(0, +) / count
        func sum(_ term: (Double, Double) -> Double) -> Double { zip(a, b).reduce(0) { $0 + term($1.0 - meanA, $1.1 - meanB) } }
        return sum { $0 * $1 } / (sum { x, _ in x * x } * sum { _, y in y * y }).squareRoot()
    }

    @Test("Each link type has its own figures")
    func linkTypes() throws {
        var sample = try sample()
        // Perfect on the fast links, twice the truth on the slow ones.
        sample.recording.set("rtt_ms") { Float(Self.throughput($0, $1 + 1) * ($0 < 2 ? 1 : 2)) }
        let judgement = try judge(sample.copying(1), sample)
        #expect(judgement.perLinkType.map(\.name) == ["dc", "wan"])
        #expect(judgement.perLinkType.map(\.rows) == [Self.windows / 2, Self.windows / 2])
        #expect(try #require(judgement.group("dc").metrics["mape"]) < 1e-4)
        #expect(abs(try #require(judgement.group("wan").metrics["mape"]) - 100) < 1e-3)
        #expect(abs(try #require(judgement.value("mape")) - 50) < 1e-3)
        #expect(judgement.verdict == .fail)
    }

    @Test("A model that answers infinity fails, whatever else")
    func infinite() throws {
        var sample = try sample()
        let model = try sample.copying(1, times: 3e38)
        let judgement = try judge(model, sample)
        #expect(judgement.verdict == .fail)
        #expect(judgement.reasons == ["the model answers NaN or infinity: 220 of its outputs on the test part"])
        sample.schema.models[.bandwidth]?.judgement["minimum_units"] = 1000
        #expect(try judge(model, sample).verdict == .fail)
    }

    @Test("Too few blocks or windows leave the verdict open and say how many would do")
    func tooFew() throws {
        var sample = try sample()
        let model = try sample.copying(1)
        sample.schema.models[.bandwidth]?.judgement["minimum_units"] = 30
        var judgement = try judge(model, sample)
        #expect(judgement.verdict == .undecided)
        #expect(judgement.reasons == [
            "too few independent units: 20 blocks of 10 windows in the test part, 30 would do",
        ])
        sample.schema.models[.bandwidth]?.judgement["minimum_units"] = 5
        sample.schema.models[.bandwidth]?.judgement["minimum_rows"] = 1000
        judgement = try judge(model, sample)
        #expect(judgement.verdict == .undecided)
        #expect(judgement.reasons == ["too few test rows: 220 were judged, 1000 would do"])
        #expect(judgement.units == 20)
    }

    @Test("A test part without a whole window fails: nothing was judged")
    func noWindows() throws {
        let sample = try sample()
        let model = try sample.copying(1)
        let table = sample.recording.table.asFile(of: Array(0 ..< 16))
        let judgement = try BandwidthJudge.judge(
            model, on: Part<HeldOut>(wholeFile: table, gapFactor: 2.5), reference: reference(), context: sample.context)
        #expect(judgement.verdict == .fail)
        #expect(judgement.reasons == ["no test rows: nothing was judged"])
    }

    @Test("Windows whose next throughput is missing, and rows at or below the floor, are left out and counted")
    func leftOut() throws {
        var sample = try sample()
        let model = try sample.copying(1)
        sample.recording.set("throughput_mbps") { link, step in
            link == 0 && step == 20 ? .nan : link == 1 && step >= 50 ? 0 : Float(Self.throughput(link, step))
        }
        sample.recording.set("rtt_ms") { link, step in link == 1 && step >= 49 ? 0 : Float(Self.throughput(link, step + 1)) }
        let judgement = try judge(model, sample)
        #expect(judgement.leftOut == [
            "windows whose next throughput is missing": 1, "windows at or below the floor (MAPE only)": 10,
        ])
        #expect(judgement.testRows == Self.windows - 1)
        #expect(try #require(judgement.value("mape")) < 1e-4)
    }

    @Test("A link that the train part does not know has no scale: it is left out of the correlation and counted")
    func unknownLinks() throws {
        let sample = try sample()
        let model = try sample.copying(1)
        let known = try judge(model, sample, reference: reference(Array(ToyRecording.fourLinks.prefix(3))))
        #expect(known.leftOut == ["windows of links without a scale in the train part (correlation and comparisons)": 55])
        #expect(try #require(known.value("correlation")) > 0.999_999)
        let unknown = try judge(model, sample, reference: reference([]))
        #expect(unknown.verdict == .fail)
        #expect(unknown.reasons.contains("correlation is missing or not a number"))
    }

    @Test("Gates need their facts: an unknown training time fails")
    func missingFact() throws {
        var sample = try sample()
        let model = try sample.copying(1)
        sample.facts.trainingSeconds = nil
        let judgement = try judge(model, sample)
        #expect(judgement.verdict == .fail)
        #expect(judgement.reasons == ["training_time_seconds is missing or not a number"])
    }

    @Test("Under the bound rule a clear case passes too: facts without an interval count by their value")
    func bound() throws {
        var sample = try sample()
        sample.rule = .bound
        #expect(try judge(sample.copying(1), sample).verdict == .pass)
        sample.facts.modelBytes = 20_000_000
        let judgement = try judge(sample.copying(1), sample)
        #expect(judgement.reasons.count == 1 && judgement.reasons[0].hasPrefix("model_size_mb is 20, target < 10 MB"))
    }

    @Test("Where the past decides linearly the autoregressive baseline finds it, and a model that does not is warned about")
    func autoregression() throws {
        var sample = try sample()
        // Each link alternates around its mean, so that the next value is the mean of both less the last.
        sample.recording.set("throughput_mbps") { link, step in Float((link + 1) * (step % 2 == 0 ? 120 : 80)) }
        let scales = ToyRecording.fourLinks.enumerated().map { link, key in
            let scale = GroupScale(center: Double(100 * (link + 1)), deviation: Double(20 * (link + 1)))
            return (key.description, LinkThroughput(scale: scale, median: scale.center))
        }
        let histories = (0 ..< 100).flatMap { window in (0 ..< 3).map { (window + $0) % 2 == 0 ? 1.0 : -1.0 } }
        let reference = BandwidthReference(
            links: Dictionary(uniqueKeysWithValues: scales), overall: scales[0].1,
            autoregression: AutoregressiveRidge(
                histories: histories, windowLength: 3, targets: (0 ..< 100).map { ($0 + 3) % 2 == 0 ? 1 : -1 }, order: 3))
        let judgement = try judge(sample.copying(0), sample, reference: reference)
        let baseline = try judgement.baseline("AR(3) ridge")
        // The ridge penalty of 1 against 300 squares takes a third of a percent; repeating the last value is two deviations off.
        #expect(try #require(baseline.metrics["rmse_standardised"]) < 0.01)
        #expect(abs(try #require(judgement.value("rmse_standardised")) - 2) < 1e-6)
        #expect(judgement.warnings.contains { $0.hasPrefix("does not beat the strong baseline “AR(3) ridge”") })
    }

    @Test("A model without the feature that simple forecasts are made from cannot be judged")
    func noThroughput() throws {
        var sample = try sample()
        sample.features = [("rtt_ms", "rtt_ms")]
        let error = try #require(throws: WrittenModelError.self) { try judge(sample.copying(0), sample) }
        #expect(error.found == "no feature throughput_mbps")
    }

    @Test("On simulated data the alarm compares with what is possible there")
    func noiseFloor() throws {
        var sample = try sample()
        let model = try sample.copying(1, times: 1.02)
        sample.noiseFloor = ["mape": 3, "correlation": 0.9]
        let warnings = try judge(model, sample).warnings
        #expect(warnings.count == 2 && warnings.allSatisfy { $0.contains("best possible on this simulated data") })
        sample.noiseFloor = ["mape": 1, "correlation": 1]
        #expect(try judge(model, sample).warnings.isEmpty)
    }
}
