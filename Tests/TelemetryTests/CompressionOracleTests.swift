import Foundation
import TestSupport
@testable import Telemetry
import Testing

@Suite("Compression oracle")
struct CompressionOracleTests {
    private func table(_ columns: [String: [Float]]) -> TelemetryTable {
        let count = columns.values.first?.count ?? 0
        return TelemetryTable(
            timestamps: (0 ..< count).map { Int64($0) * 1_000_000 }, linkOfRow: Array(repeating: 0, count: count),
            links: [LinkKey(node: "a", peer: "b")], columns: columns)
    }

    /// Blocks of 1,000 bytes at 8 Mbit/s, which is 1,000 bytes a millisecond; one value of each level for all rows.
    private func measured(
        ratios: [Float] = [1, 2, 4, 4, 4, 4, 4, 4, 4, 4],
        microseconds: [Float] = [0, 100, 500, 2000, 2000, 2000, 2000, 2000, 2000, 2000],
        bytes: [Float] = [1000], rates: [Float] = [8]
    ) -> [String: [Float]] {
        var columns = ["sample_bytes": bytes, "available_rate_mbps": rates]
        for level in 0 ..< 10 {
            columns["ratio_l\(level)"] = bytes.map { _ in ratios[level] }
            columns["compress_us_l\(level)"] = bytes.map { _ in microseconds[level] }
        }
        return columns
    }

    private func profile() throws -> CodecProfile {
        try CodecProfile.load(Fixture.repository.appendingPathComponent("schemas/codec_profile.json").path)
    }

    @Test("From measured columns the best level has the least compress time plus compressed bytes over the rate")
    func measuredTimes() throws {
        let oracle = try #require(CompressionOracle(table: table(measured()), profile: nil))
        #expect(oracle.source == .measured)
        #expect(oracle.bestLevels == [1])
        // 1000/1000, 0.1 + 500/1000, 0.5 + 250/1000, 2 + 250/1000 ms; float32 holds seven digits.
        for (level, expected) in [1, 0.6, 0.75, 2.25].enumerated() {
            #expect(abs(oracle.milliseconds[level] - Float(expected)) < 1e-6)
        }
        #expect(oracle.wireBytes.prefix(3) == [1000, 500, 250])
        #expect(oracle.columns.count == 22)
    }

    @Test("The rate moves the choice: slow links compress harder, fast ones not at all")
    func rates() throws {
        let columns = measured(bytes: [1000, 1000, 1000], rates: [1, 8, 1000])
        #expect(try #require(CompressionOracle(table: table(columns), profile: nil)).bestLevels == [2, 1, 0])
    }

    @Test("A level within the tie band of the best is right, one outside is not")
    func tieBand() throws {
        var columns = measured(microseconds: [0, 100, 355, 357, 2000, 2000, 2000, 2000, 2000, 2000])
        columns["ratio_l2"] = [4]
        columns["ratio_l3"] = [4]
        let oracle = try #require(CompressionOracle(table: table(columns), profile: nil))
        // 0.6, 0.605 and 0.607 ms: 1 % beyond the best is 0.606.
        #expect(oracle.rightLevels(row: 0, band: 0.01).prefix(4) == [false, true, true, false])
        #expect(oracle.rightLevels(row: 0, band: 0).prefix(4) == [false, true, false, false])
        #expect(oracle.isRight(2, row: 0, band: 0.01) && !oracle.isRight(3, row: 0, band: 0.01))
    }

    @Test("A row with a missing cell, no bytes or no rate has no label and no right level")
    func missingCells() throws {
        var columns = measured(bytes: [1000, 1000, .nan, 0, 1000, 1000], rates: [8, 8, 8, 8, 0, .nan])
        columns["ratio_l9"] = [4, .nan, 4, 4, 4, 4]
        let oracle = try #require(CompressionOracle(table: table(columns), profile: nil))
        #expect(oracle.bestLevels == [1, -1, -1, -1, -1, -1])
        #expect(!oracle.rightLevels(row: 1, band: 0.01).contains(true))
    }

    @Test("A ratio that is zero or negative gives no label", arguments: [Float(0), -3])
    func impossibleRatio(ratio: Float) throws {
        var columns = measured()
        columns["ratio_l4"] = [ratio]
        #expect(try #require(CompressionOracle(table: table(columns), profile: nil)).bestLevels == [-1])
    }

    @Test("Without measured columns the codec profile tells ratio and speed of each level")
    func profiled() throws {
        let columns: [String: [Float]] = [
            "payload_bytes": [1e6, 1e6, 1e6], "throughput_mbps": [100, 10_000, 100], "hde_compression_ratio": [4, 4, .nan],
        ]
        let profile = try profile()
        let oracle = try #require(CompressionOracle(table: table(columns), profile: profile))
        #expect(oracle.source == .codecProfile)
        #expect(oracle.bestLevels == [2, 0, -1])
        // Level 2: 10⁶ / 406 µs + 10⁶ / 3.888 bytes at 12,500 bytes a millisecond.
        #expect(abs(oracle.milliseconds[2] - Float(1000 / 406.0 + 80 / 3.888)) < 1e-4)
        #expect(oracle.columns == ["hde_compression_ratio", "throughput_mbps"])
    }

    @Test("The block's size does not change a profiled label, which is why it is no source of it")
    func sizeDecidesNothing() throws {
        let sizes: [Float] = [1e2, 1e4, 1e6, 1e8]
        for rate: Float in [10, 100, 1000, 5000] {
            let columns = [
                "payload_bytes": sizes, "throughput_mbps": sizes.map { _ in rate }, "hde_compression_ratio": sizes.map { _ in 3 },
            ]
            let levels = try #require(CompressionOracle(table: table(columns), profile: profile())).bestLevels
            #expect(Set(levels).count == 1)
        }
    }

    @Test("Measured columns go before the profile, the profile before the recorded level")
    func precedence() throws {
        var columns = measured()
        columns["hde_compression_ratio"] = [4]
        columns["optimal_compression"] = [7]
        #expect(try CompressionOracle(table: table(columns), profile: profile())?.source == .measured)
        columns["ratio_l3"] = nil
        #expect(try CompressionOracle(table: table(columns), profile: profile())?.source == .codecProfile)
        #expect(CompressionOracle(table: table(columns), profile: nil)?.source == .recordedLevel)
        columns["hde_compression_ratio"] = nil
        #expect(try CompressionOracle(table: table(columns), profile: profile())?.source == .recordedLevel)
        columns["optimal_compression"] = nil
        #expect(try CompressionOracle(table: table(columns), profile: profile()) == nil)
    }

    @Test("A recorded level is the only right one; no time is known; what is no level is no label")
    func recorded() throws {
        let oracle = try #require(
            CompressionOracle(table: table(["optimal_compression": [0, 9, .nan, 10, -1]]), profile: nil))
        #expect(oracle.bestLevels == [0, 9, -1, -1, -1])
        #expect(oracle.milliseconds.isEmpty && oracle.wireBytes.isEmpty)
        #expect(oracle.rightLevels(row: 1, band: 0.5) == (0 ..< 10).map { $0 == 9 })
        #expect(oracle.columns == ["optimal_compression"])
    }
}
