import Foundation
@testable import Simulation
import Telemetry
import Testing

@Suite struct NoiseScenarioTests {
    @Test("no column of the noise scenario depends on another, on its past, on the link or on incidents")
    func independent() throws {
        let recording = try WrittenRecording(.noise, seed: 31, samples: 3200)
        // Labels that are computed from several columns of their row, and columns that name the link.
        let structural: Set = ["optimal_compression", "node_id", "peer_id"]
        var names = Simulation.columnNames.filter { name in
            !structural.contains(name) && recording.numbers(name).allSatisfy(\.isFinite)
        }
        #expect(names.count > 50 && names.contains("is_anomaly"))
        var columns = names.map { standardised(recording.numbers($0)) }
        for (name, column) in zip(names, columns) where name != "is_anomaly" {
            #expect(abs(product(column.dropFirst(16), column.dropLast(16))) < Self.bound, "\(name) and its past")
        }
        names.append("link")
        columns.append(standardised((0 ..< 3200).map { Double($0 % 16) }))
        for first in columns.indices {
            for second in columns.indices.dropFirst(first + 1) {
                let both = product(columns[first][...], columns[second][...])
                #expect(abs(both) < Self.bound, "\(names[first]), \(names[second])")
            }
        }
    }

    /// 3,200 pairs: a correlation of independent columns deviates by 0.018; five deviations over some 1,500 pairs.
    private static let bound = 0.09

    /// Zero mean, unit length: the product of two is their correlation.
    private func standardised(_ column: [Double]) -> [Double] {
        let mean = column.reduce(0, +) / Double(column.count)
        let length = column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }.squareRoot()
        return column.map { ($0 - mean) / length }
    }

    private func product(_ a: ArraySlice<Double>, _ b: ArraySlice<Double>) -> Double {
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                var (sum, index) = (0.0, 0)
                while index < a.count {
                    sum += a[index] * b[index]
                    index += 1
                }
                return sum
            }
        }
    }

    @Test("nobody can do better than chance on noise")
    func floor() throws {
        let models = try Recording(.noise, seed: 32, samples: 24_000).noiseFloor.models
        // A constant, standardised with each series' own sampled mean, correlates a little: 1/√700 rows of training ≈ 0.04.
        #expect(abs(models[.bandwidth]?.best["correlation"] ?? 0) < 0.1)
        let compression = try #require(models[.compression]?.best)
        #expect(abs((compression["accuracy_strict"] ?? 1) - 0.1) < 0.03)
        #expect(compression["time_saved_share"] ?? 1 < 0.02)
        let reliability = try #require(models[.reliability])
        let prevalence = Double(reliability.counts["incident_rows"] ?? 0) / Double(reliability.counts["rows"] ?? 1)
        #expect(abs((reliability.best["pr_auc"] ?? 1) - prevalence) < 0.001)
        #expect(models[.latency]?.best["episode_recall"] == 0)
    }
}
