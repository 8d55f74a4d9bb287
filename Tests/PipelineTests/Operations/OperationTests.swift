import Evaluation
import Failures
import Foundation
@testable import Pipeline
import Telemetry
import Testing

@Suite struct OperationTests {
    private struct DiskFull: ExplainedError {
        let category = FailureCategory.cannotWrite
        let description = "cannot write x\nfree some space"
    }

    @Test("an explained error keeps its exit code; anything else is 70 and says so")
    func conclusions() {
        #expect(Conclusion(of: DiskFull()).exitCode == 74)
        #expect(Conclusion(of: CancellationError()).exitCode == 130)
        let other = Conclusion(of: CocoaError(.fileNoSuchFile))
        #expect(other.exitCode == 70 && other.lastLine.contains("unexpected failure"))
        #expect(Conclusion.success("x").exitCode == 0 && Conclusion.targetsMissed("x").exitCode == 1)
    }

    @Test("evaluating fails a model without an artifact, judges the others, and is approved only when all pass")
    func evaluate() async throws {
        let scratch = try ScratchFolder()
        try scratch.write("x", "checkpoints/bandwidth_predictor.onnx")
        try scratch.write("x", "checkpoints/bandwidth_predictor.keras")
        let options = EvaluateOptions(
            checkpointsDirectory: scratch.path + "/checkpoints", data: DataOptions(dataPath: "test.csv"),
            outputDirectory: scratch.path + "/reports/new", models: [.bandwidth, .latency])
        func evaluate(_ options: EvaluateOptions) async throws -> CommandResult {
            try await EvaluateRun.run(options, data: SampleRun.data, date: "2026-11-21T00:00:00.000Z") { model, artifacts in
                #expect(artifacts.map { URL(fileURLWithPath: $0).pathExtension } == ["keras", "onnx"])
                return SampleRun.evaluated(model)
            }
        }
        let result = try await evaluate(options)
        #expect(result.conclusion.exitCode == 1)
        #expect(result.output.contains("consensus latency    FAIL     no artifact of this model"))
        #expect(try scratch.text("reports/new/comprehensive_evaluation_report.md").contains("evaluation report: FAILED"))
        #expect(scratch.exists("reports/new/bandwidth_predictor_precision_recall.svg"))
        var one = options
        one.models = [.bandwidth]
        #expect(try await evaluate(one).conclusion.exitCode == 0)
    }

    @Test(
        "models are reported in their order, whichever was judged first, and not at all after a signal",
        .timeLimit(.minutes(1)))
    func evaluateSideBySide() async throws {
        let scratch = try ScratchFolder()
        let models: [ModelKind] = [.bandwidth, .compression, .latency]
        for model in models { try scratch.write("x", "checkpoints/\(model.fileStem).keras") }
        let options = EvaluateOptions(
            checkpointsDirectory: scratch.path + "/checkpoints", data: DataOptions(dataPath: "test.csv"),
            outputDirectory: scratch.path + "/reports", models: models)
        @Sendable func evaluate(_ wait: @escaping @Sendable (ModelKind) -> Void) async throws -> CommandResult {
            try await EvaluateRun.run(options, data: SampleRun.data, date: "2026-11-21T00:00:00.000Z") { model, _ in
                wait(model)
                return SampleRun.evaluated(model)
            }
        }
        let stopped = Task { try await evaluate { _ in while !Task.isCancelled { Thread.sleep(forTimeInterval: 0.001) } } }
        stopped.cancel()
        await #expect(throws: CancellationError.self) { try await stopped.value }
        #expect(!scratch.exists("reports"))

        let result = try await evaluate { if $0 == .bandwidth { Thread.sleep(forTimeInterval: 0.05) } }
        let places = try models.map { try #require(result.output.range(of: ReportText.name($0))).lowerBound }
        #expect(places == places.sorted())
    }

    @Test("training one model writes its report and plot data beside the artifact and tells the verdict")
    func trainOne() async throws {
        let scratch = try ScratchFolder()
        let options = TrainModelOptions(
            model: .bandwidth, data: DataOptions(dataPath: "d"), training: TrainingOptions(), output: scratch.path + "/my.model.keras")
        let result = try await TrainModel.run(options, plotDataPath: scratch.path + "/plots.json", onEvent: { _ in }) { options, _, _ in
            SampleRun.report(options.model, verdict: .fail)
        }
        #expect(result.conclusion.exitCode == 1)
        let report = try ReportJSON.read(ModelReport.self, at: scratch.path + "/my.model_report.json")
        #expect(report.evaluation.judgement.plots == PlotData(), "the plots' numbers have a file of their own")
        let plots = try ReportJSON.read(PlotData.self, at: scratch.path + "/plots.json")
        #expect(plots.precisionRecall.count == 2)
    }

    @Test("the common accuracy sets each model's main gate, and a flag of its own wins")
    func targets() {
        let flags = TargetFlags(accuracy: 0.9, mape: 4, recall: 0.95, prAUC: 0.8, maximumFalsePositiveRate: 0.1)
        #expect(flags.targets(for: .bandwidth) == ["correlation": 0.9, "mape": 4])
        #expect(flags.targets(for: .compression) == ["accuracy": 0.9])
        #expect(
            flags.targets(for: .reliability) == ["incident_recall": 0.95, "pr_auc": 0.8, "false_positive_rate": 0.1])
        #expect(flags.targets(for: .latency) == ["detection_accuracy": 0.9])
        #expect(TargetFlags().targets(for: .bandwidth).isEmpty)
    }

    @Test("every selected model is started once, the longest first")
    func startingOrder() {
        var options = TrainAllOptions(data: DataOptions(dataPath: "d"))
        #expect(Set(options.startingOrder) == Set(ModelKind.allCases) && options.startingOrder.count == 4)
        options.models = [.reliability, .latency]
        #expect(options.startingOrder == [.latency, .reliability])
    }
}
