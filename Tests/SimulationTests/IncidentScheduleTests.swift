import Foundation
@testable import Simulation
import Testing

@Suite struct IncidentScheduleTests {
    private static let seeds: [UInt64] = [1, 2, 3, 42, 2026, 77_777]
    /// Rows of the reference recording, the first step of its last 15 %.
    private static let steps = 6250
    private static let testFrom = 5312

    @Test("the last 15 % of the reference hold enough incidents and episodes for a verdict, in few rows", arguments: seeds)
    func enough(seed: UInt64) {
        let schedule = IncidentSchedule(scenario: .reference, seed: seed, steps: Self.steps)
        let judged = schedule.incidents.filter { $0.firstStep >= Self.testFrom + 20 }
        #expect((60 ... 100).contains(judged.count))
        #expect(Set(judged.map(\.type)) == Set(IncidentType.allCases))
        var (rows, episodes) = (0, 0)
        for link in Topology.links.indices {
            var last = -100
            for step in Self.testFrom ..< Self.steps {
                guard let incident = schedule.incident(link: link, step: step) else { continue }
                rows += 1
                guard incident.type.affectsConsensus else { continue }
                if step - last > DetectionFloor.windowLength { episodes += 1 }
                last = step
            }
        }
        #expect(episodes >= 60)
        #expect(Double(rows) / Double((Self.steps - Self.testFrom) * Topology.links.count) <= 0.05)
    }

    @Test("calm has few incidents, stormy many")
    func scenarios() {
        let counts = [SimulationScenario.calm, .reference, .stormy].map {
            IncidentSchedule(scenario: $0, seed: 6, steps: 3000).incidents.count
        }
        #expect(counts[0] * 3 < counts[1] && Double(counts[1]) * 1.5 < Double(counts[2]))
    }

    @Test("a link has one incident at a time, with quiet steps between")
    func quiet() {
        for scenario in [SimulationScenario.reference, .stormy] {
            let schedule = IncidentSchedule(scenario: scenario, seed: 12, steps: 2000)
            for link in Topology.links {
                let own = schedule.incidents.filter { $0.strikes(link) }
                for (first, second) in zip(own, own.dropFirst()) {
                    #expect(second.firstStep >= first.firstStep + first.duration + scenario.parameters.quietSteps)
                }
            }
        }
    }

    @Test("faults of nodes strike the links of the node, faults of links one link")
    func scope() {
        let schedule = IncidentSchedule(scenario: .reference, seed: 12, steps: 2000)
        for incident in schedule.incidents {
            #expect((incident.peer == nil) == incident.type.strikesNode)
            #expect(Topology.links.count { incident.strikes($0) } == (incident.peer == nil ? 4 : 1))
        }
    }

    @Test("an incident is listed from inside its first step until just after its last")
    func times() {
        for incident in IncidentSchedule(scenario: .stormy, seed: 2, steps: 800).incidents {
            let firstRow = Double((incident.firstStep + 1) * Simulation.stepSeconds)
            let lastRow = Double((incident.firstStep + incident.duration) * Simulation.stepSeconds)
            #expect(incident.start <= firstRow && incident.start > firstRow - 30)
            #expect(incident.end > lastRow && incident.end < lastRow + 1)
        }
    }

    @Test("the chance that a fault is over is that of a uniform law of durations")
    func hazard() throws {
        let schedule = IncidentSchedule(scenario: .reference, seed: 1, steps: 400)
        var fault = try #require(schedule.incidents.first { $0.peer != nil })
        fault.firstStep = 100
        let chances = (100 ..< 106).map { fault.chanceOfEnd(after: $0) }
        #expect(chances == [0, 0, 0, 1 / 3.0, 0.5, 1])
    }

    @Test("is_anomaly is what the incident file says about node, peer and time", arguments: SimulationScenario.allCases)
    func labels(scenario: SimulationScenario) throws {
        let recording = try WrittenRecording(scenario, seed: 9, samples: 3200)
        struct Entry: Decodable {
            let incident_id: Int, start: String, end: String, timestamp: String, node_id: Int, peer_id: Int?
            let incident_type: IncidentType, severity: IncidentSeverity, resolved: Bool
        }
        let entries = try JSONDecoder().decode([Entry].self, from: recording.incidents)
        let stamps = recording.column("timestamp")
        let (nodes, peers) = (recording.column("node_id"), recording.column("peer_id"))
        // All instants have the same form, so text order is time order.
        let expected = stamps.indices.map { row in
            entries.contains { entry in
                let (node, peer) = (String(entry.node_id), entry.peer_id.map(String.init))
                let sends = nodes[row] == node
                let struck = peer.map { sends && peers[row] == $0 } ?? (sends || peers[row] == node)
                return struck && entry.start <= stamps[row] && stamps[row] <= entry.end
            } ? "1" : "0"
        }
        #expect(recording.column("is_anomaly") == expected)
        #expect(!entries.isEmpty && entries.map(\.incident_id) == Array(1 ... entries.count))
        #expect(entries.allSatisfy { $0.timestamp == $0.start && $0.resolved == ($0.end <= stamps[stamps.count - 1]) })
    }
}
