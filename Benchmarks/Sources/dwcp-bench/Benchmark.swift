//  dwcp-bench is our side of `make bench`: it prepares one workload outside the clock, then runs it once for every line
//  `run` on standard input and answers with the seconds. It knows no peer and no ratio: the harness alternates and reports.

import Foundation
import Learners

@main
struct Benchmark {
    /// `dwcp-bench WORKLOAD SETTINGS`, the settings as one JSON object.
    static func main() {
        let arguments = CommandLine.arguments
        guard arguments.count == 3 else {
            stop("usage: dwcp-bench <\(Workloads.names.joined(separator: "|"))> '<settings in JSON>'", code: 64)
        }
        do {
            let settings = try JSONDecoder().decode(Settings.self, from: Data(arguments[2].utf8))
            guard let make = Workloads.all[arguments[1]] else {
                let known = Workloads.names.joined(separator: ", ")
                stop("unknown workload \(arguments[1]); expected one of \(known)", code: 64)
            }
            let contestant = try make(settings)
            answer(["ready": 1])
            while let line = readLine() {
                guard line == "run" else { stop("expected the line “run”, found “\(line)”", code: 64) }
                answer(try contestant.run().reply)
            }
        } catch {
            stop("cannot run \(arguments[1]): \(error)", code: 70)
        }
    }

    private static func answer(_ values: [String: Double]) {
        // As Python writes and reads what JSON has no number for.
        let fields = values.sorted { $0.key < $1.key }
            .map { "\"\($0.key)\": \($0.value.isFinite ? "\($0.value)" : "NaN")" }
        FileHandle.standardOutput.write(Data(("{" + fields.joined(separator: ", ") + "}\n").utf8))
    }

    private static func stop(_ message: String, code: Int32) -> Never {
        FileHandle.standardError.write(Data("dwcp-bench: \(message)\n".utf8))
        exit(code)
    }
}

/// What the harness says about a workload; each workload reads the fields that it needs.
struct Settings: Decodable {
    /// Folder of the generated data.
    var data: String
    var threads: Int
    var batchSize: Int?
    var windowLength: Int?
    /// Samples a round processes, where the data files do not say.
    var samples: Int?
    /// Of a network; 1 when absent.
    var epochs: Int?
    /// Of a network's weights and of the order of its samples; 42 when absent.
    var seed: UInt64?
    /// How many of the last samples are not trained on but judged by; 0 when absent.
    var heldOut: Int?
    /// Of a network; float32 when absent.
    var precision: Precision?
    var schema: String?
    /// A model file, and the NumPy array `[sample, …]` of what goes in.
    var model: String?
    var inputs: String?
    /// The settings of each part of a composed workload.
    var parts: [String: Settings]?

    func path(_ name: String) -> String { data + "/" + name }

    func required<Value>(_ value: Value?, _ name: String) throws -> Value {
        guard let value else { throw MissingSetting(name: name) }
        return value
    }

    struct MissingSetting: Error, CustomStringConvertible {
        let name: String
        var description: String { "the settings lack \(name)" }
    }
}

/// One workload, ready to run.
protocol Contestant {
    func run() throws -> Round
}

/// What one run gave.
struct Round {
    var seconds: Double
    /// Numbers that show that ours and the peers did the same work: a loss, a number of rows, a mean score.
    var evidence: [String: Double] = [:]

    var reply: [String: Double] { evidence.merging(["seconds": seconds]) { $1 } }

    /// Runs `work` and takes its time.
    static func measure<Result>(_ work: () throws -> Result) rethrows -> (result: Result, seconds: Double) {
        let clock = ContinuousClock()
        let start = clock.now
        let result = try work()
        let elapsed = (clock.now - start).components
        return (result, Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18)
    }
}

enum Workloads {
    static let all: [String: @Sendable (Settings) throws -> any Contestant] = [
        "lstm": { try NetworkTraining.lstm($0) },
        "autoencoder": { try NetworkTraining.autoencoder($0) },
        "policy": { try NetworkTraining.policy($0) },
        "forest-fit": { try ForestFit($0) },
        "forest-score": { try ForestScore($0) },
        "csv": { try TelemetryReading($0) },
        "variants": { try Variants($0) },
        "four-models": { try FourModels($0) },
        "single-sample": { try SingleSample($0) },
        "start": { try FirstStep($0) },
        "limits": { MachineLimits($0) },
        "prepare-csv": { try Preparation.csv($0) },
        "prepare-inference": { try Preparation.inference($0) },
    ]

    static var names: [String] { all.keys.sorted() }
}
