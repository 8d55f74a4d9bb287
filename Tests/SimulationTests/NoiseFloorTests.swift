import Foundation
@testable import Simulation
import Telemetry
import Testing

@Suite struct NoiseFloorTests {
    @Test("average precision, accuracy and correlation are those computed by hand")
    func byHand() throws {
        // Order: hit, miss, hit, (hit, miss) tied: 1/3·1/1 + 1/3·2/3 + 1/3·3/5.
        let precision = try #require(
            FloorMetrics.averagePrecision(scores: [5, 4, 3, 2, 2], labels: [true, false, true, true, false]))
        let byHand: Double = (1 + 2.0 / 3 + 3.0 / 5) / 3
        #expect(abs(precision - byHand) < 1e-12)
        #expect(FloorMetrics.averagePrecision(scores: [1, 2], labels: [false, false]) == nil)
        let best = try #require(FloorMetrics.bestAccuracy(scores: [1, 2, 3, 4], labels: [false, true, false, true]))
        #expect(best.accuracy == 0.75 && best.threshold == 4)
        let curved = try #require(FloorMetrics.correlation([1, 2, 3], [2, 4, 7]))
        #expect(abs(curved - 0.9933992677987828) < 1e-12)
        #expect(FloorMetrics.correlation([1, 1, 1], [1, 2, 3]) == nil)
    }

    @Test("the last value misses both bandwidth targets, the best predictor clears them", arguments: [1, 2, 3] as [UInt64])
    func bandwidth(seed: UInt64) throws {
        let floor = try #require(try Recording(seed: seed, samples: 16_000).noiseFloor.models[.bandwidth])
        let last = floor.baselines["last value"] ?? [:]
        #expect(last["correlation"] ?? 1 < 0.96)
        #expect(last["mape"] ?? 0 > 8)
        #expect(floor.best["correlation"] ?? 0 > 0.992)
        #expect(floor.best["mape"] ?? 100 < 2.5)
    }

    @Test("the best policy and the ideal detectors reach their targets, no fixed level does", arguments: [4] as [UInt64])
    func otherModels(seed: UInt64) throws {
        let models = try Recording(seed: seed, samples: 16_000).noiseFloor.models
        let compression = try #require(models[.compression])
        #expect(compression.best["accuracy"] ?? 0 > 0.99)
        #expect(compression.best["time_saved_share"] ?? 0 > 0.01)
        #expect(compression.best["accuracy_strict"] ?? 1 < 0.95)
        #expect(compression.baselines.count == 10 && compression.baselines.values.allSatisfy { $0["accuracy"] ?? 1 < 0.6 })
        let reliability = try #require(models[.reliability]).best
        #expect(reliability["pr_auc"] ?? 0 > 0.99)
        #expect(reliability["incident_recall"] ?? 0 >= 0.98)
        #expect(reliability["false_positive_rate"] ?? 1 < 0.01)
        let consensus = try #require(models[.latency]).best
        #expect(consensus["detection_accuracy"] ?? 0 > 0.995)
        #expect(consensus["episode_recall"] ?? 0 > 0.99)
    }

    @Test("the file beside the telemetry reads back as it was")
    func file() throws {
        #expect(Simulation.noiseFloorPath(beside: "data/a.csv") == "data/a.noise_floor.json")
        let recording = try WrittenRecording(seed: 7, samples: 1600)
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("floor-\(UUID().uuidString).json").path
        #expect(throws: SimulationError.missingNoiseFloor(path: path)) { try NoiseFloor(contentsOf: path) }
        try recording.noiseFloor.write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let floor = try NoiseFloor(contentsOf: path)
        #expect(floor == (try Recording(seed: 7, samples: 1600)).noiseFloor)
        #expect(Set(floor.models.keys) == Set(ModelKind.allCases) && floor.seed == 7 && floor.samples == 1600)
        #expect(floor.description.contains("bandwidth, best possible: correlation 0.99"))
    }
}
