import Foundation

/// The time a put of a link's shard group takes to commit.
///
/// Each link carries a Raft group: leader at the sending node, three log-only witnesses at its site, the receiving node
/// as the fifth voter. A commit needs a majority, and because the group must survive the loss of a region, also the
/// receiving node (a placement rule as in geographic write concerns). Other nodes do not vote, so their faults do not
/// show.
enum CommitPath {
    private static let witnessRTT = [0.8, 1.1, 1.5]
    private static let witnessDisk = [0.9, 1.1, 1.3]
    private static let propose = 0.3
    private static let apply = 0.4
    /// The group needs this many followers for a majority of five.
    private static let followersNeeded = 2
    /// Consensus messages have a priority class: they see little of the queue, and are sent on two paths, so that only
    /// double losses cost a retransmission timeout.
    private static let queueShare = 0.05
    private static let retransmissionTimeout = 200.0
    /// Put operations per link and step: seven a second.
    static let puts = 7 * Simulation.stepSeconds

    /// Deviation of the log of a step's mean latency.
    static let deviation = 0.015

    /// Expected latency (ms) of a group whose leader and peer write their logs in `leader` and `peer` milliseconds.
    static func latency(
        link: Topology.Link, leaderFsync: Double, peerFsync: Double, occupancy: Double, loss: Double, effect: FaultEffect
    ) -> Double {
        let peerPath = link.rtt * (1 + queueShare * occupancy) + peerFsync
        let witnesses = zip(witnessRTT, witnessDisk).map { $0 + $1 * leaderFsync }
        let quorum = (witnesses + [peerPath]).sorted()[followersNeeded - 1]
        let replicated = max(leaderFsync, quorum, peerPath)
        return propose + replicated + apply + loss * loss * retransmissionTimeout + effect.commitDelay
    }
}
