import Evaluation
import Failures
import Files
import Foundation
import Learners
@testable import Pipeline
import Synchronization
import Telemetry
import Testing

/// Whole runs with a shell script in the trainers' place: it copies results that were prepared for each model.
@Suite struct TrainAllTests {
    private let scratch: ScratchFolder

    init() throws {
        scratch = try ScratchFolder()
        try scratch.write("telemetry", "data.csv")
        try scratch.write("{}", "schema.json")
        try scratch.write("[]", "incidents.json")
        try scratch.write(
            """
            echo "$@" >> "$(dirname "$0")/commands"
            model=$2
            while [ $# -gt 0 ]; do
              case $1 in --output) output=$2 ;; --plot-data) plots=$2 ;; esac
              shift
            done
            prepared="$(dirname "$0")/prepared/$model"
            [ -f "$prepared/before.sh" ] && . "$prepared/before.sh"
            cp "$prepared"/artifacts/* "$(dirname "$output")/"
            cp "$prepared/plots.json" "$plots"
            """, "worker.sh")
    }

    private func prepare(_ model: ModelKind, verdict: Verdict = .pass, before: String = "") throws {
        let content = "weights of \(model.rawValue)"
        let artifact = ArtifactRecord(
            file: "\(model.fileStem).onnx", bytes: content.utf8.count, sha256: SHA256.hexDigest(of: Array(content.utf8)),
            reexecutedDifference: 0, contractViolations: [])
        let report = SampleRun.report(model, verdict: verdict, artifacts: [artifact])
        let folder = "prepared/\(model.rawValue)"
        try scratch.write(content, "\(folder)/artifacts/\(artifact.file)")
        try scratch.write(String(decoding: ReportJSON.encode(report), as: UTF8.self), "\(folder)/artifacts/\(model.fileStem)_report.json")
        try scratch.write(String(decoding: ReportJSON.encode(report.evaluation.judgement.plots), as: UTF8.self), "\(folder)/plots.json")
        try scratch.write(before, "\(folder)/before.sh")
    }

    private func options(_ models: [ModelKind], run: String = "v1") -> TrainAllOptions {
        TrainAllOptions(
            data: DataOptions(
                dataPath: scratch.path + "/data.csv", incidentsPath: scratch.path + "/incidents.json",
                schemaPath: scratch.path + "/schema.json"),
            outputDirectory: "\(scratch.path)/checkpoints/\(run)", reportsDirectory: "\(scratch.path)/reports/\(run)",
            models: models)
    }

    private func run(_ options: TrainAllOptions, data: DataSummary = SampleRun.data) async throws -> CommandResult {
        var training = TrainAll(options: options, command: ["dwcp", "train-all"]) { _, _, _ in data }
        training.worker = ("/bin/bash", [scratch.path + "/worker.sh"])
        return try await training.run(progress: ProgressDisplay(style: .quiet, models: options.models))
    }

    @Test("a run in which every model passes leaves artifacts, reports and a manifest that lists them, and exits with 0")
    func success() async throws {
        for model in ModelKind.allCases { try prepare(model) }
        let result = try await run(options(ModelKind.allCases))
        #expect(result.conclusion.exitCode == 0)
        #expect(result.conclusion.lastLine.contains("4 of 4 models passed"))
        #expect(result.output.contains("bandwidth predictor   PASS"))
        let manifest = try RunManifest.read(scratch.path + "/checkpoints/v1/run_manifest.json")
        #expect(manifest.inputs.map(\.role) == ["data", "schema", "incidents"])
        #expect(manifest.inputs[0].sha256 == SHA256.hexDigest(of: Array("telemetry".utf8)))
        #expect(manifest.libraryVersions["HDF5"]?.hasPrefix("1.") == true && manifest.libraryVersions["dwcp"] != nil)
        let outputs = Set(manifest.producedFiles)
        for name in [
            "bandwidth_predictor.onnx", "bandwidth_predictor_report.json", "master_training_report.json",
            "master_training_report.md", "logs/latency.log", "logs/bandwidth_predictor_training.svg",
            "reports:comprehensive_evaluation_report.json", "reports:comprehensive_evaluation_report.md",
            "reports:reliability_model_precision_recall.svg",
        ] { #expect(outputs.contains(name), "\(name)") }
        for file in manifest.outputs {
            let path = options([]).folder.absolute(file.path)
            #expect(try SHA256.hexDigest(ofFile: path) == file.sha256, "\(path) changed after it was listed")
        }
        let markdown = try scratch.text("checkpoints/v1/master_training_report.md")
        #expect(markdown.hasPrefix("# DWCP training report: APPROVED"))
    }

    @Test("a missed target is exit code 1, its model and metric in the last line")
    func missed() async throws {
        try prepare(.bandwidth, verdict: .fail)
        try prepare(.compression)
        let result = try await run(options([.bandwidth, .compression]))
        #expect(result.conclusion.exitCode == 1)
        #expect(result.conclusion.lastLine.contains("bandwidth predictor: correlation is 0.9531, target ≥ 0.98"))
    }

    @Test("a trainer that crashes is exit code 70 and a FAIL with its reason; the others' results stand")
    func crash() async throws {
        try prepare(.bandwidth)
        try prepare(.latency, before: "echo 'out of memory' >&2; kill -KILL $$")
        let result = try await run(options([.bandwidth, .latency]))
        #expect(result.conclusion.exitCode == 70)
        #expect(result.conclusion.lastLine.contains("latency") && result.conclusion.lastLine.contains("again"))
        let master = try ReportJSON.read(MasterReport.self, at: scratch.path + "/checkpoints/v1/master_training_report.json")
        #expect(master.models["bandwidth_predictor"]?.success == true)
        #expect(master.models["consensus_latency"]?.evaluation.reasons.first?.contains("out of memory") == true)
        #expect(master.modelsTrained == 1 && master.modelsPassed == 1 && !master.overallSuccess)
    }

    @Test("a full disk that all failed trainers met is exit code 74; mixed causes are 70")
    func sharedCause() async throws {
        try prepare(.bandwidth, before: "exit 74")
        try prepare(.latency, before: "exit 74")
        #expect(try await run(options([.bandwidth, .latency])).conclusion.exitCode == 74)
        try prepare(.latency, before: "exit 65")
        #expect(try await run(options([.bandwidth, .latency])).conclusion.exitCode == 70)
    }

    @Test("an exit code of 0 without results, or with artifacts other than the judged ones, is a FAIL and never a pass")
    func stale() async throws {
        try prepare(.bandwidth)
        _ = try await run(options([.bandwidth]))
        try prepare(.bandwidth, before: "exit 0")
        let silent = try await run(options([.bandwidth]))
        #expect(silent.conclusion.exitCode == 1, "the results of the run before are gone")
        try prepare(.bandwidth)
        try scratch.write("other weights", "prepared/bandwidth/artifacts/bandwidth_predictor.onnx")
        let swapped = try await run(options([.bandwidth]))
        #expect(swapped.conclusion.exitCode == 1)
        let report = try scratch.text("reports/v1/comprehensive_evaluation_report.md")
        #expect(report.contains("is not the file that was judged"))
    }

    @Test("a model that the data cannot train is a FAIL with the reason, and no trainer is started for it")
    func untrainable() async throws {
        try prepare(.bandwidth)
        var data = SampleRun.data
        data.notTrainable = [.init(model: .compression, reason: "column hde_compression_ratio is missing")]
        let result = try await run(options([.bandwidth, .compression]), data: data)
        #expect(result.conclusion.exitCode == 1)
        #expect(try scratch.text("commands").split(separator: "\n").count == 1)
        let report = try scratch.text("reports/v1/comprehensive_evaluation_report.md")
        #expect(report.contains("column hde\\_compression\\_ratio is missing"))
    }

    @Test("rejected data stops the run before anything is touched")
    func rejected() async throws {
        try prepare(.bandwidth)
        _ = try await run(options([.bandwidth]))
        struct Rejected: ExplainedError {
            let category = FailureCategory.invalidData
            let description = "3 problems"
        }
        var training = TrainAll(options: options([.bandwidth])) { _, _, _ in throw Rejected() }
        training.worker = ("/bin/false", [])
        await #expect(throws: Rejected.self) {
            try await training.run(progress: ProgressDisplay(style: .quiet, models: [.bandwidth]))
        }
        #expect(scratch.exists("checkpoints/v1/run_manifest.json"), "the finished run before is still whole")
    }

    @Test("a cancelled run throws the advice to run again and writes no manifest")
    func cancelled() async throws {
        try prepare(.bandwidth, before: "touch \"$prepared/ready\"; sleep 60")
        let options = options([.bandwidth])
        let task = Task { try await run(options) }
        while !scratch.exists("prepared/bandwidth/ready") { try await Task.sleep(for: .milliseconds(20)) }
        task.cancel()
        let error = await #expect(throws: Interruption.Interrupted.self) { try await task.value }
        #expect(error?.description.contains("again") == true)
        #expect(!scratch.exists("checkpoints/v1/run_manifest.json"))
    }

    @Test("two runs on the same input differ only in lines that state a time")
    func reproducible() async throws {
        for model in ModelKind.allCases { try prepare(model, verdict: model == .latency ? .undecided : .pass) }
        _ = try await run(options(ModelKind.allCases, run: "a"))
        try await Task.sleep(for: .milliseconds(1_100))
        _ = try await run(options(ModelKind.allCases, run: "b"))
        for name in ["checkpoints/*/master_training_report.json", "checkpoints/*/master_training_report.md",
            "reports/*/comprehensive_evaluation_report.json", "reports/*/comprehensive_evaluation_report.md"]
        {
            let lines = try ["a", "b"].map {
                try scratch.text(name.replacing("*", with: $0)).split(separator: "\n", omittingEmptySubsequences: false)
            }
            try #require(lines[0].count == lines[1].count)
            for (a, b) in zip(lines[0], lines[1]) where a != b {
                let isTimed = ["_date\"", "seconds\"", "training_session\"", "(time)", "_ms\""].contains { a.contains($0) }
                #expect(isTimed, "\(name): \(a)")
            }
        }
        let comparison = try CompareRuns.run(scratch.path + "/checkpoints/a", scratch.path + "/checkpoints/b")
        #expect(comparison.output.contains("\nmetrics\n  the same\n") && comparison.output.contains("\ndata\n  the same\n"))
        #expect(comparison.conclusion.lastLine.contains("byte-identical"))
    }

    @Test("the comparison of two runs names what changed in data, settings and metrics")
    func comparison() async throws {
        try prepare(.bandwidth)
        _ = try await run(options([.bandwidth], run: "a"))
        try scratch.write("more telemetry", "data.csv")
        try prepare(.bandwidth, verdict: .fail)
        var changed = options([.bandwidth], run: "b")
        changed.training.seed = 7
        _ = try await run(changed)
        let text = try CompareRuns.run(scratch.path + "/checkpoints/a", scratch.path + "/checkpoints/b").output
        #expect(text.contains("  training.seed: 42 → 7"))
        #expect(text.contains("  bandwidth correlation: 0.9853 → 0.9531") && text.contains("  bandwidth verdict: PASS → FAIL"))
        #expect(text.contains("  data: \(scratch.path)/data.csv"))
        #expect(throws: ReportFileError.self) { try CompareRuns.run(scratch.path, scratch.path) }
    }
}
