import Foundation
@testable import Simulation

/// A simulation kept in memory, step by step and link by link.
struct Recording {
    let simulation: Simulation
    let rows: [TelemetryRow]
    let noiseFloor: NoiseFloor

    init(_ scenario: SimulationScenario = .reference, seed: UInt64 = 42, samples: Int) throws {
        simulation = try Simulation(scenario: scenario, seed: seed, samples: samples)
        var rows: [TelemetryRow] = []
        noiseFloor = simulation.run { rows.append($0) }
        self.rows = rows
    }

    /// The rows of each link, in time order.
    var series: [[TelemetryRow]] {
        Topology.links.indices.map { link in stride(from: link, to: rows.count, by: Topology.links.count).map { rows[$0] } }
    }
}

/// The files of a simulation, as a reader finds them.
struct WrittenRecording {
    let csv: Data
    let incidents: Data
    let noiseFloor: Data
    let header: [String]
    let cells: [[String]]

    init(_ scenario: SimulationScenario = .reference, seed: UInt64 = 42, samples: Int) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("simulation-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("data.csv").path
        let incidentsPath = folder.appendingPathComponent("incidents.json").path
        let simulation = try Simulation(scenario: scenario, seed: seed, samples: samples)
        let summary = try simulation.write(csv: path, incidents: incidentsPath)
        csv = try Data(contentsOf: URL(fileURLWithPath: path))
        incidents = try Data(contentsOf: URL(fileURLWithPath: incidentsPath))
        noiseFloor = try Data(contentsOf: URL(fileURLWithPath: summary.noiseFloorPath))
        let lines = String(decoding: csv, as: UTF8.self).split(separator: "\n")
        header = lines[0].split(separator: ",").map(String.init)
        cells = lines.dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    }

    func column(_ name: String) -> [String] {
        guard let index = header.firstIndex(of: name) else { return [] }
        return cells.map { $0[index] }
    }

    func numbers(_ name: String) -> [Double] { column(name).map { Double($0) ?? .nan } }
}

/// Pearson's correlation.
func correlation(_ a: [Double], _ b: [Double]) -> Double {
    let (meanA, meanB) = (a.reduce(0, +) / Double(a.count), b.reduce(0, +) / Double(b.count))
    let ab = zip(a, b).reduce(0) { $0 + ($1.0 - meanA) * ($1.1 - meanB) }
    let aa = a.reduce(0) { $0 + ($1 - meanA) * ($1 - meanA) }
    let bb = b.reduce(0) { $0 + ($1 - meanB) * ($1 - meanB) }
    return ab / (aa * bb).squareRoot()
}
