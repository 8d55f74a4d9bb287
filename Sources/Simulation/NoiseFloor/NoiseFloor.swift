import Files
import Foundation
public import Telemetry

/// The best scores possible on the last 15 % of a simulated recording, computed by the simulator from the truth behind
/// the rows.
///
/// A model that scores clearly better has seen what it must not see. Metrics have the names and definitions of the gates;
/// the judge leaves out a few steps more at the split, so a margin of some tenths of a percent is fair. A metric that
/// does not exist on the data (the correlation of a constant, the recall of no incidents) is absent.
public struct NoiseFloor: Sendable, Codable, Equatable {
    public var scenario = SimulationScenario.reference
    public var seed: UInt64 = 0
    public var samples = 0
    public var models: [ModelKind: ModelFloor] = [:]

    /// The figures of one model's question.
    public struct ModelFloor: Sendable, Codable, Equatable {
        /// How the best answer was computed.
        public var definition: String
        /// Of the best possible answer, by metric.
        public var best: [String: Double]
        /// Of simple answers, by name and metric.
        public var baselines: [String: [String: Double]]
        /// Rows, windows, incidents and episodes counted.
        public var counts: [String: Int]
    }

    /// Reads the file that `Simulation.write` put beside a telemetry file.
    /// - Throws: `SimulationError` when there is no such file or it is no noise floor.
    public init(contentsOf path: String) throws {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw SimulationError.missingNoiseFloor(path: path)
        }
        do {
            self = try JSONDecoder().decode(NoiseFloor.self, from: data)
        } catch {
            throw SimulationError.brokenNoiseFloor(path: path, detail: "\(error)")
        }
    }

    init() {}

    func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try AtomicFile.write(encoder.encode(self) + Data("\n".utf8), to: path)
    }
}

extension NoiseFloor: CustomStringConvertible {
    /// The figures as a small table for the terminal, a line per model and answer.
    public var description: String {
        ModelKind.allCases.compactMap { kind in models[kind].map { (kind, $0) } }.flatMap { kind, floor in
            [line("\(kind.rawValue), best possible", floor.best)]
                + floor.baselines.sorted { $0.key < $1.key }.map { line("\(kind.rawValue), \($0.key)", $0.value) }
        }.joined(separator: "\n")
    }

    private func line(_ title: String, _ metrics: [String: Double]) -> String {
        let cells = metrics.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        return "\(title): \(cells.isEmpty ? "nothing to measure" : cells.joined(separator: ", "))"
    }
}
