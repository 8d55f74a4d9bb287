public import Metrics
public import Telemetry

/// Judges the bandwidth predictor: next row's throughput of the same link, against the last value and other simple answers.
public enum BandwidthJudge {
    public static func judge(
        _ model: WrittenModel, on test: Part<HeldOut>, reference: BandwidthReference, context: JudgementContext
    ) throws -> ModelJudgement {
        let rows = try Forecasts(model, test: test, reference: reference, context: context)
        let units = Units.blocks(series: rows.links, length: context.blockLength)
        let resamples = context.resamples(units)
        let judged = rows.scored(rows.predicted, units)
        let baselines = rows.simpleAnswers().map { answer in
            let scored = rows.scored(answer.values, units)
            return BaselineResult(
                answer.name, answer.strength,
                metrics: [
                    "correlation": scored.correlation(units.once), "mape": scored.mape(units.once),
                    comparedOn: scored.error(units.once),
                ],
                comparedOn: comparedOn, difference: resamples.difference(of: scored.error, minus: judged.error))
        }
        let evidence = Evidence(
            metrics: metrics(judged, rows, resamples, units) + (try context.operationalMetrics(model)), baselines: baselines,
            testRows: rows.actual.count, units: units.count, unitsNeeded: context.unitsNeeded,
            unitName: "blocks of \(context.blockLength) windows", rowsNeeded: context.rowsNeeded,
            brokenOutputs: rows.predicted.count { !$0.isFinite })
        let scored = rows.scored(rows.predicted, .rows(rows.actual.count))
        return context.judgement(
            evidence, leftOut: rows.leftOut,
            perLinkType: context.rowsByLinkType(rows.frame, rows: rows.endRows).map { group in
                let weights = scored.weights(of: group.indices)
                let values = ["correlation": scored.correlation(weights), "mape": scored.mape(weights)]
                return GroupResult(name: group.name, rows: group.indices.count, metrics: values.compactMapValues { $0 })
            },
            plots: rows.plots(context))
    }

    /// What decides whether a baseline is beaten: defined for constant forecasts too, unlike correlation.
    private static let comparedOn = "rmse_standardised"

    private static func metrics(
        _ judged: ScoredForecasts, _ rows: Forecasts, _ resamples: Resamples, _ units: Units
    ) -> [MetricResult] {
        let raw = RegressionSums(predicted: rows.predicted, actual: rows.actual)
        return [
            MetricResult(
                "correlation", resamples.estimate(judged.correlation),
                definition: "Pearson's correlation of values standardised per link by the train part's mean and deviation"),
            MetricResult(
                "mape", resamples.estimate(judged.mape), unit: "%",
                definition: "mean |error| / actual over rows above the floor (a share of the link's train median)"),
            MetricResult(
                "correlation_pooled", Estimate(value: raw.correlation),
                definition: "correlation of raw values over all links"),
            MetricResult(
                "wape", Estimate(value: raw.weightedAbsolutePercentageError), unit: "%", definition: "Σ|error| / Σ actual"),
            MetricResult("mae", Estimate(value: raw.meanAbsoluteError), unit: "Mbit/s", definition: "mean |error|"),
            MetricResult(
                "rmse", Estimate(value: raw.rootMeanSquaredError), unit: "Mbit/s", definition: "root mean squared error"),
            MetricResult(
                comparedOn, resamples.estimate(judged.error),
                definition: "root mean squared error of values standardised per link; decides against baselines"),
            MetricResult("r2", Estimate(value: raw.rSquared), definition: "1 − Σ error² / Σ (actual − mean)², raw values"),
        ]
    }
}

/// The model's forecasts of the test part with everything to compare them with; arrays are per window.
struct Forecasts {
    let frame: FeatureFrame<HeldOut>
    let windows: WindowSet<HeldOut>
    let endRows: [Int]
    let links: [Int]
    let names: [String]
    let actual: [Double]
    let predicted: [Double]
    let histories: [Double]
    let reference: BandwidthReference
    let floorShare: Double
    var leftOut: [String: Int]

    init(
        _ model: WrittenModel, test: Part<HeldOut>, reference: BandwidthReference, context: JudgementContext
    ) throws {
        let frame = try FeatureFrame(test, plan: model.plan)
        let target = try context.schema.targetColumn(of: .bandwidth, in: frame)
        let candidates = WindowSet(frame, windowLength: model.windowLength, requiresNextRow: true)
        windows = WindowSet(frame, windowLength: model.windowLength, requiresNextRow: true) { rows in
            target[rows.upperBound].isFinite
        }
        self.frame = frame
        endRows = windows.endRows.map { Int($0) }
        links = endRows.map { Int(frame.linkOfRow[$0]) }
        names = links.map { frame.links[$0].description }
        actual = endRows.map { Double(target[$0 + 1]) }
        predicted = try model.outputs(windows).map { Double($0) }
        guard let throughput = model.plan.featureNames.firstIndex(of: BandwidthFeature.lastValue) else {
            throw WrittenModelError(
                path: model.path, found: "no feature \(BandwidthFeature.lastValue)",
                expected: "the one that simple forecasts are made from")
        }
        histories = (0 ..< windows.count).flatMap { [windows] window in
            windows.rows(ofWindow: window).map { Double(frame.values[$0 * frame.featureCount + throughput]) }
        }
        self.reference = reference
        floorShare = context.number("floor_share", default: 0.01)
        leftOut = ["windows whose next throughput is missing": candidates.count - windows.count]
        leftOut["windows of links without a scale in the train part (correlation and comparisons)"] =
            standardised(predicted).leftOut
        leftOut["windows at or below the floor (MAPE only)"] = actual.indices.count { actual[$0] <= floor(of: $0) }
    }

    /// Forecasts and truth in units of each link's own scale in the train part. Windows of a link that the train part does not
    /// know are left out: the scale of all links would measure which link a window belongs to.
    func standardised(_ forecasts: [Double]) -> StandardisedPairs {
        StandardisedPairs(
            predicted: forecasts, actual: actual, group: links,
            scales: frame.links.map { reference.links[$0.description]?.scale })
    }

    func floor(of window: Int) -> Double { max(0, reference.link(names[window]).median * floorShare) }

    func scored(_ forecasts: [Double], _ units: Units) -> ScoredForecasts {
        let raw = UnitTotals(units) { row in
            RegressionSums(predicted: forecasts[row], actual: actual[row], floor: floor(of: row))
        }
        return ScoredForecasts(raw: raw, standardised: standardised(forecasts).totals(units))
    }

    /// The simple answers to the same question, over the same windows.
    func simpleAnswers() -> [(name: String, strength: BaselineResult.Strength, values: [Double])] {
        let length = windows.windowLength
        var answers: [(name: String, strength: BaselineResult.Strength, values: [Double])] = [
            ("last value", .trivial, WindowForecasts.lastValue(histories, windowLength: length)),
            ("series mean", .trivial, names.map { reference.link($0).scale.center }),
            ("moving average", .strong, WindowForecasts.movingAverage(histories, windowLength: length)),
            (
                "harmonic mean of 5", .strong,
                WindowForecasts.harmonicMean(histories, windowLength: length, steps: min(5, length))
            ),
        ]
        if let regression = reference.autoregression, regression.coefficients.count <= length {
            answers.append(("AR(\(regression.coefficients.count)) ridge", .strong, autoregressive(regression)))
        }
        return answers
    }

    private func autoregressive(_ regression: AutoregressiveRidge) -> [Double] {
        let length = windows.windowLength
        let scales = names.map { reference.link($0).scale }
        let standardised = histories.indices.map { index in
            let scale = scales[index / length]
            return (histories[index] - scale.center) / (scale.deviation > 0 ? scale.deviation : 1)
        }
        let forecasts = regression.predict(standardised, windowLength: length)
        return zip(forecasts, scales).map { $0 * $1.deviation + $1.center }
    }
}

/// Sums of forecasts per unit, from which every gated metric of a resample follows.
struct ScoredForecasts {
    let raw: UnitTotals<RegressionSums>
    let standardised: UnitTotals<RegressionSums>

    func correlation(_ weights: [Double]) -> Double? { standardised.total(weights: weights).correlation }
    func error(_ weights: [Double]) -> Double? { standardised.total(weights: weights).rootMeanSquaredError }
    func mape(_ weights: [Double]) -> Double? { raw.total(weights: weights).meanAbsolutePercentageError }

    /// Weights that count the given units once and the others not.
    func weights(of indices: [Int]) -> [Double] {
        var weights = [Double](repeating: 0, count: raw.totals.count)
        for index in indices { weights[index] = 1 }
        return weights
    }
}

extension Forecasts {
    /// One link of each type over time, and a thinned scatter.
    func plots(_ context: JudgementContext, steps: Int = 240, points: Int = 2000) -> PlotData {
        var plots = PlotData()
        let pairs = standardised(predicted)
        let stride = max(1, (pairs.rows.count + points - 1) / points)
        plots.scatter = Swift.stride(from: 0, to: pairs.rows.count, by: stride).map { place in
            .init(x: pairs.actual[place], y: pairs.predicted[place])
        }
        for group in context.rowsByLinkType(frame, rows: endRows) {
            let link = links[group.indices[0]]
            let shown = group.indices.filter { links[$0] == link }.prefix(steps)
            guard let first = shown.first else { continue }
            let length = windows.windowLength
            plots.forecasts.append(.init(
                title: "\(names[first]) (\(group.name))",
                seconds: shown.map { Double(frame.timestamps[endRows[$0]] - frame.timestamps[endRows[first]]) / 1e6 },
                actual: shown.map { actual[$0] }, predicted: shown.map { predicted[$0] },
                lastValue: shown.map { histories[($0 + 1) * length - 1] }))
        }
        return plots
    }
}
