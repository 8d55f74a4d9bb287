import Metrics
import Randomness
import Telemetry

/// The rows (or windows) of a detection task with their labels, shared by a model and its baselines.
struct DetectionProblem {
    let isAbnormal: [Bool]
    /// Rows of each incident or episode, in time order.
    let incidents: [[Int]]
    /// Start of each incident, seconds.
    let starts: [Double]
    let series: [Int]
    let seconds: [Double]
    let units: Units
    let resamples: Resamples
    /// Blocks of normal rows.
    let normalUnits: Int

    init(
        isAbnormal: [Bool], incidents: [[Int]], starts: [Double], series: [Int], seconds: [Double], context: JudgementContext
    ) {
        self.isAbnormal = isAbnormal
        self.incidents = incidents
        self.starts = starts
        self.series = series
        self.seconds = seconds
        units = Units.incidentsAndBlocks(incidents, series: series, length: context.blockLength)
        resamples = context.resamples(units)
        normalUnits = units.count - incidents.count
    }

    var baseRate: Double { Double(isAbnormal.count { $0 }) / Double(isAbnormal.count) }

    /// The paired comparisons of a model with simple scores and their thresholds, and the precision-recall curve of the best.
    func strongAnswers(
        _ answers: [(name: String, scores: [Double])], thresholds: [String: AlarmThreshold], model: Detection,
        comparedOn: String, names: DetectionNames
    ) -> (results: [BaselineResult], bestCurve: [PlotData.Point]) {
        let detections = answers.map { answer in
            (answer.name, Detection(self, scores: answer.scores, threshold: thresholds[answer.name]?.value))
        }
        let ranked = detections.compactMap { _, detection in detection.prAUC(units.once).map { (area: $0, detection) } }
        let best = ranked.max { $0.area < $1.area }
        let results = detections.map { name, detection in
            compare(model, with: detection, name: name, strength: .strong, comparedOn: comparedOn, names: names)
        }
        return (results, best?.1.curve ?? [])
    }

    /// The paired comparison of a model with another answer.
    func compare(
        _ model: Detection, with other: Detection, name: String, strength: BaselineResult.Strength, comparedOn: String,
        names: DetectionNames
    ) -> BaselineResult {
        BaselineResult(
            name, strength, metrics: other.summary(names), comparedOn: comparedOn,
            difference: resamples.difference(of: model.statistic(comparedOn), minus: other.statistic(comparedOn)))
    }

    /// Always normal, always alarm (where false alarms are gated) and a random score.
    func trivialAnswers(
        _ model: Detection, comparedOn: String, metricNames names: DetectionNames, context: JudgementContext
    ) -> [BaselineResult] {
        let count = isAbnormal.count
        var random = context.stream.child("random baseline")
        let constant = [Double](repeating: 0, count: count)
        let answers: [(String, [Double], Double?)] = [
            ("always normal", constant, .infinity), ("always alarm", constant, -.infinity),
            ("random score", (0 ..< count).map { _ in random.uniform() }, 1 - model.alarmShare),
        ]
        let asked = answers.filter { $0.0 != "always alarm" || names.rate == "false_positive_rate" }
        return asked.map { name, scores, threshold in
            compare(
                model, with: Detection(self, scores: scores, threshold: threshold), name: name, strength: .trivial,
                comparedOn: name == "random score" ? "pr_auc" : comparedOn, names: names)
        }
    }

    /// Metrics of a random score that alarms as often as the model, mean over seeds.
    func randomControl(alarmShare: Double, names: DetectionNames, context: JudgementContext) -> [String: Double] {
        var control: [String: Double] = [:]
        for name in ["pr_auc", names.recall, names.rate] {
            control[name] = context.randomControl(rows: isAbnormal.count) { scores in
                let detection = Detection(self, scores: scores, threshold: 1 - alarmShare)
                return detection.summary(names)[name] ?? nil
            }
        }
        return control
    }

    /// Score over time for the series with the most abnormal rows, from a little before the first of them.
    func timelines(
        scores: [Double], threshold: Double, titles: [String], count: Int = 3, points: Int = 600
    ) -> [PlotData.Timeline] {
        var rowsOfSeries = [[Int]](repeating: [], count: titles.count)
        for (row, number) in series.enumerated() { rowsOfSeries[number].append(row) }
        let busiest = rowsOfSeries.indices.filter { rowsOfSeries[$0].count > 1 }.sorted { a, b in
            let left = rowsOfSeries[a].count { isAbnormal[$0] }, right = rowsOfSeries[b].count { isAbnormal[$0] }
            return left == right ? a < b : left > right
        }
        return busiest.prefix(count).map { number in
            let all = rowsOfSeries[number]
            let firstAbnormal = all.firstIndex { isAbnormal[$0] } ?? 0
            let rows = Array(all.dropFirst(max(0, firstAbnormal - points / 10)).prefix(points))
            let first = seconds[rows[0]]
            let runs = Incidents.episodes(labels: rows.map { isAbnormal[$0] }, series: rows.map { _ in 0 })
            return PlotData.Timeline(
                title: titles[number], seconds: rows.map { seconds[$0] - first }, score: rows.map { scores[$0] },
                threshold: threshold,
                labelled: runs.map { [seconds[rows[$0.lowerBound]] - first, seconds[rows[$0.upperBound - 1]] - first] })
        }
    }
}

/// What a task calls its alarm-level metrics.
struct DetectionNames {
    /// `false_positive_rate` or `detection_accuracy`.
    let rate: String
    /// `incident_recall` or `episode_recall`.
    let recall: String
}

/// A score with its threshold on a detection problem.
struct Detection {
    let scores: [Double]
    let threshold: Double?
    let counts: AlarmCounts
    private let problem: DetectionProblem
    private let alarms: [Bool]
    private let ranked: RankedScores?
    private let countTotals: UnitTotals<AlarmCounts>
    private let found: [Bool]

    /// - Parameter threshold: rows scoring at least this are alarms; nil when none could be chosen, then nothing is.
    init(_ problem: DetectionProblem, scores: [Double], threshold: Double?) {
        self.problem = problem
        self.scores = scores
        self.threshold = threshold
        let alarms = scores.map { $0 >= threshold ?? .infinity }
        self.alarms = alarms
        counts = AlarmCounts(labels: problem.isAbnormal, alarms: alarms)
        ranked = RankedScores(scores: scores, labels: problem.isAbnormal, units: problem.units)
        countTotals = UnitTotals(problem.units) { AlarmCounts(label: problem.isAbnormal[$0], alarm: alarms[$0]) }
        found = Incidents.found(problem.incidents, alarms: alarms)
    }

    var alarmShare: Double { Double(alarms.count { $0 }) / Double(alarms.count) }
    var rocAUC: Double? { ranked?.rocAUC() }

    func prAUC(_ weights: [Double]) -> Double? { ranked?.averagePrecision(weights: weights) }
    func falsePositiveRate(_ weights: [Double]) -> Double? { countTotals.total(weights: weights).falsePositiveRate }
    func accuracy(_ weights: [Double]) -> Double? { countTotals.total(weights: weights).accuracy }

    /// Incidents are the first units, in their order.
    func recall(_ weights: [Double]) -> Double? {
        var hit = 0.0, all = 0.0
        for (incident, isFound) in found.enumerated() {
            all += weights[incident]
            if isFound { hit += weights[incident] }
        }
        return all > 0 ? hit / all : nil
    }

    var recallEstimate: Estimate { problem.resamples.estimate(recall).boundedByWilson(units: problem.incidents.count) }

    func statistic(_ name: String) -> Resamples.Statistic {
        switch name {
        case "pr_auc": prAUC
        case "detection_accuracy": accuracy
        case "false_positive_rate": falsePositiveRate
        default: recall
        }
    }

    func summary(_ names: DetectionNames) -> [String: Double?] {
        let once = problem.units.once
        return ["pr_auc": prAUC(once), names.recall: recall(once), names.rate: statistic(names.rate)(once)]
    }

    var alarmsPerDay: Double? {
        Incidents.alarmsPerDay(alarms: alarms, series: problem.series, seconds: problem.seconds)
    }

    var medianDelay: Double? {
        let delays = Incidents.delays(problem.incidents, alarms: alarms, seconds: problem.seconds, starts: problem.starts)
        return quantile(ofSorted: delays.compactMap { $0 }.sorted(), 0.5)
    }

    var curve: [PlotData.Point] {
        ranked?.precisionRecallCurve().map { .init(x: $0.recall, y: $0.precision) } ?? []
    }

    /// Precision over recall, and scores over time under the title of each series.
    func plots(titles: [String]) -> PlotData {
        var plots = PlotData()
        plots.precisionRecall = curve
        plots.timelines = problem.timelines(scores: scores, threshold: threshold ?? .infinity, titles: titles)
        return plots
    }

    /// The metrics of a subset of rows.
    func group(_ name: String, rows: [Int], names: DetectionNames) -> GroupResult {
        let inside = Set(rows)
        let touched = problem.incidents.indices.filter { problem.incidents[$0].contains(where: inside.contains) }
        let hit = touched.count { incident in problem.incidents[incident].contains { inside.contains($0) && alarms[$0] } }
        let counts = AlarmCounts(labels: rows.map { problem.isAbnormal[$0] }, alarms: rows.map { alarms[$0] })
        let ranked = RankedScores(scores: rows.map { scores[$0] }, labels: rows.map { problem.isAbnormal[$0] })
        let values: [String: Double?] = [
            names.recall: touched.isEmpty ? nil : Double(hit) / Double(touched.count),
            names.rate: names.rate == "false_positive_rate" ? counts.falsePositiveRate : counts.accuracy,
            "pr_auc": ranked?.averagePrecision(),
        ]
        return GroupResult(name: name, rows: rows.count, metrics: values.compactMapValues { $0 })
    }
}

extension FeatureFrame {
    /// The link of each segment.
    var segmentTitles: [String] { segments.map { links[Int(linkOfRow[$0.lowerBound])].description } }
}
