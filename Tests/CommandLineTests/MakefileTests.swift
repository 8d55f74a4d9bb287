import Foundation
import TestSupport
import Testing

/// The Makefile's targets, as far as they can be seen without building anything.
@Suite struct MakefileTests {
    private func make(_ arguments: [String]) throws -> (exitCode: Int32, output: String) {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["make", "--dry-run", "--no-print-directory", "--directory", Fixture.repository.path] + arguments
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }

    @Test("every promised target exists and looks for missing packages first", arguments: [
        "train-all", "train-bandwidth", "train-compression", "train-reliability", "train-latency", "evaluate", "validate",
        "generate", "test", "test-fast", "bench", "setup",
    ])
    func targets(name: String) throws {
        let result = try make([name])
        #expect(result.exitCode == 0, "\(result.output)")
        #expect(result.output.split(separator: "\n").first?.contains("Tools/setup.sh") == true)
    }

    @Test("variables reach the command, and given data is never replaced by simulated data")
    func variables() throws {
        let given = try make(["train-all", "DATA=my data.csv", "INCIDENTS=i.json", "OUT=o", "SEED=7", "EPOCHS=3", "ARGS=--sequential"])
        #expect(given.output.contains("--data-path \"my data.csv\" --incidents-path \"i.json\" --output-dir \"o\""))
        #expect(given.output.contains("--seed 7 --epochs 3") && given.output.contains("--sequential"))
        #expect(!given.output.contains("generate"))
        let withoutIncidents = try make(["train-all", "DATA=d.csv"])
        #expect(!withoutIncidents.output.contains("--incidents-path"))
        let simulated = try make(["train-all"])
        #expect(simulated.output.contains("generate --output \"data/dwcp_metrics.csv\" --incidents \"data/labeled_incidents.json\""))
        #expect(simulated.output.contains("--samples 100000"))
    }

    @Test("make test ends with the checks in stock Keras and ONNX Runtime, make test-fast has no Python")
    func tests() throws {
        #expect(try make(["test"]).output.contains("Tools/interop/run.sh .venv/bin/python"))
        let fast = try make(["test-fast"]).output
        #expect(fast.contains("swift test --configuration release") && !fast.contains("python"))
    }

    @Test("the manual names every target")
    func manual() throws {
        let text = try String(contentsOf: Fixture.repository.appendingPathComponent("Makefile"), encoding: .utf8)
        let manual = text.prefix(through: text.firstRange(of: "\n\n")?.lowerBound ?? text.startIndex)
        for target in ["train-all", "evaluate", "validate", "generate", "test", "test-fast", "bench", "setup", "clean"] {
            #expect(manual.contains("make \(target)"), "\(target)")
        }
    }
}
