import Foundation
import Randomness

/// The blocks that a link replicates: their class, size, content and what each compression level would make of them.
///
/// Content is known only by compressing: a block's ratio has a part that persists from block to block and a part of its own.
struct PayloadStream {
    private var jobClass = PayloadClass.text
    /// Persistent part of the log ratio (unit: log).
    private var content = 0.0
    private var deltaHits = 0.3
    private var random: RandomStream

    static let levels = 0 ... 9
    private static let contentMemory = 0.9
    private static let contentDeviation = 0.10
    private static let blockDeviation = 0.05
    private static let strayChance = 0.15

    init(random: RandomStream) {
        self.random = random
        beginJob()
    }

    /// What is known of the block before it is compressed.
    struct Block {
        var payload: PayloadClass
        var bytes: Double
        /// Expected log of the ratio's deviation from the class's.
        var expectedContent: Double
    }

    /// What compressing the block at each level gave.
    struct Outcome {
        var ratios: [Double]
        /// Microseconds.
        var times: [Double]
        var entropy: Double
        var deltaHitRate: Double
    }

    mutating func beginJob() {
        jobClass = PayloadClass.allCases[random.below(PayloadClass.allCases.count)]
        deltaHits = random.uniform(0.05, 0.7)
    }

    /// Draws the next block's class and size. `blockBytes` is the mode's block size; one block in five is the tail of a
    /// file.
    mutating func nextBlock(blockBytes: Double) -> Block {
        let stray = random.chance(Self.strayChance)
        let payload = stray ? PayloadClass.allCases[random.below(PayloadClass.allCases.count)] : jobClass
        let share = random.chance(0.2) ? random.uniform(0.25, 1) : 1
        return Block(
            payload: payload, bytes: (blockBytes * share).rounded(),
            expectedContent: Self.contentMemory * content * payload.variation)
    }

    /// Compresses `block` at every level on a node whose computing takes `computeFactor` times as long as on an idle one.
    mutating func compress(_ block: Block, computeFactor: Double) -> Outcome {
        let innovation = Self.contentDeviation * (1 - Self.contentMemory * Self.contentMemory).squareRoot()
        content = Self.contentMemory * content + innovation * random.normal()
        deltaHits = min(max(deltaHits + random.normal(0, 0.01), 0), 0.95)
        let deviation = (content + Self.blockDeviation * random.normal()) * block.payload.variation
        let gainFactor = exp(random.normal(0, 0.06))
        let timeFactor = computeFactor * exp(random.normal(0, 0.03))
        var outcome = Outcome(ratios: [], times: [], entropy: 0, deltaHitRate: deltaHits)
        for level in Self.levels {
            let expected = Self.expectedRatio(block.payload, level: level, content: deviation, gainFactor: gainFactor)
            let ratio = level == 0 ? expected : expected * exp(random.normal(0, 0.001 * block.payload.variation))
            outcome.ratios.append(FixedPoint.rounded(max(ratio, 1), places: 4))
            let time = Self.expectedTime(block, level: level, computeFactor: timeFactor) * exp(random.normal(0, 0.004))
            outcome.times.append(FixedPoint.rounded(time, places: 1))
        }
        let entropy = block.payload.entropy - 2.0 * deviation + random.normal(0, 0.1 * block.payload.variation)
        outcome.entropy = min(max(entropy, 0.1), 7.9999)
        return outcome
    }

    /// Ratio of `level` for content that deviates by `content` (log): concave in the level, 1 without compression.
    static func expectedRatio(_ payload: PayloadClass, level: Int, content: Double, gainFactor: Double = 1) -> Double {
        guard level > 0 else { return 1 }
        let progress = (1 - exp(-0.15 * Double(level - 1))) / (1 - exp(-0.15 * 8))
        return payload.ratio * exp(content + payload.gain * gainFactor * progress)
    }

    /// Microseconds that compressing takes: a quarter more per level; level 0 copies.
    static func expectedTime(_ block: Block, level: Int, computeFactor: Double) -> Double {
        let nanosecondsPerByte = level == 0 ? 0.05 : block.payload.cost * pow(1.25, Double(level - 1))
        return computeFactor * (4 + block.bytes * nanosecondsPerByte / 1000)
    }

    /// Level with the least expected transfer time for someone who knows the stream's state, the block's class and size,
    /// and the distribution of the rate (`inverseRate`: expected s/Mbit).
    static func bestExpectedLevel(_ block: Block, computeFactor: Double, inverseRate: Double) -> Int {
        CompressionOracle.best(levels.map { level in
            let ratio = expectedRatio(block.payload, level: level, content: block.expectedContent)
            return expectedTime(block, level: level, computeFactor: computeFactor) + block.bytes * 8 * inverseRate / ratio
        })
    }
}

/// The level that moves a block fastest, from what compressing it at every level gave.
enum CompressionOracle {
    /// Microseconds until the block has arrived, by level: compress time + compressed bits / rate (Mbit/s are bits per
    /// microsecond).
    static func totalTimes(_ outcome: PayloadStream.Outcome, bytes: Double, rate: Double) -> [Double] {
        zip(outcome.times, outcome.ratios).map { $0 + bytes * 8 / $1 / rate }
    }

    /// The first level with the least total time.
    static func best(_ totals: [Double]) -> Int {
        var best = 0
        for level in totals.indices where totals[level] < totals[best] { best = level }
        return best
    }
}
