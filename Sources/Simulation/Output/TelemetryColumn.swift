/// A column of the telemetry file and how a row's cell is written.
struct TelemetryColumn: Sendable {
    let name: String
    let append: @Sendable (TelemetryRow, inout [UInt8]) -> Void

    /// The file's columns, in order. The first one, the instant, is written once for all rows of a step.
    static let all: [TelemetryColumn] = identity + transport + compression + health + labels

    private static let identity: [TelemetryColumn] = [
        text("timestamp") { Clock.text(seconds: Double(($0.step + 1) * Simulation.stepSeconds)) },
        text("region") { Topology.node($0.link.node).region },
        text("az") { Topology.node($0.link.node).zone },
        text("link_type") { $0.link.type.rawValue },
        text("datacenter_id") { Topology.node($0.link.node).site },
        integer("node_id") { $0.link.node },
        integer("peer_id") { $0.link.peer },
        text("peer_region") { Topology.node($0.link.peer).region },
        text("node_role") { Topology.node($0.link.node).role },
        text("network_tier") { $0.link.type.tier },
        text("transport_type") { $0.link.transport },
        text("dwcp_mode") { $0.mode.rawValue },
    ]

    private static let transport: [TelemetryColumn] = [
        number("rtt_ms", 3) { $0.rtt },
        number("jitter_ms", 3) { $0.jitter },
        number("min_rtt_ms", 3) { $0.minimumRTT },
        number("p50_latency_ms", 2) { $0.medianLatency },
        number("p99_latency_ms", 2) { $0.tailLatency },
        number("throughput_mbps", 3) { $0.throughput },
        integer("bytes_tx") { $0.sentBytes },
        integer("bytes_rx") { $0.receivedBytes },
        number("delivery_rate_mbps", 2) { $0.deliveryRate },
        number("pacing_rate_mbps", 2) { $0.pacingRate },
        number("packet_loss", 6) { $0.packetLoss },
        integer("retransmits") { $0.retransmits },
        integer("congestion_window") { $0.congestionWindow },
        number("queue_depth", 1) { $0.queueDepth },
        number("buffer_utilization", 4) { $0.bufferUtilization },
        integer("send_queue_bytes") { $0.sendQueueBytes },
        integer("app_backlog_blocks") { $0.backlogBlocks },
        integer("amst_streams") { $0.streams },
        number("amst_transfer_rate", 3) { $0.streamRate },
    ]

    private static let compression: [TelemetryColumn] = [
        integer("compression_level") { $0.compressionLevel },
        number("hde_compression_ratio", 4) { $0.compressionRatio },
        number("hde_delta_hit_rate", 4) { $0.deltaHitRate },
        text("payload_type") { $0.payload.rawValue },
        integer("sample_bytes") { $0.blockBytes },
        number("payload_entropy", 4) { $0.entropy },
    ] + PayloadStream.levels.map { level in number("ratio_l\(level)", 4) { $0.ratios[level] } }
        + PayloadStream.levels.map { level in number("compress_us_l\(level)", 1) { $0.compressTimes[level] } } + [
        number("available_rate_mbps", 3) { $0.availableRate },
    ]

    private static let health: [TelemetryColumn] = [
        number("uptime_pct", 4) { $0.uptime },
        number("failure_rate", 7) { $0.failureRate },
        number("error_budget_burn_rate", 4) { $0.burnRate },
        number("error_rate", 7) { $0.errorRate },
        number("timeout_rate", 7) { $0.timeoutRate },
        number("slo_compliance", 5) { $0.compliance },
        number("cpu_usage", 2) { $0.cpuUsage },
        number("memory_usage", 2) { $0.memoryUsage },
        number("disk_io_mbps", 3) { $0.diskRate },
        number("consensus_latency_ms", 3) { $0.commitLatency },
        number("consensus_max_ms", 3) { $0.commitMaximum },
        number("consensus_p99_ms", 3) { $0.commitTail },
        integer("consensus_failures") { $0.commitFailures },
    ]

    private static let labels: [TelemetryColumn] = [
        integer("optimal_compression") { $0.optimalCompression },
        text("bandwidth_class") { $0.bandwidthClass.rawValue },
        integer("is_anomaly") { $0.isAnomaly ? 1 : 0 },
    ]

    private static func text(_ name: String, _ value: @escaping @Sendable (TelemetryRow) -> String) -> TelemetryColumn {
        TelemetryColumn(name: name) { row, bytes in bytes.append(contentsOf: value(row).utf8) }
    }

    private static func integer(_ name: String, _ value: @escaping @Sendable (TelemetryRow) -> Int) -> TelemetryColumn {
        TelemetryColumn(name: name) { row, bytes in FixedPoint.append(value(row), to: &bytes) }
    }

    private static func number(
        _ name: String, _ places: Int, _ value: @escaping @Sendable (TelemetryRow) -> Double
    ) -> TelemetryColumn {
        TelemetryColumn(name: name) { row, bytes in FixedPoint.append(value(row), places: places, to: &bytes) }
    }
}
