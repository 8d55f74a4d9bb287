import Foundation
import Randomness

/// The machine behind a node: computing, memory and disk, each wandering slowly around its mean.
struct NodeState {
    /// Share of the processor used by everything but replication.
    private(set) var load: Double
    private(set) var memory: Double
    /// Mean time of a durable log write, ms.
    private(set) var fsync: Double
    private(set) var diskRate: Double
    private var wander = SIMD4<Double>()
    private var random: RandomStream

    private static let memoryOfWander = 0.98

    init(random: RandomStream) {
        self.random = random
        (load, memory, fsync, diskRate) = (0.3, 50, 2, 10)
        for lane in 0 ..< 4 { wander[lane] = self.random.normal() }
        advance(step: 0)
    }

    mutating func advance(step: Int) {
        let innovation = (1 - Self.memoryOfWander * Self.memoryOfWander).squareRoot()
        for lane in 0 ..< 4 { wander[lane] = Self.memoryOfWander * wander[lane] + innovation * random.normal() }
        load = min(max(0.30 + CrossTraffic.daily(step) + 0.06 * wander.x, 0.05), 0.75)
        memory = min(max(52 + 4 * wander.y, 20), 90)
        fsync = 2.0 * exp(0.06 * wander.z)
        diskRate = 12 * exp(0.12 * wander.w)
    }

    /// How much longer computing takes than on an idle node.
    var computeFactor: Double { 1 + 0.5 * load }
}
