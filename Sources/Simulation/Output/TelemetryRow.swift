/// One row of telemetry: a link in the step that ends at `step + 1`.
struct TelemetryRow {
    var step: Int
    var link: Topology.Link
    var mode: DWCPMode

    var rtt: Double
    var jitter: Double
    var minimumRTT: Double
    var medianLatency: Double
    var tailLatency: Double

    var throughput: Double
    var sentBytes: Int
    var receivedBytes: Int
    var deliveryRate: Double
    var pacingRate: Double

    var packetLoss: Double
    var retransmits: Int
    var congestionWindow: Int
    var queueDepth: Double
    var bufferUtilization: Double
    var sendQueueBytes: Int
    var backlogBlocks: Int
    var streams: Int
    var streamRate: Double

    var compressionLevel: Int
    var compressionRatio: Double
    var deltaHitRate: Double
    var payload: PayloadClass
    var blockBytes: Int
    var entropy: Double
    /// By level 0…9.
    var ratios: [Double]
    var compressTimes: [Double]
    var availableRate: Double
    var optimalCompression: Int

    var uptime: Double
    var failureRate: Double
    var burnRate: Double
    var errorRate: Double
    var timeoutRate: Double
    var compliance: Double

    var cpuUsage: Double
    var memoryUsage: Double
    var diskRate: Double
    var commitLatency: Double
    var commitMaximum: Double
    var commitTail: Double
    var commitFailures: Int

    var bandwidthClass: BandwidthClass
    var isAnomaly: Bool
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
    /// A row before anything was measured.
    init(step: Int, link: Topology.Link, mode: DWCPMode) {
        self.init(
            step: step, link: link, mode: mode, rtt: 0, jitter: 0, minimumRTT: 0, medianLatency: 0, tailLatency: 0,
            throughput: 0, sentBytes: 0, receivedBytes: 0, deliveryRate: 0, pacingRate: 0, packetLoss: 0, retransmits: 0,
            congestionWindow: 0, queueDepth: 0, bufferUtilization: 0, sendQueueBytes: 0, backlogBlocks: 0, streams: 1,
            streamRate: 0, compressionLevel: 0, compressionRatio: 1, deltaHitRate: 0, payload: .text, blockBytes: 0,
            entropy: 0, ratios: [], compressTimes: [], availableRate: 0, optimalCompression: 0, uptime: 100, failureRate: 0,
            burnRate: 0, errorRate: 0, timeoutRate: 0, compliance: 100, cpuUsage: 0, memoryUsage: 0, diskRate: 0, commitLatency: 0,
            commitMaximum: 0, commitTail: 0, commitFailures: 0, bandwidthClass: .good, isAnomaly: false)
    }

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
