import Foundation

/// The state a row was measured in, faults aside.
struct DetectionScene {
    let link: Topology.Link
    let moved: LinkFlow.Step
    let node: NodeState
    let peer: NodeState
}

/// Detectors that know the network's state, how each fault changes the law of the measurements, and nothing of the
/// schedule: the log likelihood ratio of "some fault, at some strength" against "none".
enum IdealDetector {
    private static let strengths = [0.55, 0.8, 1, 1.4]
    /// Deviation of the log of the loss and of the RTT, with what counting adds.
    private static let lossDeviation = 0.25
    private static let rttDeviation = 0.006

    /// From heartbeats, failed transfers, loss and RTT of one row.
    static func reliabilityScore(_ scene: DetectionScene, counts: FailureCounts, rtt: Double) -> Double {
        let normal = likelihood(scene, effect: .none, counts: counts, rtt: rtt)
        return logMean(faults(IncidentType.allCases, scene).map { effect in
            likelihood(scene, effect: effect, counts: counts, rtt: rtt) - normal
        })
    }

    /// From the consensus latency of one row.
    static func consensusScore(_ scene: DetectionScene, latency: Double) -> Double {
        let normal = latencyLikelihood(scene, effect: .none, latency: latency)
        let types = IncidentType.allCases.filter(\.affectsConsensus)
        return logMean(faults(types, scene).map { latencyLikelihood(scene, effect: $0, latency: latency) - normal })
    }

    private static func faults(_ types: [IncidentType], _ scene: DetectionScene) -> [FaultEffect] {
        types.flatMap { type in strengths.map { type.effect(rtt: scene.link.rtt).scaled(by: $0) } }
    }

    /// The log of the mean of the terms' exponentials.
    private static func logMean(_ terms: [Double]) -> Double {
        let largest = terms.max() ?? 0
        return largest + log(terms.reduce(0) { $0 + exp($1 - largest) } / Double(terms.count))
    }

    private static func likelihood(
        _ scene: DetectionScene, effect: FaultEffect, counts: FailureCounts, rtt: Double
    ) -> Double {
        let rates = FailureRates(link: scene.link, overflow: scene.moved.overflow, effect: effect)
        let expectedRTT = scene.link.rtt * (1 + BottleneckQueue.fullDelay * scene.moved.occupancy) + effect.delay
        // A fault's size is not known exactly, so under a fault the delay is known to a fifth only.
        let rttWidth = hypot(rttDeviation, 0.2 * effect.delay / expectedRTT)
        let loss = max(counts.packetLoss, 1e-6)
        return poisson(counts.missedHeartbeats, Double(FailureRates.heartbeats) * rates.missedHeartbeats)
            + poisson(counts.failedRequests, Double(counts.requests) * rates.failedRequests)
            + gaussian(log(loss / rates.loss), lossDeviation) + gaussian(log(rtt / expectedRTT), rttWidth)
    }

    private static func latencyLikelihood(_ scene: DetectionScene, effect: FaultEffect, latency: Double) -> Double {
        let rates = FailureRates(link: scene.link, overflow: scene.moved.overflow, effect: effect)
        let expected = CommitPath.latency(
            link: scene.link, leaderFsync: scene.node.fsync, peerFsync: scene.peer.fsync, occupancy: scene.moved.occupancy,
            loss: rates.loss, effect: effect)
        return gaussian(log(latency / expected), hypot(CommitPath.deviation, 0.2 * effect.commitDelay / expected))
    }

    /// Log density up to terms that do not depend on the mean.
    private static func poisson(_ count: Int, _ mean: Double) -> Double { Double(count) * log(mean + 1e-12) - mean }

    private static func gaussian(_ deviation: Double, _ width: Double) -> Double {
        -0.5 * (deviation / width) * (deviation / width) - log(width)
    }
}
