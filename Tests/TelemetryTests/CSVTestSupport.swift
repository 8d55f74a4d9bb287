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
