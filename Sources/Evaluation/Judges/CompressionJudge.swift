import Expressions
public import Metrics
public import Telemetry

/// Judges the compression selector against the level that would have been best for each block.
public enum CompressionJudge {
    /// - Parameter profile: for recordings without measured codec columns.
    public static func judge(
        _ model: WrittenModel, on test: Part<HeldOut>, reference: CompressionReference, profile: CodecProfile?,
        context: JudgementContext
    ) throws -> ModelJudgement {
        guard let choices = try LevelChoices(model, test: test, profile: profile, context: context) else {
            return context.judgement(unlabelled(test, context), plots: PlotData())
        }
        let units = Units.blocks(series: choices.links, length: context.blockLength)
        let resamples = context.resamples(units)
        let accuracy = choices.accuracy(choices.chosen, units)
        let baselines = choices.simpleAnswers(reference).map { answer in
            let theirs = choices.accuracy(answer.levels, units)
            return BaselineResult(
                answer.name, answer.strength,
                metrics: [
                    "accuracy": theirs(units.once),
                    "accuracy_strict": choices.strictAccuracy(answer.levels, units)(units.once),
                    "regret": choices.regret(answer.levels, units)(units.once),
                ],
                comparedOn: "accuracy", difference: resamples.difference(of: accuracy, minus: theirs))
        }
        let evidence = Evidence(
            metrics: choices.metrics(resamples, units, fixed: reference.bestFixedLevel)
                + (try context.operationalMetrics(model)),
            baselines: baselines, testRows: choices.best.count, units: units.count, unitsNeeded: context.unitsNeeded,
            unitName: "blocks of \(context.blockLength) rows", rowsNeeded: context.rowsNeeded,
            brokenOutputs: choices.brokenOutputs, imitation: choices.imitation(model.plan))
        var settings = ["tie_band": choices.tieBand]
        if let fixed = reference.bestFixedLevel { settings["best_fixed_level"] = Double(fixed) }
        return context.judgement(
            evidence, leftOut: ["rows without a label": choices.unlabelled],
            settings: settings,
            perLinkType: context.rowsByLinkType(choices.frame, rows: choices.rows).map { group in
                let right = group.indices.count { choices.isRight(choices.chosen[$0], row: $0) }
                return GroupResult(
                    name: group.name, rows: group.indices.count,
                    metrics: ["accuracy": Double(right) / Double(group.indices.count)])
            },
            warnings: ["labels come from: \(choices.oracle.source.rawValue)"]
                + (choices.timesAreKnown ? [] : ["no transfer time is known: gain and regret cannot be computed"]),
            plots: choices.plots())
    }

    private static func unlabelled(_ test: Part<HeldOut>, _ context: JudgementContext) -> Evidence {
        Evidence(
            metrics: [], baselines: [], testRows: test.rowCount, units: 0, unitsNeeded: context.unitsNeeded, unitName: "blocks",
            missingTruth: "no row of the test part has a best level: neither measured codec columns nor a codec profile's "
                + "inputs nor optimal_compression; \(context.rowsNeeded) labelled rows would do")
    }
}

/// The levels that the model chose on the labelled rows of the test part; arrays are per labelled row.
struct LevelChoices {
    let frame: FeatureFrame<HeldOut>
    let oracle: CompressionOracle
    let rows: [Int]
    let links: [Int]
    let best: [Int]
    let chosen: [Int]
    let tieBand: Double
    let unlabelled: Int
    let brokenOutputs: Int
    private let tableRows: [Int]

    /// - Returns: nil when no row has a label.
    init?(_ model: WrittenModel, test: Part<HeldOut>, profile: CodecProfile?, context: JudgementContext) throws {
        let frame = try FeatureFrame(test, plan: model.plan)
        guard let oracle = CompressionOracle(table: test.table, profile: profile) else { return nil }
        let windows = WindowSet(frame, windowLength: 1) { rows in
            oracle.bestLevels[Int(frame.sourceRows[rows.lowerBound])] >= 0
        }
        guard windows.count > 0 else { return nil }
        self.frame = frame
        self.oracle = oracle
        rows = windows.endRows.map { Int($0) }
        tableRows = rows.map { Int(frame.sourceRows[$0]) }
        links = rows.map { Int(frame.linkOfRow[$0]) }
        best = tableRows.map { Int(oracle.bestLevels[$0]) }
        let probabilities = try model.outputs(windows)
        brokenOutputs = probabilities.count { !$0.isFinite }
        let levels = CompressionOracle.levelCount
        chosen = stride(from: 0, to: probabilities.count, by: levels).map { start in
            (0 ..< levels).reduce(0) { probabilities[start + $1] > probabilities[start + $0] ? $1 : $0 }
        }
        tieBand = context.number("tie_band", default: 0.01)
        unlabelled = frame.rowCount - windows.count
    }

    var timesAreKnown: Bool { !oracle.milliseconds.isEmpty }

    /// Whether a level's time is within the tie band of the row's best.
    func isRight(_ level: Int, row: Int) -> Bool { oracle.isRight(level, row: tableRows[row], band: tieBand) }

    func milliseconds(_ row: Int, _ level: Int) -> Double {
        guard timesAreKnown else { return .nan }
        return Double(oracle.milliseconds[tableRows[row] * CompressionOracle.levelCount + level])
    }

    private func wireBytes(_ row: Int, _ level: Int) -> Double {
        guard timesAreKnown else { return .nan }
        return Double(oracle.wireBytes[tableRows[row] * CompressionOracle.levelCount + level])
    }

    func accuracy(_ levels: [Int], _ units: Units) -> Resamples.Statistic {
        UnitTotals(units) { MeanSums(isRight(levels[$0], row: $0)) }.statistic(\.mean)
    }

    func strictAccuracy(_ levels: [Int], _ units: Units) -> Resamples.Statistic {
        UnitTotals(units) { MeanSums(levels[$0] == best[$0]) }.statistic(\.mean)
    }

    /// Mean milliseconds lost against the oracle.
    func regret(_ levels: [Int], _ units: Units) -> Resamples.Statistic {
        UnitTotals(units) { MeanSums(milliseconds($0, levels[$0]) - milliseconds($0, best[$0])) }.statistic(\.mean)
    }

    func metrics(_ resamples: Resamples, _ units: Units, fixed: Int?) -> [MetricResult] {
        let confusion = ConfusionMatrix(truth: best, chosen: chosen, classCount: CompressionOracle.levelCount)
        let gain = UnitTotals(units) { row in
            MeanSums(fixed.map { milliseconds(row, $0) - milliseconds(row, chosen[row]) } ?? .nan)
        }
        let bytes = UnitTotals(units) { MeanSums(wireBytes($0, chosen[$0]) - wireBytes($0, best[$0])) }
        return [
            MetricResult(
                "accuracy", resamples.estimate(accuracy(chosen, units)).boundedByWilson(units: units.count),
                definition: "share of rows whose chosen level takes at most \(VerdictRule.short(tieBand * 100)) % longer than "
                    + "the best"),
            MetricResult(
                "gain", resamples.estimate(gain.statistic(\.mean)), unit: "ms",
                definition: "mean time saved per block against the best fixed level chosen on validation"),
            MetricResult(
                "accuracy_strict", resamples.estimate(strictAccuracy(chosen, units)),
                definition: "share of rows whose chosen level is the best itself"),
            MetricResult(
                "regret", resamples.estimate(regret(chosen, units)), unit: "ms",
                definition: "mean time lost per block against the oracle"),
            MetricResult(
                "regret_bytes", resamples.estimate(bytes.statistic(\.mean)), unit: "bytes",
                definition: "mean bytes on the wire beyond the oracle's; negative where a slower level was chosen"),
            MetricResult("macro_f1", Estimate(value: confusion.macroF1), definition: "mean F1 over levels, strict"),
        ]
    }

    func simpleAnswers(
        _ reference: CompressionReference
    ) -> [(name: String, strength: BaselineResult.Strength, levels: [Int])] {
        var answers: [(name: String, strength: BaselineResult.Strength, levels: [Int])] = [
            ("majority level (\(reference.majorityLevel))", .trivial, constant(reference.majorityLevel)),
        ]
        answers += (0 ..< CompressionOracle.levelCount).map { ("always level \($0)", .trivial, constant($0)) }
        if let neighbours = reference.neighbours {
            let levels = neighbours.predict(rows.flatMap { frame.row($0) }).map { $0 ?? reference.majorityLevel }
            answers.append(("nearest neighbours", .strong, levels))
        }
        return answers
    }

    private func constant(_ level: Int) -> [Int] { Array(repeating: level, count: best.count) }

    /// Why the labels would be a function of the model's own inputs: every column that decides them enters unlagged.
    func imitation(_ plan: FeaturePlan) -> String? {
        let sources = oracle.columns
        let isImitation = sources.allSatisfy { column in
            plan.features.contains { $0.formula.minimumLag(ofColumn: column) == 0 }
        }
        return isImitation ? "the labels are computed from \(sources.joined(separator: ", ")), all of them inputs" : nil
    }

    func plots() -> PlotData {
        var plots = PlotData()
        plots.confusion = ConfusionMatrix(truth: best, chosen: chosen, classCount: CompressionOracle.levelCount).counts
        let oracleTime = best.indices.reduce(0) { $0 + milliseconds($1, best[$1]) }
        func relative(_ levels: [Int]) -> Double {
            levels.indices.reduce(0) { $0 + milliseconds($1, levels[$1]) } / oracleTime
        }
        guard oracleTime.isFinite else { return plots }
        plots.relativeTimes = [.init(name: "model", value: relative(chosen))]
            + (0 ..< CompressionOracle.levelCount).map { .init(name: "level \($0)", value: relative(constant($0))) }
        return plots
    }
}
