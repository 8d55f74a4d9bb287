import Foundation
import Testing

@Suite struct UsageTests {
    @Test(
        "wrong usage exits with 64 and says what was wrong",
        arguments: [
            (["dance"], "dance"),
            (["train-all"], "--data-path"),
            (["train-all", "--data-path", "d", "--quiet", "--json-progress"], "exclude each other"),
            (["train-all", "--data-path", "d", "--models", "bandwidth,weather"], "there is no model 'weather'"),
            (["train-all", "--data-path", "d", "--export-format", "xml"], "there is no format 'xml'"),
            (["train-all", "--data-path", "d", "--target-accuracy", "98"], "between 0 and 1"),
            (["train-all", "--data-path", "d", "--epochs", "0"], "--epochs must be at least 1"),
            (["train-all", "--data-path", "d", "--threads", "0"], "--threads must be at least 1"),
            (["train-all", "--data-path", "d", "--set", "learning_rate"], "is not name=value"),
            (["train-all", "--data-path", "d", "--parallel", "--sequential"], "--sequential"),
            (["train-all", "--data-path", "d", "--gate", "maybe"], "maybe"),
            (["train-all", "--data-path", "d", "--precision", "float16"], "float16"),
            (["train", "bandwidth", "--data-path", "d"], "--output"),
            (["train", "bandwidth", "--data-path", "d", "--output", "m.h5"], "must end in .keras or .onnx"),
            (["train", "bandwidth", "--data-path", "d", "--output", "m.keras", "--window-size", "1"], "at least 2"),
            (["train", "bandwidth", "--data-path", "d", "--output", "m.keras", "--incidents-path", "i"], "--incidents-path"),
            (["train", "compression", "--data-path", "d", "--output", "m.keras", "--export-format", "pkl"], "keras,onnx"),
            (["train", "reliability", "--data-path", "d", "--output", "m.keras"], "must end in .onnx"),
            (["generate", "--output", "d", "--incidents", "i", "--samples", "0"], "--samples must be at least 1"),
            (["generate", "--output", "d", "--incidents", "i", "--samples", "9", "--scenario", "odd"], "odd"),
            (["import", "--mapping", "m", "--output", "d"], "--input"),
            (["inspect", "model.pdf"], "must end in .keras"),
            (["convert", "model.keras", "model.doc"], "must end in .keras"),
            (["infer", "model.keras", "--input", "x.csv", "--output", "y.npy"], "--input x.csv must end in .npy or .npz"),
            (["verify", "a.keras", "--against", "b.onnx", "--data", "x.npy", "--tolerance", "0"], "--tolerance"),
            (["compare", "one"], "run-b"),
        ])
    func wrongUsage(arguments: [String], message: String) async throws {
        let result = try await Program.run(arguments)
        #expect(result.exitCode == 64)
        let isExplained = message.split(separator: "|").contains { result.errors.contains($0) }
        #expect(isExplained, "\(result.errors)")
        #expect(result.output.isEmpty)
    }

    @Test("a precision that the processor lacks is wrong usage, said before anything is read", arguments: [
        ["train-all", "--data-path", "/absent/d.csv", "--quiet"],
        ["train", "latency", "--data-path", "/absent/d.csv", "--output", "/absent/m.keras", "--quiet"],
    ])
    func missingPrecision(arguments: [String]) async throws {
        let result = try await Program.run(
            arguments + ["--precision", "bf16"], environment: ["DWCP_INSTRUCTION_SET": "baseline"])
        #expect(result.exitCode == 64)
        #expect(["AMX", "AVX-512 BF16"].allSatisfy(result.lastLine.contains) && result.lastLine.contains("--precision float32"))
    }

    @Test("help and version answer on standard output and exit with 0", arguments: [
        ["--help"], ["train-all", "--help"], ["train", "latency", "--help"], ["help", "import"], ["--version"],
    ])
    func help(arguments: [String]) async throws {
        let result = try await Program.run(arguments)
        #expect(result.exitCode == 0 && !result.output.isEmpty && result.errors.isEmpty)
    }

    @Test("missing input exits with 66, its path in the last line", arguments: [
        ["validate", "--data-path", "/absent/d.csv"],
        ["train-all", "--data-path", "/absent/d.csv", "--quiet"],
        ["train", "bandwidth", "--data-path", "/absent/d.csv", "--output", "/absent/m.keras", "--quiet"],
        ["inspect", "/absent/m.onnx"],
        ["predict", "--model", "/absent/m.onnx", "--data-path", "/absent/d.csv"],
        ["compare", "/absent/a", "/absent/b"],
    ])
    func missingInput(arguments: [String]) async throws {
        // The schema is the repository's, wherever the tests run.
        let usesSchema = !["inspect", "compare"].contains(arguments[0])
        let schema = ["--schema", Self.repository + "/schemas/dwcp_training_schema.json"]
        let result = try await Program.run(arguments + (usesSchema ? schema : []))
        #expect(result.exitCode == 66, "\(result.errors)")
        #expect(result.lastLine.hasPrefix("dwcp: ") && result.lastLine.contains("/absent/"))
        #expect(result.output.isEmpty)
    }

    @Test("with --json-progress a failure is a JSON object on standard output as well")
    func jsonFailure() async throws {
        let schema = Self.repository + "/schemas/dwcp_training_schema.json"
        let result = try await Program.run(["train-all", "--data-path", "/absent/d.csv", "--schema", schema, "--json-progress"])
        let last = try #require(result.output.split(separator: "\n").last)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: Any])
        #expect(object["event"] as? String == "result" && object["exit_code"] as? Int == 66)
    }

    private static let repository = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
}
