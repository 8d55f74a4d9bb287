import Evaluation
import Failures
import Foundation
import Learners
@testable import Pipeline
import Telemetry
import Testing

@Suite struct RunFolderTests {
    private let scratch: ScratchFolder
    private let folder: RunFolder

    init() throws {
        scratch = try ScratchFolder()
        folder = RunFolder(checkpoints: scratch.path + "/checkpoints/v1", reports: scratch.path + "/reports/v1")
    }

    private func manifest(_ outputs: [String]) -> RunManifest {
        RunManifest(
            run: "v1", startedAt: "a", finishedAt: "b", exitCode: 0, command: "c", gitRevision: nil, seed: 42,
            settings: TrainAllOptions(data: DataOptions(dataPath: "d")), inputs: [],
            outputs: outputs.map { .init(role: "report", path: $0, bytes: 0, sha256: "") }, libraryVersions: [:])
    }

    @Test("the files of the earlier run go before a new one starts; files of others stay")
    func removesEarlierRun() throws {
        try folder.prepare()
        let produced = ["bandwidth_predictor.keras", "extra_file.json", "logs/latency.log"]
        for name in produced { try scratch.write("x", "checkpoints/v1/\(name)") }
        try scratch.write("x", "reports/v1/own.svg")
        try scratch.write("x", "checkpoints/v1/notes.txt")
        try manifest(produced + ["reports:own.svg"]).write(to: folder.manifest)
        // Left by a run that died before its manifest.
        for name in ["consensus_latency.onnx", "master_training_report.json.partial-17"] {
            try scratch.write("x", "checkpoints/v1/\(name)")
        }
        try scratch.write("x", "reports/v1/reliability_model_timeline_3.svg")
        try folder.prepare()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.checkpoints).sorted() == ["logs", "notes.txt"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.reports).isEmpty)
    }

    @Test("a manifest that points outside the run's folders removes nothing there")
    func hostileManifest() throws {
        try folder.prepare()
        try scratch.write("precious", "precious.txt")
        try scratch.write("precious", "checkpoints/v10/other.txt")
        try manifest(["../../precious.txt", "../v10/other.txt", "reports:../../precious.txt"]).write(to: folder.manifest)
        try folder.prepare()
        #expect(scratch.exists("precious.txt") && scratch.exists("checkpoints/v10/other.txt"))
    }

    @Test("a folder that cannot be made is a cannot-create failure that names it")
    func impossible() throws {
        try scratch.write("a file", "blocked")
        let blocked = RunFolder(checkpoints: scratch.path + "/blocked/run", reports: scratch.path + "/reports")
        let error = #expect(throws: RunFolderError.self) { try blocked.prepare() }
        #expect(error?.category == .cannotCreate)
        #expect(error?.description.contains("/blocked/run") == true)
    }

    @Test("a manifest read back is the one written, with every setting")
    func manifestRoundTrip() throws {
        var written = manifest(["a.onnx"])
        written.settings.targets = TargetFlags(
            accuracy: 0.9, correlation: 0.91, mape: 4, recall: 0.92, prAUC: 0.93, maximumFalsePositiveRate: 0.04)
        written.settings.training = TrainingOptions(
            seed: .max, epochs: 3, batchSize: 16, windowLength: 12, hyperparameters: ["learning_rate": 0.01],
            targets: ["mape": 4], gateRule: .bound, exportFormats: [.onnx], threads: 2, precision: .bf16)
        written.gitRevision = "abc-dirty"
        try folder.prepare()
        try written.write(to: folder.manifest)
        #expect(try RunManifest.read(folder.manifest) == written)
    }

    @Test("a manifest from before there was a choice of precision says float32")
    func manifestWithoutPrecision() throws {
        try folder.prepare()
        let written = manifest(["a.onnx"])
        try written.write(to: folder.manifest)
        var text = try String(contentsOfFile: folder.manifest, encoding: .utf8)
        text.replace(/"precision"\s*:\s*"float32",?/, with: "")
        #expect(!text.contains("precision"))
        try text.write(toFile: folder.manifest, atomically: true, encoding: .utf8)
        #expect(try RunManifest.read(folder.manifest) == written)
    }

    @Test("trainers are told the precision of the whole run", arguments: Precision.allCases)
    func precision(_ precision: Precision) throws {
        let options = TrainAllOptions(data: DataOptions(dataPath: "d.csv"), training: TrainingOptions(precision: precision))
        for model in ModelKind.allCases {
            let arguments = options.workerArguments(for: model)
            let flag = try #require(arguments.firstIndex(of: "--precision"))
            #expect(arguments[flag + 1] == precision.rawValue)
        }
    }

    @Test("the listing fingerprints every file but the manifest")
    func listing() throws {
        try folder.prepare()
        try scratch.write("abc", "checkpoints/v1/bandwidth_predictor.onnx")
        try scratch.write("x", "checkpoints/v1/run_manifest.json")
        try scratch.write("x", "reports/v1/plot.svg")
        let files = try folder.producedFiles()
        #expect(files.map(\.path) == ["bandwidth_predictor.onnx", "reports:plot.svg"])
        #expect(files.map(\.role) == ["artifact", "plot"] && files[0].bytes == 3)
        #expect(files[0].sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test("the git revision is a commit, or absent where there is no repository")
    func gitRevision() async {
        guard let revision = await GitRevision.current() else { return }
        #expect(revision.contains(/^[0-9a-f]{40}(-dirty)?$/))
    }
}
