import Foundation

/// The probabilities behind a row's reliability columns.
struct FailureRates {
    /// Share of segments lost.
    var loss: Double
    /// Share of heartbeats that stay unanswered.
    var missedHeartbeats: Double
    /// Share of block transfers that fail.
    var failedRequests: Double

    /// Heartbeats per link and step: forty a second.
    static let heartbeats = 40 * Simulation.stepSeconds
    /// Losses by a full buffer, as a share of the overflow: nine in ten flows react to marks before packets are dropped.
    private static let unmarkedShare = 0.1

    init(link: Topology.Link, overflow: Double, effect: FaultEffect) {
        loss = min(link.type.lineLoss + Self.unmarkedShare * overflow + effect.loss, 0.5)
        missedHeartbeats = min(0.0003 + 0.3 * loss + effect.missedHeartbeats, 0.95)
        failedRequests = min(0.0001 + 0.02 * loss + effect.failedRequests, 0.95)
    }
}

/// What a row counted of `FailureRates`.
struct FailureCounts {
    var segments: Int
    var retransmits: Int
    var missedHeartbeats: Int
    var requests: Int
    var failedRequests: Int
    var puts: Int
    var failedPuts: Int

    var packetLoss: Double { segments == 0 ? 0 : Double(retransmits) / Double(segments) }
    var operations: Int { requests + FailureRates.heartbeats }
    /// Failed share of transfers and heartbeats.
    var failureRate: Double { Double(failedRequests + missedHeartbeats) / Double(operations) }
    var errorRate: Double { requests == 0 ? 0 : Double(failedRequests) / Double(requests) }
    /// Failed share with the node's puts, over the budget of 0.1 % (an SLO of 99.9 %).
    var burnRate: Double { budgetShare / 0.001 }
    var compliance: Double { 100 * (1 - budgetShare) }
    /// Six in ten failed transfers run into their deadline; the others are refused.
    var timeoutRate: Double { (Double(missedHeartbeats) + (0.6 * Double(failedRequests)).rounded()) / Double(operations) }
    var uptime: Double { 100 * (1 - Double(missedHeartbeats) / Double(FailureRates.heartbeats)) }

    private var budgetShare: Double {
        Double(failedRequests + missedHeartbeats + failedPuts) / Double(operations + puts)
    }
}
