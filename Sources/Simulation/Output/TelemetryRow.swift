/// One row of telemetry: what was measured on a link in one step.
struct TelemetryRow {
    var step = 0
    var link: Topology.Link
    var mode: DWCPMode

    var rtt = 0.0
    var jitter = 0.0
    var minimumRTT = 0.0
    var medianLatency = 0.0
    var tailLatency = 0.0

    var throughput = 0.0
    var sentBytes = 0
    var receivedBytes = 0
    var deliveryRate = 0.0
    var pacingRate = 0.0

    var packetLoss = 0.0
    var retransmits = 0
    var congestionWindow = 0
    var queueDepth = 0.0
    var bufferUtilization = 0.0
    var sendQueueBytes = 0
    var backlogBlocks = 0
    var streams = 1
    var streamRate = 0.0

    var compressionLevel = 0
    var compressionRatio = 1.0
    var deltaHitRate = 0.0
    var payload = PayloadClass.text
    var blockBytes = 0
    var entropy = 0.0
    /// By level 0…9.
    var ratios = [Double]()
    var compressTimes = [Double]()
    var availableRate = 0.0
    var optimalCompression = 0

    var uptime = 100.0
    var failureRate = 0.0
    var burnRate = 0.0
    var errorRate = 0.0
    var timeoutRate = 0.0
    var compliance = 100.0

    var cpuUsage = 0.0
    var memoryUsage = 0.0
    var diskRate = 0.0
    var commitLatency = 0.0
    var commitMaximum = 0.0
    var commitTail = 0.0
    var commitFailures = 0

    var bandwidthClass = BandwidthClass.good
    var isAnomaly = false
}

/// How a sender is configured, until its next job.
enum DWCPMode: String, CaseIterable {
    case standard, optimized, resilient

    /// Bytes of a full block.
    var blockBytes: Double {
        switch self {
        case .standard: 131_072
        case .optimized: 262_144
        case .resilient: 65_536
        }
    }

    /// The level in use before a learned policy takes over.
    var compressionLevel: Int {
        switch self {
        case .standard: 3
        case .optimized: 1
        case .resilient: 6
        }
    }
}

enum BandwidthClass: String, CaseIterable {
    case good, degraded, bad

    /// By what the link loses and what it leaves for replication (share of nominal capacity).
    init(packetLoss: Double, availableShare: Double) {
        if packetLoss > 0.01 || availableShare < 0.2 {
            self = .bad
        } else {
            self = availableShare < 0.45 ? .degraded : .good
        }
    }
}

extension TelemetryRow {
    /// Fills the columns that are counts of segments, requests, heartbeats and puts.
    mutating func fill(from counts: FailureCounts) {
        retransmits = counts.retransmits
        packetLoss = counts.packetLoss
        let segmentBytes = Int(Topology.segmentBytes)
        sentBytes = (counts.segments + counts.retransmits) * segmentBytes
        receivedBytes = counts.segments * segmentBytes
        uptime = counts.uptime
        failureRate = counts.failureRate
        burnRate = counts.burnRate
        errorRate = counts.errorRate
        timeoutRate = counts.timeoutRate
        compliance = counts.compliance
        commitFailures = counts.failedPuts
    }
}
