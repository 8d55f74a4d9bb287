import Evaluation
import Foundation
@testable import Pipeline
import Telemetry
import Testing

@Suite struct MarkdownReportTests {
    private let options = TrainAllOptions(
        data: DataOptions(dataPath: "data/dwcp metrics.csv", incidentsPath: "data/labeled_incidents.json"))

    private func master(_ reports: [ModelReport], seconds: Double = 30, date: String = "2026-11-21T10:00:00Z") -> String {
        let report = MasterReport(run: "dwcp_v1", date: date, models: reports, seconds: seconds, data: SampleRun.data)
        return MarkdownReports.master(report, options: options)
    }

    @Test("both reports start with the verdict and one table of the gated metrics")
    func start() {
        let reports = [SampleRun.report(.bandwidth), SampleRun.report(.latency, verdict: .undecided)]
        let evaluation = MarkdownReports.evaluation(reports.map(\.evaluation), data: SampleRun.data, plots: [:])
        for (title, text) in [("DWCP training report", master(reports)), ("DWCP evaluation report", evaluation)] {
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            #expect(lines[0] == "# \(title): FAILED")
            #expect(lines[2] == "**1 of 2 models passed.** Not passed: consensus latency (UNDECIDED).")
            #expect(lines[4].hasPrefix("| Model | Verdict | Metric | Target | Result | 95 % interval | Best baseline |"))
            let first = "| bandwidth predictor | ✅ PASS | `correlation` | ≥ 0.98 | 0.9853 | 0.9400 … 0.9901 | moving average 0.9620 |"
            #expect(lines[6] == first)
            #expect(lines[7] == "|  |  | `mape` | < 5 % | 4.211 % | 4.0000 … 4.500 % | last value 9.000 % |")
        }
    }

    @Test("a miss says by how much and what the best baseline reached; an unmeasured metric says so")
    func misses() {
        var model = SampleRun.evaluated(.bandwidth, verdict: .fail)
        let expected = "`correlation` is 0.9531, target ≥ 0.98: short by 0.0269; best baseline: moving average with 0.9620."
        #expect(model.misses == [expected])
        model.judgement.metrics[0].value = .nan
        #expect(model.misses == ["`correlation` could not be measured; its target is ≥ 0.98."])
        model.judgement.metrics[0].value = 0.981
        #expect(model.misses.first?.contains("the point estimate reaches it, its 95 % bound does not") == true)
    }

    @Test("a miss is told once, though the judge tells it too; its other reasons stay")
    func explanations() {
        var model = SampleRun.evaluated(.bandwidth, verdict: .fail)
        model.judgement.reasons = ["correlation is 0.9531, target ≥ 0.98, missed by 0.0269", "does not beat last value"]
        #expect(model.explanations == model.misses + ["does not beat last value"])
    }

    @Test("the best baseline is a strong one where one was measured, in the gate's direction")
    func bestBaseline() throws {
        var model = SampleRun.evaluated(.bandwidth)
        let gates = model.gatedMetrics.compactMap(\.gate)
        model.judgement.baselines[0].metrics["correlation"] = 1
        #expect(model.bestBaseline(on: gates[0])?.baseline.name == "moving average")
        #expect(model.bestBaseline(on: gates[1])?.baseline.name == "last value", "the strong one has no MAPE")
        model.judgement.baselines[1].metrics["mape"] = 8
        model.judgement.baselines.append(model.judgement.baselines[1])
        model.judgement.baselines[2].metrics["mape"] = 7
        #expect(model.bestBaseline(on: gates[1])?.value == 7)
    }

    @Test("two runs on the same input differ only in lines that state a time")
    func identical() throws {
        func pair(_ text: (ModelReport) throws -> String) throws -> [(String, String)] {
            let a = try text(SampleRun.report(.bandwidth))
            let b = try text(SampleRun.report(.bandwidth, date: "2027-01-01T00:00:00Z", seconds: 99.25))
            let lines = [a, b].map { $0.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
            try #require(lines[0].count == lines[1].count)
            return zip(lines[0], lines[1]).filter { $0 != $1 }
        }
        let markdown = try pair { master([$0], seconds: $0.evaluation.trainingSeconds ?? 0, date: $0.trainingDate) }
        #expect(!markdown.isEmpty && markdown.allSatisfy { $0.0.contains("(time") })
        let json = try pair { String(decoding: try ReportJSON.encode($0), as: UTF8.self) }
        let timed = ["seconds\"", "_date\"", "samples_per_second\"", "inference_p99_ms\"", "inference_time_ms\""]
        #expect(!json.isEmpty && json.allSatisfy { line in timed.contains { line.0.contains($0) } })
        let evaluation = try pair {
            MarkdownReports.evaluation([$0.evaluation], data: SampleRun.data, plots: [:])
        }
        #expect(evaluation.allSatisfy { $0.0.contains("(time)") })
    }

    @Test("the reports stay below 60 kB whatever the judgement holds")
    func bounded() {
        let reports = ModelKind.allCases.map { model in
            var report = SampleRun.report(model, verdict: .fail)
            var judgement = report.evaluation.judgement
            let long = String(repeating: "very long text ", count: 200)
            judgement.reasons = Array(repeating: long, count: 500)
            judgement.warnings = Array(repeating: long, count: 500)
            judgement.metrics += (0 ..< 500).map { MetricResult(name: "metric_\($0)", value: 1, definition: long) }
            judgement.baselines += Array(repeating: judgement.baselines[0], count: 500)
            judgement.perLinkType = Array(repeating: judgement.perLinkType[0], count: 500)
            judgement.leftOut = (0 ..< 500).reduce(into: [:]) { $0["\(long)\($1)"] = 1 }
            judgement.settings = (0 ..< 500).reduce(into: [:]) { $0["setting_\($1)"] = 1 }
            report.evaluation.judgement = judgement
            report.hyperparameters = (0 ..< 500).reduce(into: [:]) { $0["hyperparameter_\($1)"] = 1 }
            report.settings.features = (0 ..< 500).map { "a_feature_with_a_long_name_\($0)" }
            return report
        }
        #expect(master(reports).utf8.count < 60_000)
        let evaluation = MarkdownReports.evaluation(reports.map(\.evaluation), data: SampleRun.data, plots: [:])
        #expect(evaluation.utf8.count < 60_000)
        #expect(evaluation.contains("more in the JSON report"))
    }

    @Test("time and size take no row of the table unless their limit is missed")
    func operationalRows() {
        var model = SampleRun.evaluated(.bandwidth)
        func table() -> String { MarkdownReports.evaluation([model], data: SampleRun.data, plots: [:]) }
        #expect(!table().contains("training_time_seconds"))
        model.judgement.metrics[2].reached = false
        #expect(table().contains("| `training_time_seconds` | < 7200 s | **12.50 s** |"))
    }

    @Test("a model that failed has its reason in the table and needs no numbers")
    func failedModel() {
        let failed = ModelReport.failed(.latency, because: "the trainer was ended by signal 9 | <kill>", seed: 42, date: "d")
        let text = master([SampleRun.report(.bandwidth), failed])
        #expect(text.contains("| consensus latency | ❌ FAIL | the trainer was ended by signal 9 \\| &lt;kill&gt; | – |"))
        #expect(text.contains("## consensus latency: FAIL"))
    }

    @Test("the command to reproduce names inputs and settings but no folder, and a shell can read it")
    func reproduce() {
        let text = master([SampleRun.report(.bandwidth)])
        #expect(
            text.contains(
                "dwcp train-all --data-path 'data/dwcp metrics.csv' --incidents-path data/labeled_incidents.json --schema "
                    + "schemas/dwcp_training_schema.json --models bandwidth,compression,reliability,latency --seed 42 "
                    + "--precision float32"))
        #expect(text.contains("| precision | float32 |"))
        #expect(!text.contains("checkpoints/"))
        #expect(ReproduceCommand.shellText(["a b", "it's", "", "x=1"]) == "'a b' 'it'\\''s' '' x=1")
    }

    @Test("each kind of plot data becomes a plot, and a forest without epochs has no loss curve")
    func plots() {
        var data = PlotData()
        data.scatter = [.init(x: 1, y: 2)]
        data.forecasts = [.init(title: "wan", seconds: [0, 1], actual: [1, 2], predicted: [1, 2], lastValue: [1, 1])]
        data.confusion = [[3, 1], [0, 4]]
        data.relativeTimes = [.init(name: "model", value: 1.01)]
        data.precisionRecall = [.init(x: 0, y: 1)]
        data.timelines = [.init(title: "n1", seconds: [0, 1], score: [0.1, 0.9], threshold: 0.5, labelled: [[0, 1], [1]])]
        var model = SampleRun.evaluated(.bandwidth)
        model.judgement.plots = data
        let plots = ReportPlot.evaluation(of: model)
        #expect(
            plots.map(\.file) == [
                "bandwidth_predictor_scatter.svg", "bandwidth_predictor_forecast_1.svg", "bandwidth_predictor_confusion.svg",
                "bandwidth_predictor_times.svg", "bandwidth_predictor_precision_recall.svg",
                "bandwidth_predictor_timeline_1.svg",
            ])
        #expect(plots.allSatisfy { $0.svg.hasPrefix("<svg") && !$0.svg.contains("no data") })
        let text = MarkdownReports.evaluation([model], data: SampleRun.data, plots: [.bandwidth: plots])
        #expect(text.contains("![bandwidth predictor: wan](bandwidth_predictor_forecast_1.svg)"))
        var forest = SampleRun.report(.reliability)
        forest.history = []
        #expect(ReportPlot.training(of: forest) == nil)
    }
}
