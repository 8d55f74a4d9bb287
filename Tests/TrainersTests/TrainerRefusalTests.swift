import Failures
import Metrics
import ModelGraph
import Telemetry
import TestSupport
import Testing
@testable import Trainers

/// Data and settings that a trainer must refuse, with the error that tells why, and those it must not.
@Suite("What trainers refuse")
struct TrainerRefusalTests {
    private func refusal(_ input: TrainingInput) throws -> TrainerError {
        try #require(throws: TrainerError.self) { try ModelTrainer.train(input, observer: TrainingObserver()) }
    }

    @Test("A part without a whole window is refused and named", arguments: [ModelKind.bandwidth, .latency])
    func tooShort(kind: ModelKind) throws {
        // 60 steps leave 3 for validation.
        guard case .noSamples(kind, "validation", _) = try refusal(TrainerSample(steps: 60).input(kind)) else {
            Issue.record("expected that the validation part holds no sample")
            return
        }
        var input = try TrainerSample().input(kind)
        input.windowLength = 200
        let error = try refusal(input)
        guard case .noSamples(kind, "train", _) = error else {
            Issue.record("expected that the train part holds no sample, found \(error)")
            return
        }
        #expect(error.category == .invalidData)
        #expect(error.description.contains("the train part holds no sample"))
    }

    @Test("The bandwidth predictor needs the features that its output is built on", arguments: [
        "throughput_mbps", "throughput_scale_mbps",
    ])
    func missingFeature(name: String) throws {
        var sample = try TrainerSample()
        sample.schema.models[.bandwidth]?.features.removeAll { $0.name == name }
        #expect(try refusal(sample.input(.bandwidth)) == .missingFeature(.bandwidth, name))
    }

    @Test("The compression selector needs labelled rows in both parts", arguments: [
        PartAssignment.train, .validation,
    ])
    func unlabelled(part: PartAssignment) throws {
        var sample = try TrainerSample()
        let assignments = try sample.split().assignments
        sample.recording.columns["ratio_l3"] = zip(sample.recording.columns["ratio_l3"] ?? [], assignments).map {
            $1 == part ? .nan : $0
        }
        let name = part == .train ? "train" : "validation"
        #expect(try refusal(sample.input(.compression)) == .noSamples(.compression, part: name, why: "no row has a best level"))
        sample.recording.columns["ratio_l3"] = nil
        guard case .noSamples(.compression, "train", _) = try refusal(sample.input(.compression)) else {
            Issue.record("expected that nothing labels a row")
            return
        }
    }

    @Test("The latency model needs normal windows")
    func onlyIncidents() throws {
        var sample = try TrainerSample()
        sample.incidents = ["a", "c"].map { node in
            Incident(node: node, type: "member_crash", start: 0, end: 1_000_000_000)
        }
        guard case .noSamples(.latency, "train", _) = try refusal(sample.input(.latency)) else {
            Issue.record("expected that the train part holds no normal window")
            return
        }
    }

    @Test("Without labels, or with a validation part of few rows, there still is a model with a threshold", arguments: [
        ModelKind.reliability, .latency,
    ])
    func unlabelledDetection(kind: ModelKind) throws {
        var sample = try TrainerSample(steps: 140)
        sample.incidents = nil
        let model = try sample.train(kind)
        #expect(model.graph.metadata[MetadataKey.threshold].flatMap { Double($0) }?.isFinite == true)
        #expect(model.notes.count == 1 && model.notes[0].contains("no labelled"))
    }

    @Test("Where many rows share the highest score, the threshold without labels still exists")
    func tiedScores() throws {
        let scores = Array(repeating: 0.9, count: 20) + Array(repeating: 0.1, count: 80)
        let threshold = try #require(AlarmThreshold.unlabelled(share: 0.01, scores: scores))
        #expect(threshold.alarms(scores).count { $0 } == 20)
        let distinct = (0 ..< 1000).map { Double($0) }
        #expect(AlarmThreshold.unlabelled(share: 0.01, scores: distinct)?.alarms(distinct).count { $0 } == 10)
        #expect(AlarmThreshold.unlabelled(share: 0.01, scores: [.nan, 1]) == nil)
        #expect(AlarmThreshold.unlabelled(share: 0.01, scores: []) == nil)
    }

    @Test("The threshold is chosen with the labels of the validation part")
    func thresholdFromValidation() throws {
        var sample = try TrainerSample()
        let labelled = try sample.train(.reliability)
        sample.incidents = []
        let blind = try sample.train(.reliability)
        #expect(!blind.differences(from: labelled).contains("nodes"))
        #expect(labelled.graph.metadata[MetadataKey.threshold] != blind.graph.metadata[MetadataKey.threshold])
    }

    @Test("What happens inside incidents teaches the latency model nothing")
    func incidentsUnseen() throws {
        var sample = try TrainerSample()
        sample.schema.models[.latency]?.features.removeAll { $0.name != "consensus_latency_log" }
        let first = try sample.train(.latency)
        let incidents = sample.incidents ?? []
        var columns = sample.recording.columns, latencies = columns["consensus_latency_ms"] ?? []
        for row in latencies.indices where row % 4 < 2 {
            let instant = Int64(row / 4) * 1_000_000
            if incidents.contains(where: { $0.start <= instant && instant <= $0.end }) { latencies[row] *= 5 }
        }
        columns["consensus_latency_ms"] = latencies
        sample.recording.columns = columns
        let differences = try sample.train(.latency).differences(from: first)
        #expect(!differences.contains("nodes") && !differences.contains("scaling") && !differences.contains("losses"))
    }
}
