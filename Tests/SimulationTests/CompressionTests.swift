import Foundation
import Randomness
@testable import Simulation
import Testing

@Suite struct CompressionTests {
    @Test(
        "optimal_compression is the level with the least time by the file's own columns",
        arguments: SimulationScenario.allCases)
    func oracle(scenario: SimulationScenario) throws {
        let recording = try WrittenRecording(scenario, seed: 6, samples: 1600)
        let bytes = recording.numbers("sample_bytes")
        let rate = recording.numbers("available_rate_mbps")
        let ratios = (0 ... 9).map { recording.numbers("ratio_l\($0)") }
        let times = (0 ... 9).map { recording.numbers("compress_us_l\($0)") }
        let label = recording.numbers("optimal_compression")
        for row in label.indices {
            let totals = (0 ... 9).map { times[$0][row] + bytes[row] * 8 / ratios[$0][row] / rate[row] }
            #expect(totals[Int(label[row])] == totals.min())
        }
    }

    @Test("higher levels cost more and compress at least as well, apart from measurement noise")
    func levels() {
        for payload in PayloadClass.allCases {
            let block = PayloadStream.Block(payload: payload, bytes: 131_072, expectedContent: 0)
            let ratios = (0 ... 9).map { PayloadStream.expectedRatio(payload, level: $0, content: 0) }
            let times = (0 ... 9).map { PayloadStream.expectedTime(block, level: $0, computeFactor: 1) }
            #expect(ratios[0] == 1 && ratios == ratios.sorted() && times == times.sorted())
        }
    }

    @Test("fast links want low levels, slow links high ones, compressed data none unless the link crawls")
    func trend() {
        func best(_ payload: PayloadClass, rate: Double) -> Int {
            let block = PayloadStream.Block(payload: payload, bytes: 131_072, expectedContent: 0)
            return PayloadStream.bestExpectedLevel(block, computeFactor: 1.1, inverseRate: 1 / rate)
        }
        for payload in PayloadClass.allCases where payload != .compressed {
            let levels = [20.0, 60, 180, 540, 1600].map { best(payload, rate: $0) }
            #expect(levels == levels.sorted(by: >) && levels[0] >= 6 && levels[4] <= 1)
        }
        #expect([180.0, 540, 1600].allSatisfy { best(.compressed, rate: $0) == 0 })
    }

    @Test("every level is the best somewhere, none is the best nearly always")
    func spread() throws {
        let recording = try Recording(seed: 14, samples: 8000)
        let shares = (0 ... 9).map { level in
            Double(recording.rows.count { $0.optimalCompression == level }) / Double(recording.rows.count)
        }
        #expect(shares.allSatisfy { $0 > 0 && $0 < 0.35 }, "\(shares)")
    }

    @Test("the label is not a function of what is known before the block: equal knowledge, different best levels")
    func notAFunction() {
        var stream = PayloadStream(random: RandomStream(seed: 2))
        let block = stream.nextBlock(blockBytes: 131_072)
        var alternatives = Set<Int>()
        for seed in 0 ..< 200 {
            // The same block class and size over other content.
            var other = PayloadStream(random: RandomStream(seed: UInt64(seed)))
            let outcome = other.compress(
                PayloadStream.Block(payload: .text, bytes: block.bytes, expectedContent: 0), computeFactor: 1.1)
            alternatives.insert(CompressionOracle.best(CompressionOracle.totalTimes(outcome, bytes: block.bytes, rate: 120)))
        }
        #expect(alternatives.count > 1)
    }
}
