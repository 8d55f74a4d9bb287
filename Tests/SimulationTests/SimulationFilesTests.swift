import Failures
import Foundation
@testable import Simulation
import Telemetry
import Testing

@Suite struct SimulationFilesTests {
    @Test("the same scenario, seed and sample count give the same bytes", arguments: SimulationScenario.allCases)
    func repeatable(scenario: SimulationScenario) throws {
        let first = try WrittenRecording(scenario, seed: 11, samples: 700)
        let second = try WrittenRecording(scenario, seed: 11, samples: 700)
        #expect(first.csv == second.csv)
        #expect(first.incidents == second.incidents)
        #expect(first.noiseFloor == second.noiseFloor)
    }

    @Test("another seed gives another recording and other incidents")
    func seeds() throws {
        let first = try WrittenRecording(seed: 1, samples: 700)
        let second = try WrittenRecording(seed: 2, samples: 700)
        #expect(first.csv != second.csv)
        #expect(first.incidents != second.incidents)
        #expect(zip(first.numbers("throughput_mbps"), second.numbers("throughput_mbps")).allSatisfy { $0 != $1 })
    }

    @Test("any number of rows from one up is written whole", arguments: [1, 15, 16, 17, 400])
    func sizes(samples: Int) throws {
        let recording = try WrittenRecording(seed: 3, samples: samples)
        #expect(recording.cells.count == samples)
        #expect(recording.cells.allSatisfy { $0.count == recording.header.count && !$0.contains("") })
        #expect(recording.csv.last == UInt8(ascii: "\n"))
        _ = try JSONSerialization.jsonObject(with: recording.incidents)
        _ = try JSONDecoder().decode(NoiseFloor.self, from: recording.noiseFloor)
    }

    @Test("a longer recording begins like a shorter one, because traffic does not depend on the number of rows")
    func prefix() throws {
        let short = try WrittenRecording(.noise, seed: 5, samples: 160)
        let long = try WrittenRecording(.noise, seed: 5, samples: 320)
        #expect(short.column("throughput_mbps") == Array(long.column("throughput_mbps").prefix(160)))
    }

    @Test("no rows are refused with advice", arguments: [0, -4])
    func refused(samples: Int) {
        let error = #expect(throws: SimulationError.self) {
            _ = try Simulation(scenario: .reference, seed: 1, samples: samples)
        }
        #expect(error?.category == .usage)
        #expect(error?.description.contains("--samples") == true)
    }

    @Test("the header holds each column once, the recorder's 26 among them")
    func header() throws {
        let recording = try WrittenRecording(samples: 16)
        #expect(recording.header == Simulation.columnNames)
        #expect(Set(recording.header).count == recording.header.count)
        #expect((65 ... 80).contains(recording.header.count))
        let older = """
            timestamp region az link_type node_id peer_id rtt_ms jitter_ms throughput_mbps bytes_tx bytes_rx packet_loss \
            retransmits congestion_window queue_depth dwcp_mode network_tier transport_type hde_compression_ratio \
            hde_delta_hit_rate amst_streams amst_transfer_rate error_budget_burn_rate uptime_pct failure_rate \
            consensus_latency_ms
            """.split(separator: " ").map(String.init)
        #expect(older.count == 26)
        #expect(Set(older).isSubset(of: Set(recording.header)))
    }

    @Test("rows are stamped every thirty seconds and hold every link once per instant")
    func order() throws {
        let recording = try WrittenRecording(seed: 4, samples: 48)
        let stamps = recording.column("timestamp")
        #expect(stamps[0] == "2026-01-05T00:00:30.000Z" && stamps[16] == "2026-01-05T00:01:00.000Z")
        let links = zip(recording.column("node_id"), recording.column("peer_id")).map { LinkKey(node: $0, peer: $1) }
        for step in 0 ..< 3 {
            let range = step * 16 ..< (step + 1) * 16
            #expect(Set(stamps[range]).count == 1)
            #expect(Array(links[range]) == Simulation.links)
        }
        let pairs = Simulation.links.map { Set([$0.node, $0.peer]) }
        #expect(Set(pairs).count == pairs.count, "no pair of nodes has two links")
    }

    @Test("values lie in their ranges", arguments: SimulationScenario.allCases)
    func ranges(scenario: SimulationScenario) throws {
        let recording = try WrittenRecording(scenario, seed: 8, samples: 3200)
        let shares = "packet_loss buffer_utilization hde_delta_hit_rate failure_rate error_rate timeout_rate"
        for name in shares.split(separator: " ").map(String.init) {
            #expect(recording.numbers(name).allSatisfy { (0 ... 1).contains($0) }, "\(name)")
        }
        for name in ["uptime_pct", "slo_compliance", "cpu_usage", "memory_usage"] {
            #expect(recording.numbers(name).allSatisfy { (0 ... 100).contains($0) }, "\(name)")
        }
        let positive = "rtt_ms throughput_mbps available_rate_mbps consensus_latency_ms sample_bytes amst_streams"
        for name in positive.split(separator: " ").map(String.init) {
            #expect(recording.numbers(name).allSatisfy { $0 > 0 }, "\(name)")
        }
        for level in 0 ... 9 { #expect(recording.numbers("ratio_l\(level)").allSatisfy { $0 >= 1 }) }
        #expect(recording.numbers("payload_entropy").allSatisfy { (0 ... 8).contains($0) })
        let categories: [(String, Set<String>)] = [
            ("link_type", ["dc", "metro", "wan", "edge"]), ("network_tier", ["tier1", "tier2", "tier3"]),
            ("dwcp_mode", ["standard", "optimized", "resilient"]), ("transport_type", ["tcp", "udp", "quic"]),
            ("node_role", ["coordinator", "worker", "edge"]), ("bandwidth_class", ["good", "degraded", "bad"]),
            ("payload_type", ["text", "json", "binary", "compressed", "vmimage", "database"]), ("is_anomaly", ["0", "1"]),
        ]
        for (name, allowed) in categories { #expect(Set(recording.column(name)).isSubset(of: allowed), "\(name)") }
    }
}
