public import Metrics
public import Telemetry

/// Judges the node reliability model: does it raise an alarm during each labelled incident, and rarely otherwise?
public enum ReliabilityJudge {
    /// - Parameter incidents: nil when there is no incidents file.
    public static func judge(
        _ model: WrittenModel, on test: Part<HeldOut>, incidents: [Incident]?, reference: ReliabilityReference,
        context: JudgementContext
    ) throws -> ModelJudgement {
        let frame = try FeatureFrame(test, plan: model.plan)
        let labels = AnomalyLabels(incidents, over: frame)
        let threshold = try model.threshold()
        let scores = try model.outputs(WindowSet(frame, windowLength: 1)).map { Double($0) }
        let broken = scores.count { !$0.isFinite }
        guard !labels.rowsOfIncident.isEmpty else { return unlabelled(frame, labels, threshold, broken, context) }
        let problem = DetectionProblem(
            isAbnormal: labels.isAbnormal, incidents: labels.rowsOfIncident, starts: labels.starts.map { Double($0) / 1e6 },
            series: labels.segmentOfRow, seconds: frame.timestamps.map { Double($0) / 1e6 }, context: context)
        let detection = Detection(problem, scores: scores, threshold: threshold)
        let trivial = problem.trivialAnswers(detection, comparedOn: "pr_auc", metricNames: names, context: context)
        let strong = problem.strongAnswers(
            ReliabilityScores.all(reference, over: frame.values), thresholds: reference.thresholds, model: detection,
            comparedOn: "pr_auc", names: names)
        let evidence = Evidence(
            metrics: metrics(detection, problem) + (try context.operationalMetrics(model)),
            baselines: trivial + strong.results, testRows: frame.rowCount, units: problem.incidents.count,
            unitsNeeded: context.unitsNeeded, unitName: "incidents", rowsNeeded: context.rowsNeeded, brokenOutputs: broken)
        var plots = detection.plots(titles: frame.segmentTitles)
        plots.precisionRecallBaseline = strong.bestCurve
        return context.judgement(
            evidence, settings: ["threshold": threshold],
            randomControl: problem.randomControl(alarmShare: detection.alarmShare, names: names, context: context),
            perLinkType: context.rowsByLinkType(frame, rows: Array(0 ..< frame.rowCount)).map { group in
                detection.group(group.name, rows: group.indices, names: names)
            },
            warnings: labels.source == .incidents ? [] : ["labels come from: \(labels.source.rawValue)"],
            plots: plots)
    }

    private static let names = DetectionNames(rate: "false_positive_rate", recall: "incident_recall")

    private static func unlabelled(
        _ frame: FeatureFrame<HeldOut>, _ labels: AnomalyLabels, _ threshold: Double, _ broken: Int, _ context: JudgementContext
    ) -> ModelJudgement {
        let why = labels.source == .none
            ? "no labels: neither an incidents file nor a column is_anomaly" : "no labelled incident touches the test part"
        return context.judgement(
            Evidence(
                metrics: [], baselines: [], testRows: frame.rowCount, units: 0, unitsNeeded: context.unitsNeeded,
                unitName: "incidents", brokenOutputs: broken, missingTruth: "\(why); \(context.unitsNeeded) incidents would do"),
            settings: ["threshold": threshold], plots: PlotData())
    }

    private static func metrics(_ detection: Detection, _ problem: DetectionProblem) -> [MetricResult] {
        [
            MetricResult(
                "incident_recall", detection.recallEstimate,
                definition: "share of labelled incidents with at least one alarm between start and end"),
            MetricResult(
                "pr_auc", problem.resamples.estimate(detection.prAUC),
                definition: "average precision over rows, no point adjustment"),
            MetricResult(
                "false_positive_rate",
                problem.resamples.estimate(detection.falsePositiveRate).boundedByWilson(units: problem.normalUnits),
                definition: "share of normal rows with an alarm"),
            MetricResult(
                "point_recall", Estimate(value: detection.counts.recall), definition: "share of abnormal rows with an alarm"),
            MetricResult(
                "precision", Estimate(value: detection.counts.precision), definition: "share of alarms on abnormal rows"),
            MetricResult(
                "f1", Estimate(value: detection.counts.f1), definition: "harmonic mean of precision and point recall"),
            MetricResult("roc_auc", Estimate(value: detection.rocAUC), definition: "area under the ROC curve over rows"),
            MetricResult(
                "alarms_per_day", Estimate(value: detection.alarmsPerDay),
                definition: "runs of alarms per day, all links together"),
            MetricResult(
                "median_delay", Estimate(value: detection.medianDelay), unit: "s",
                definition: "median time from an incident's start to its first alarm, found incidents only"),
        ]
    }
}
