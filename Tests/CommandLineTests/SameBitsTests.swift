import Files
import Foundation
import TestSupport
import Testing

/// Whole runs of the program on a small recording: what may change the bits of its artifacts, and what may not.
@Suite struct SameBitsTests {
    /// A run's files that must not depend on the machine's load, by name: artifacts, references and outputs of the models.
    private typealias Digests = [String: String]

    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("same-bits-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    private var schema: [String] {
        ["--schema", Fixture.repository.appendingPathComponent("schemas/dwcp_training_schema.json").path]
    }

    private func generate() async throws {
        let result = try await Program.run(
            ["generate", "--output", path("d.csv"), "--incidents", path("i.json"), "--samples", "6000", "--seed", "3"] + schema)
        try #require(result.exitCode == 0, "\(result.errors)")
    }

    /// Trains all four models, in batches of eight shards, with layers that are large enough for threads to share a step.
    private func train(
        _ name: String, _ flags: [String], environment: [String: String] = [:]
    ) async throws -> (digests: Digests, kernels: String) {
        let small = ["lstm_units_1=16", "lstm_units_2=8", "trees=20"].flatMap { ["--set", $0] }
        let result = try await Program.run(
            [
                "train-all", "--data-path", path("d.csv"), "--incidents-path", path("i.json"), "--output-dir", path(name),
                "--reports-dir", path("\(name)-reports"), "--quiet", "--epochs", "2", "--batch-size", "128",
            ] + schema + small + flags, environment: environment)
        // So little is learned from so few rows that targets are missed.
        try #require(result.exitCode == 1, "\(result.errors)")
        let files = try FileManager.default.contentsOfDirectory(atPath: path(name)).filter { file in
            [".keras", ".onnx", ".npy", "_reference.json"].contains { file.hasSuffix($0) }
        }
        let manifest = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path("\(name)/run_manifest.json"))))
                as? [String: Any])
        let versions = try #require(manifest["library_versions"] as? [String: String])
        return (
            try Dictionary(uniqueKeysWithValues: files.map { ($0, try SHA256.hexDigest(ofFile: path("\(name)/\($0)"))) }),
            try #require(versions["kernels"])
        )
    }

    /// Names of the files that differ.
    private func differences(_ one: Digests, _ other: Digests) -> [String] {
        Set(one.keys).union(other.keys).filter { one[$0] != other[$0] }.sorted()
    }

    @Test("one, two, three and eight threads, trainers side by side or one after the other: the same artifacts, byte for byte")
    func threads() async throws {
        try await generate()
        let alone = try await train("alone", ["--sequential", "--threads", "1"]).digests
        // Seven artifacts, and a reference, inputs and outputs of each model.
        #expect(alone.count == 7 + 3 * 4, "\(alone.keys.sorted())")
        for flags in [["--threads", "2"], ["--threads", "3"], ["--sequential", "--threads", "8"]] {
            let other = try await train("other", flags).digests
            #expect(differences(alone, other) == [], "\(flags)")
        }
    }

    @Test("AVX2 and AVX-512 give the same artifacts, whichever kernels OpenBLAS runs; other instruction sets the same forest")
    func instructionSets() async throws {
        try await generate()
        var runs: [String: Digests] = [:]
        for (set, core) in [("avx2", "Haswell"), ("avx512", "SkylakeX"), ("baseline", "Nehalem")] {
            let environment = ["DWCP_INSTRUCTION_SET": set, "OPENBLAS_CORETYPE": core]
            let run = try await train(set, ["--models", "compression,reliability,latency"], environment: environment)
            // A processor without the set runs what it has.
            runs[run.kernels] = run.digests
        }
        let baseline = try #require(runs["baseline"])
        if let narrow = runs["avx2"], let wide = runs["avx512"] { #expect(differences(narrow, wide) == []) }
        for (set, digests) in runs {
            #expect(differences(digests, baseline).allSatisfy { !$0.hasPrefix("reliability_model") }, "\(set)")
        }
    }
}
