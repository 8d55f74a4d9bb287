/// The kinds of injected faults.
public enum IncidentType: String, Sendable, Codable, CaseIterable {
    case memberCrash = "member_crash"
    case memberPause = "member_pause"
    case nodePartition = "node_partition"
    case cpuStarvation = "cpu_starvation"
    case diskStall = "disk_stall"
    case packetLoss = "packet_loss"
    case latencySpike = "latency_spike"
    case bandwidthDrop = "bandwidth_drop"

    /// Whether the fault strikes a node, and with it all its links, or a single link.
    public var strikesNode: Bool {
        switch self {
        case .memberCrash, .memberPause, .nodePartition, .cpuStarvation, .diskStall: true
        case .packetLoss, .latencySpike, .bandwidthDrop: false
        }
    }

    /// Whether commits wait because of it. Faults of a link strike its bulk path only; consensus messages take another one.
    public var affectsConsensus: Bool { strikesNode }

    /// What the fault does at medium severity and full strength, on a link with base round-trip time `rtt` (ms).
    func effect(rtt: Double) -> FaultEffect {
        // A fault's waiting times have a part of their own (ms) and a part in proportion to the path.
        func delay(_ factor: Double) -> Double { factor * (rtt + 12) }
        return switch self {
        case .memberCrash:
            FaultEffect(
                loss: 0.020, delay: delay(1.2), missedHeartbeats: 0.20, failedRequests: 0.10, commitDelay: 420,
                failedCommits: 0.10, goodput: 0.86)
        case .memberPause:
            FaultEffect(
                loss: 0.018, delay: delay(1.6), missedHeartbeats: 0.18, failedRequests: 0.09, commitDelay: 360,
                failedCommits: 0.06, goodput: 0.86)
        case .nodePartition:
            FaultEffect(
                loss: 0.035, delay: delay(1.2), missedHeartbeats: 0.20, failedRequests: 0.10, commitDelay: 450,
                failedCommits: 0.12, goodput: 0.82)
        case .cpuStarvation:
            FaultEffect(
                loss: 0.018, delay: delay(2.0), missedHeartbeats: 0.14, failedRequests: 0.09, commitDelay: 240,
                failedCommits: 0.02, goodput: 0.86, computeFactor: 1.7)
        case .diskStall:
            FaultEffect(
                loss: 0.016, delay: delay(1.2), missedHeartbeats: 0.14, failedRequests: 0.10, commitDelay: 300,
                failedCommits: 0.03, goodput: 0.90, diskFactor: 0.25)
        case .packetLoss:
            FaultEffect(loss: 0.040, delay: delay(0.8), missedHeartbeats: 0.10, failedRequests: 0.08, goodput: 0.88)
        case .latencySpike:
            FaultEffect(loss: 0.018, delay: 60 + delay(2.0), missedHeartbeats: 0.13, failedRequests: 0.09, goodput: 0.90)
        case .bandwidthDrop:
            FaultEffect(
                loss: 0.030, delay: delay(0.6), missedHeartbeats: 0.11, failedRequests: 0.09,
                capacityFactor: 0.62, standingQueue: 0.8)
        }
    }
}

/// How bad a fault is.
public enum IncidentSeverity: String, Sendable, Codable, CaseIterable {
    case low, medium, high

    /// Factor on the effect at medium severity.
    var strength: Double {
        switch self {
        case .low: 0.85
        case .medium: 1
        case .high: 1.4
        }
    }
}
