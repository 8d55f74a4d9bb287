import Foundation
import TestSupport

@testable import Telemetry

/// A folder that lives as long as the test that made it.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("telemetry-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// Writes a file into the folder and returns its path.
    func file(_ name: String, _ content: some Sequence<UInt8>) throws -> String {
        let path = url.appendingPathComponent(name).path
        try Data(content).write(to: URL(fileURLWithPath: path))
        return path
    }

    func file(_ name: String, _ text: String) throws -> String { try file(name, text.utf8) }
}

enum ShippedSchema {
    static let path = Fixture.repository.appendingPathComponent("schemas/dwcp_training_schema.json").path
    static let codecPath = Fixture.repository.appendingPathComponent("schemas/codec_profile.json").path

    static func load() throws -> Schema { try Schema.load(path) }
}

/// The shipped columns with rules and models that do not change when the shipped ones are tuned.
enum PlainSchema {
    static func make() throws -> Schema {
        var schema = try ShippedSchema.load()
        schema.quality = .init(missingLimit: 0.05, outlierIQRMultiplier: 1.5, gapFactor: 2.5, minimumRows: 200)
        schema.split = .init(train: 0.7, validation: 0.15, test: 0.15, embargoSteps: 20, seed: 42)
        schema.incidents = .init(
            defaultDurationSeconds: 60, types: ["member_crash", "packet_loss"], severities: ["low", "high"],
            affectingConsensus: ["member_crash"])
        schema.models = [
            .bandwidth: model(
                ["throughput_mbps", "rtt_ms", "jitter_ms", "packet_loss", "link_type"], optional: ["queue_depth"],
                window: 10),
            .compression: model(["lag(throughput_mbps, 1)", "lag(rtt_ms, 1)"], optional: ["payload_entropy"], early: true),
            .reliability: model(["uptime_pct", "failure_rate"], optional: ["rtt_ms"]),
            .latency: model(["consensus_latency_ms"], window: 20),
        ]
        return schema
    }

    private static func model(
        _ required: [String], optional: [String] = [], window: Int = 1, early: Bool = false
    ) -> ModelDefinition {
        let features = required.map { FeatureDefinition(name: $0, formula: $0, required: true) }
            + optional.map { FeatureDefinition(name: $0, formula: $0, required: false) }
        return ModelDefinition(
            description: "", windowLength: window, decidesBeforeRow: early, features: features, requiredColumns: [],
            hyperparameters: ["epochs": 5], gates: [GateDefinition(metric: "mape", direction: .below, target: 5)],
            judgement: [:])
    }
}

/// A telemetry file in memory: valid as made, to be spoilt by tests.
struct TelemetrySample {
    var header: [String]
    var rows: [[String]]

    /// The columns of the older recorder, one row a second on each of two links in turn.
    static func olderRecorder(rows count: Int = 240) -> TelemetrySample {
        let header = olderColumns
        let rows = (0..<count).map { index in
            let nodes = index % 2 == 0 ? ["node-1", "node-2"] : ["node-2", "node-1"]
            let rate = 40 + 20 * sin(Double(index) / 9)
            return [
                Instant.text(1_772_323_200_000_000 + Int64(index / 2) * 1_000_000), "us-east", "us-east-1a",
                index % 2 == 0 ? "wan" : "metro", nodes[0], nodes[1], "\(60 + index % 7)", "\(Double(index % 5) / 4)",
                "\(rate)", "\(Int(rate * 125_000))", "\(Int(rate * 124_000))", "0.00\(index % 9)", "\(index % 4)",
                "\(200 + index % 50)", "\(index % 11)", "standard", "tier3", "tcp", "2.\(index % 10)", "0.\(index % 10)",
                "\(1 + index % 4)", "\(rate / 4)", "0.\(index % 3)", "99.9\(index % 10)", "0.001\(index % 10)",
                "\(100 + index % 13)",
            ]
        }
        return TelemetrySample(header: header, rows: rows)
    }

    static let olderColumns = [
        "timestamp", "region", "az", "link_type", "node_id", "peer_id", "rtt_ms", "jitter_ms", "throughput_mbps", "bytes_tx",
        "bytes_rx", "packet_loss", "retransmits", "congestion_window", "queue_depth", "dwcp_mode", "network_tier",
        "transport_type", "hde_compression_ratio", "hde_delta_hit_rate", "amst_streams", "amst_transfer_rate",
        "error_budget_burn_rate", "uptime_pct", "failure_rate", "consensus_latency_ms",
    ]

    var text: String {
        ([header] + rows).map { $0.joined(separator: ",") }.joined(separator: "\n") + "\n"
    }

    /// The cell of a column in a data row counted from 1.
    subscript(_ column: String, _ row: Int) -> String {
        get { rows[row - 1][header.firstIndex(of: column) ?? 0] }
        set { rows[row - 1][header.firstIndex(of: column) ?? 0] = newValue }
    }

    mutating func fill(_ column: String, rows range: ClosedRange<Int>, with value: String) {
        for row in range { self[column, row] = value }
    }

    mutating func remove(_ column: String) {
        guard let index = header.firstIndex(of: column) else { return }
        header.remove(at: index)
        for row in rows.indices { rows[row].remove(at: index) }
    }

    mutating func add(_ column: String, _ value: (Int) -> String) {
        header.append(column)
        for row in rows.indices { rows[row].append(value(row + 1)) }
    }
}
