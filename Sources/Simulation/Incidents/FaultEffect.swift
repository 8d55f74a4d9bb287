import Foundation

/// What an active fault changes on a link, averaged over one step. The default is no fault.
struct FaultEffect {
    /// Additional share of segments lost.
    var loss = 0.0
    /// Additional round-trip time of the bulk path and of heartbeats, ms.
    var delay = 0.0
    /// Additional share of heartbeats that stay unanswered.
    var missedHeartbeats = 0.0
    /// Additional share of block transfers that fail.
    var failedRequests = 0.0
    /// Additional time until a commit, ms: waiting for an election, a member that answers again, a stalled write.
    var commitDelay = 0.0
    /// Share of puts that fail.
    var failedCommits = 0.0
    /// Share of the sending rate that remains useful.
    var goodput = 1.0
    /// Remaining share of the link's capacity.
    var capacityFactor = 1.0
    /// Least share of the buffer in use, in a shaper that bursts fill.
    var standingQueue = 0.0
    /// Factor on the time that computing takes at the sender.
    var computeFactor = 1.0
    /// Factor on disk throughput at the struck node.
    var diskFactor = 1.0

    static let none = FaultEffect()

    /// The effect at `strength` times its size; 0 is no fault.
    func scaled(by strength: Double) -> FaultEffect {
        FaultEffect(
            loss: min(loss * strength, 0.3), delay: delay * strength,
            missedHeartbeats: min(missedHeartbeats * strength, 0.9),
            failedRequests: min(failedRequests * strength, 0.6), commitDelay: commitDelay * strength,
            failedCommits: min(failedCommits * strength, 0.6), goodput: max(1 - (1 - goodput) * strength, 0.1),
            capacityFactor: max(1 - (1 - capacityFactor) * strength, 0.1),
            standingQueue: min(standingQueue * strength, 0.95),
            computeFactor: 1 + (computeFactor - 1) * strength, diskFactor: max(1 - (1 - diskFactor) * strength, 0.05))
    }
}
