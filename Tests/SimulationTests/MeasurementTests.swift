import Foundation
@testable import Simulation
import Testing

@Suite struct MeasurementTests {
    @Test("derived columns agree with the counts they are made of")
    func identities() throws {
        for row in try Recording(.stormy, seed: 3, samples: 3200).rows {
            let segments = Double(row.receivedBytes) / Topology.segmentBytes
            #expect(abs(row.packetLoss - Double(row.retransmits) / segments) < 1e-9)
            #expect(row.sentBytes - row.receivedBytes == row.retransmits * Int(Topology.segmentBytes))
            // bytes = rate · 30 s, rounded to segments.
            #expect(abs(Double(row.receivedBytes) * 8 / 30e6 - row.throughput) <= 0.001)
            #expect(abs(row.compliance + 0.1 * row.burnRate - 100) < 1e-9)
            #expect(row.minimumRTT <= row.rtt && row.medianLatency >= row.rtt && row.tailLatency > row.medianLatency)
            #expect(row.commitLatency < row.commitTail && row.commitTail < row.commitMaximum)
            #expect(row.deliveryRate >= row.throughput)
        }
    }

    @Test("every struck row shows its fault at once, and none after it")
    func visible() throws {
        let recording = try Recording(seed: 19, samples: 12_000)
        for series in recording.series {
            let quietLoss = series.filter { !$0.isAnomaly }.map(\.packetLoss).max() ?? 0
            let quietUptime = series.filter { !$0.isAnomaly }.map(\.uptime).min() ?? 0
            for row in series where row.isAnomaly {
                #expect(row.failureRate > 0.01 && row.burnRate > 10)
                #expect(row.packetLoss > quietLoss && row.uptime < quietUptime, "node \(row.link.node), step \(row.step)")
            }
            #expect(series.filter { !$0.isAnomaly }.allSatisfy { $0.failureRate < 0.01 && $0.packetLoss < 0.005 })
        }
    }

    @Test("commits wait in every row struck by a fault of a node, and in no other")
    func consensus() throws {
        let recording = try Recording(seed: 23, samples: 12_000)
        var affectedRows = 0
        for (link, series) in recording.series.enumerated() {
            let affected = series.indices.filter {
                recording.simulation.schedule.incident(link: link, step: $0)?.type.affectsConsensus ?? false
            }
            let others = series.indices.filter { !affected.contains($0) }.map { series[$0].commitLatency }
            let usual = others.sorted()[others.count / 2]
            #expect(affected.allSatisfy { series[$0].commitLatency > usual + 60 }, "link \(link)")
            #expect(others.allSatisfy { abs($0 / usual - 1) < 0.35 }, "link \(link)")
            affectedRows += affected.count
        }
        #expect(affectedRows > 100)
    }

    @Test("a commit takes the receiving node and a majority, each with its log write")
    func commitPath() {
        let wan = Topology.links[6]
        let slowPeer = CommitPath.latency(link: wan, leaderFsync: 2, peerFsync: 2, occupancy: 0, loss: 0, effect: .none)
        #expect(abs(slowPeer - (0.3 + 80 + 2 + 0.4)) < 1e-9, "the far peer decides")
        let local = Topology.links[0]
        let stalled = CommitPath.latency(link: local, leaderFsync: 50, peerFsync: 2, occupancy: 0, loss: 0, effect: .none)
        #expect(abs(stalled - (0.3 + 0.8 + 45 + 5 - 0.8 + 0.4)) < 1e-9, "the leader's own log write decides")
    }
}
