//  Simulation owns the simulated DWCP links behind `dwcp generate`: the dynamics, the injected faults, the rows they
//  produce and the scores of a predictor that knows the truth. It must never import a learner, an artifact format or the
//  judge, and nothing of its state reaches a trainer except through the file it writes.

import Files
public import Telemetry

/// A recording of sixteen simulated DWCP links: telemetry rows, labelled incidents, and the best scores that are possible
/// on them.
///
/// The same scenario, seed and sample count give the same bytes. `docs/simulator.md` states the model with its formulas.
///
///     let simulation = try Simulation(scenario: .reference, seed: 42, samples: 100_000)
///     let summary = try simulation.write(csv: "data/dwcp_metrics.csv", incidents: "data/labeled_incidents.json")
public struct Simulation: Sendable {
    public let scenario: SimulationScenario
    public let seed: UInt64
    /// Rows of the telemetry file; rows of one instant (one per link) follow each other, so the last instant may be cut
    /// short.
    public let samples: Int
    let schedule: IncidentSchedule

    /// Seconds between two rows of a link.
    public static let stepSeconds = 30
    /// Names of the file's columns, in order.
    public static var columnNames: [String] { TelemetryColumn.all.map(\.name) }
    /// The simulated directed links, in the order of the rows of one instant.
    public static var links: [LinkKey] { Topology.links.map { LinkKey(node: "\($0.node)", peer: "\($0.peer)") } }

    /// - Throws: `SimulationError` when `samples` is less than one.
    public init(scenario: SimulationScenario, seed: UInt64, samples: Int) throws {
        guard samples >= 1 else { throw SimulationError.tooFewSamples(samples) }
        self.scenario = scenario
        self.seed = seed
        self.samples = samples
        schedule = IncidentSchedule(scenario: scenario, seed: seed, steps: Self.stepCount(samples: samples))
    }

    /// The injected faults, by start.
    public var incidents: [LabeledIncident] { schedule.incidents.map { LabeledIncident($0, steps: schedule.steps) } }

    /// Writes the telemetry (CSV), the incidents (JSON) and, beside the telemetry, `<stem>.noise_floor.json`. Memory use
    /// does not grow with the number of rows, except for the scores of the last 15 %.
    /// - Throws: `FileError` when a file cannot be written; each file is written whole or not at all.
    public func write(csv: String, incidents path: String) throws -> SimulationSummary {
        var floor = NoiseFloor()
        try AtomicFile.stream(to: csv) { writer in
            var line = CSVLine()
            line.appendHeader(TelemetryColumn.all.map(\.name))
            floor = try run { row in
                line.append(row)
                if line.bytes.count >= 1 << 16 {
                    try writer.append(line.bytes)
                    line.removeAll()
                }
            }
            try writer.append(line.bytes)
        }
        try IncidentListing.write(incidents, to: path)
        let floorPath = Self.noiseFloorPath(beside: csv)
        try floor.write(to: floorPath)
        return SimulationSummary(
            rows: samples, columns: TelemetryColumn.all.count, links: Topology.links.count,
            incidents: schedule.incidents.count, noiseFloorPath: floorPath, noiseFloor: floor)
    }

    /// Where `write` puts the noise floor of the telemetry file at `csv`: `data/a.csv` → `data/a.noise_floor.json`.
    public static func noiseFloorPath(beside csv: String) -> String {
        let stem = csv.hasSuffix(".csv") ? String(csv.dropLast(4)) : csv
        return stem + ".noise_floor.json"
    }

    /// Produces every row in file order and returns the noise floor.
    func run(_ body: (TelemetryRow) throws -> Void) rethrows -> NoiseFloor {
        var source: any RowSource = scenario == .noise
            ? NoiseRowSource(seed: seed, schedule: schedule)
            : NetworkRowSource(scenario: scenario, seed: seed, schedule: schedule)
        var meter = NoiseFloorMeter(links: Topology.links.count, steps: schedule.steps)
        var written = 0
        for step in 0 ..< schedule.steps {
            for (link, sample) in source.nextStep().enumerated() where written < samples {
                try body(sample.row)
                meter.add(sample, link: link, step: step)
                written += 1
            }
        }
        return meter.noiseFloor(scenario: scenario, seed: seed, samples: samples)
    }

    static func stepCount(samples: Int) -> Int { (samples + Topology.links.count - 1) / Topology.links.count }
}

/// What `Simulation.write` wrote.
public struct SimulationSummary: Sendable {
    public let rows: Int
    public let columns: Int
    public let links: Int
    public let incidents: Int
    public let noiseFloorPath: String
    public let noiseFloor: NoiseFloor
}

/// Produces the rows of all links, one instant after the other.
protocol RowSource {
    /// One sample per link, in the order of `Topology.links`.
    mutating func nextStep() -> [SimulatedSample]
}

/// A row and what only the simulator knows about it.
struct SimulatedSample {
    var row: TelemetryRow
    var truth: SampleTruth
}
