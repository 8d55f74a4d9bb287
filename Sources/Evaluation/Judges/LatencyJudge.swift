public import Metrics
public import Telemetry

/// Judges the consensus latency model: are windows that hold a labelled step told from those that do not?
public enum LatencyJudge {
    public static func judge(
        _ model: WrittenModel, on test: Part<HeldOut>, incidents: [Incident]?, reference: LatencyReference,
        context: JudgementContext
    ) throws -> ModelJudgement {
        let frame = try FeatureFrame(test, plan: model.plan)
        let target = try context.schema.targetColumn(of: .latency, in: frame)
        let windows = WindowSet(frame, windowLength: model.windowLength)
        let labels = AnomalyLabels(incidents, ofTypes: context.schema.incidents.affectingConsensus, over: frame)
        let inputs = (0 ..< windows.count).flatMap { windows.values(ofWindow: $0) }
        let outputs = try model.outputs(windows)
        let deviations = try model.scoreDeviations(), threshold = try model.threshold()
        let broken = outputs.count { !$0.isFinite }
        let episodes = WindowEpisodes(
            windows, labels: labels, gapWindows: max(1, Int(context.number("episode_gap_windows", default: 1))))
        guard !episodes.windowsOfEpisode.isEmpty else { return unlabelled(windows, labels, threshold, broken, context) }
        let problem = DetectionProblem(
            isAbnormal: episodes.isAbnormal, incidents: episodes.windowsOfEpisode, starts: episodes.starts,
            series: episodes.segments, seconds: episodes.seconds, context: context)
        let scores = ReconstructionScores.meanSquaredErrors(
            windows: inputs, reconstructions: outputs, windowLength: model.windowLength, deviations: deviations)
        let detection = Detection(problem, scores: scores, threshold: threshold)
        let trivial = problem.trivialAnswers(detection, comparedOn: names.rate, metricNames: names, context: context)
        let links = windows.endRows.map { frame.links[Int(frame.linkOfRow[Int($0)])].description }
        let strong = problem.strongAnswers(
            LatencyScores.all(
                reference, histories: windows.histories(of: target), windowLength: model.windowLength, links: links),
            thresholds: reference.thresholds, model: detection, comparedOn: names.rate, names: names)
        let evidence = Evidence(
            metrics: metrics(detection, problem, inputs, outputs) + (try context.operationalMetrics(model)),
            baselines: trivial + strong.results, testRows: windows.count, units: problem.incidents.count,
            unitsNeeded: context.unitsNeeded, unitName: "episodes", rowsNeeded: context.rowsNeeded, brokenOutputs: broken)
        var plots = detection.plots(titles: frame.segmentTitles)
        plots.precisionRecallBaseline = strong.bestCurve
        return context.judgement(
            evidence, leftOut: ["rows in runs shorter than a window": rowsOutsideWindows(windows)],
            settings: ["threshold": threshold],
            randomControl: problem.randomControl(alarmShare: detection.alarmShare, names: names, context: context),
            perLinkType: context.rowsByLinkType(frame, rows: windows.endRows.map { Int($0) }).map { group in
                detection.group(group.name, rows: group.indices, names: names)
            },
            warnings: labels.source == .incidents ? [] : ["labels come from: \(labels.source.rawValue)"], plots: plots)
    }

    private static func rowsOutsideWindows(_ windows: WindowSet<HeldOut>) -> Int {
        windows.frame.segments.reduce(0) { $1.count < windows.windowLength ? $0 + $1.count : $0 }
    }

    private static let names = DetectionNames(rate: "detection_accuracy", recall: "episode_recall")

    private static func unlabelled(
        _ windows: WindowSet<HeldOut>, _ labels: AnomalyLabels, _ threshold: Double, _ broken: Int,
        _ context: JudgementContext
    ) -> ModelJudgement {
        let why = labels.source == .none
            ? "no labels: neither an incidents file nor a column is_anomaly"
            : "no window of the test part holds a labelled step that affects consensus"
        return context.judgement(
            Evidence(
                metrics: [], baselines: [], testRows: windows.count, units: 0, unitsNeeded: context.unitsNeeded,
                unitName: "episodes", brokenOutputs: broken, missingTruth: "\(why); \(context.unitsNeeded) episodes would do"),
            settings: ["threshold": threshold], plots: PlotData())
    }

    private static func metrics(
        _ detection: Detection, _ problem: DetectionProblem, _ inputs: [Float], _ outputs: [Float]
    ) -> [MetricResult] {
        let absolute = zip(inputs, outputs).reduce(0.0) { $0 + Double(abs($1.0 - $1.1)) } / Double(max(1, inputs.count))
        return [
            MetricResult(
                "detection_accuracy",
                problem.resamples.estimate(detection.accuracy).boundedByWilson(units: problem.units.count),
                definition: "share of windows told right; a window is abnormal when any step inside is labelled"),
            MetricResult(
                "episode_recall", detection.recallEstimate,
                definition: "share of labelled episodes with at least one alarming window"),
            MetricResult(
                "pr_auc", problem.resamples.estimate(detection.prAUC),
                definition: "average precision over windows, no point adjustment"),
            MetricResult(
                "precision", Estimate(value: detection.counts.precision),
                definition: "share of alarming windows that are abnormal"),
            MetricResult(
                "recall", Estimate(value: detection.counts.recall), definition: "share of abnormal windows that alarm"),
            MetricResult("f1", Estimate(value: detection.counts.f1), definition: "harmonic mean of precision and recall"),
            MetricResult(
                "median_delay", Estimate(value: detection.medianDelay), unit: "s",
                definition: "median time from an episode's first labelled step to its first alarm"),
            MetricResult(
                "reconstruction_mae", Estimate(value: absolute),
                definition: "mean |reconstruction − input| over all features, their units"),
        ]
    }
}
