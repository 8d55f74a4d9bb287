extension Schema {
    /// Everything in which the sections of the document do not fit together, one sentence each; empty when it can be used.
    public func consistencyProblems() -> [String] {
        groupProblems() + columns.flatMap(problems(of:)) + identityProblems() + targetProblems() + modelProblems()
            + qualityProblems() + splitProblems() + incidentProblems()
    }

    private func groupProblems() -> [String] {
        var problems = repeated(groups).map { "groups: `\($0)` is listed twice" }
        problems += repeated(columns.map(\.name)).map { "columns: `\($0)` is defined twice" }
        let used = Set(columns.map(\.group))
        problems += groups.filter { !used.contains($0) }.map { "groups: no column belongs to `\($0)`" }
        return problems
    }

    private func problems(of column: ColumnDefinition) -> [String] {
        var problems: [String] = []
        if !column.name.isFormulaName {
            problems.append("formulas can use no such name: it needs letters, digits and underscores, and no digit first")
        }
        if !groups.contains(column.group) { problems.append("its group `\(column.group)` is not among the groups") }
        if let low = column.minimum, let high = column.maximum, !(low <= high) {
            problems.append("its minimum \(low) is above its maximum \(high)")
        }
        if !column.type.isNumeric, column.minimum != nil || column.maximum != nil {
            problems.append("only numbers have a minimum and a maximum, its type is \(column.type.rawValue)")
        }
        if let limit = column.missingLimit, !(0...1).contains(limit) {
            problems.append("its missing_limit \(limit) is not a share between 0 and 1")
        }
        switch (column.type, column.categories) {
        case (.categorical, let categories):
            if categories?.isEmpty ?? true { problems.append("a categorical column lists its categories") }
            problems += repeated(categories ?? []).map { "its category `\($0)` is listed twice" }
            if categories?.contains("") == true { problems.append("an empty category cannot be told from a missing cell") }
        case (_, .some): problems.append("only categorical columns list categories, its type is \(column.type.rawValue)")
        case (_, nil): break
        }
        return problems.map { "column `\(column.name)`: \($0)" }
    }

    private func identityProblems() -> [String] {
        Self.identityColumns.compactMap { name in
            let type: ColumnType = name == Self.timestampColumn ? .datetime : .string
            guard let column = column(name) else {
                return "columns: `\(name)` is not defined; it says when or where a row was recorded"
            }
            if column.type != type { return "column `\(name)`: its type must be \(type.rawValue)" }
            return column.required ? nil : "column `\(name)`: it must be required"
        }
    }

    private func targetProblems() -> [String] {
        var problems = targets.isEmpty ? ["targets: the list is empty"] : []
        problems += repeated(targets.map(\.name)).map { "targets: `\($0)` is defined twice" }
        for target in targets {
            if column(target.column) == nil {
                problems.append("target `\(target.name)`: no column `\(target.column)` is defined")
            }
            if !TargetDefinition.kinds.contains(target.kind) {
                problems.append("target `\(target.name)`: kind `\(target.kind)` is none of \(list(TargetDefinition.kinds))")
            }
        }
        return problems
    }

    private func modelProblems() -> [String] {
        ModelKind.allCases.flatMap { kind in
            guard let model = models[kind] else { return ["models: `\(kind.rawValue)` is not defined"] }
            return (shapeProblems(of: model) + featureProblems(of: kind, model) + gateProblems(of: model))
                .map { "model `\(kind.rawValue)`: \($0)" }
        }
    }

    private func shapeProblems(of model: ModelDefinition) -> [String] {
        var problems: [String] = []
        if !(1...100_000).contains(model.windowLength) {
            problems.append("window_length \(model.windowLength) is not 1 to 100000")
        }
        if model.features.isEmpty { problems.append("no features: its input would be empty") }
        problems += model.requiredColumns.filter { column($0) == nil }.map { "required column `\($0)` is not defined" }
        for (section, numbers) in [("hyperparameters", model.hyperparameters), ("judgement", model.judgement)] {
            problems += numbers.filter { !$0.value.isFinite || $0.value < 0 }.keys.sorted().map {
                "\(section): `\($0)` must be a finite number, zero or above"
            }
        }
        return problems
    }

    /// Formulas that cannot be read, and columns they must not read.
    private func featureProblems(of kind: ModelKind, _ model: ModelDefinition) -> [String] {
        do {
            _ = try FeatureSelection(kind, definition: model, schema: self, availableColumns: Set(columns.map(\.name)))
            return []
        } catch {
            // What is missing here is no column of the schema at all, which is a problem of its own in the list.
            return error.problems.filter { if case .missingColumns = $0 { false } else { true } }.map(\.description)
        }
    }

    private func gateProblems(of model: ModelDefinition) -> [String] {
        var problems = model.gates.isEmpty ? ["gates: the list is empty, nothing could pass"] : []
        problems += repeated(model.gates.map(\.metric)).map { "gates: `\($0)` is gated twice" }
        for gate in model.gates {
            if !GateDefinition.knownMetrics.contains(gate.metric) {
                problems.append("gate `\(gate.metric)`: no such metric; known are \(list(GateDefinition.knownMetrics))")
            }
            if let flag = gate.flag, !GateDefinition.knownFlags.contains(flag) {
                let known = list(GateDefinition.knownFlags)
                problems.append("gate `\(gate.metric)`: no such flag `\(flag)`; known are \(known)")
            }
            if !gate.target.isFinite { problems.append("gate `\(gate.metric)`: its target is not a finite number") }
        }
        return problems
    }

    private func qualityProblems() -> [String] {
        var problems: [String] = []
        if !(0...1).contains(quality.missingLimit) {
            problems.append("missing_limit \(quality.missingLimit) is not between 0 and 1")
        }
        if !(quality.outlierIQRMultiplier > 0) { problems.append("outlier_iqr_multiplier must be above 0") }
        if !(quality.gapFactor > 1) { problems.append("gap_factor must be above 1: a usual step is no gap") }
        if quality.minimumRows < 1 { problems.append("minimum_rows must be 1 or more") }
        return problems.map { "quality: \($0)" }
    }

    private func splitProblems() -> [String] {
        var problems: [String] = []
        let shares = [("train", split.train), ("validation", split.validation), ("test", split.test)]
        problems += shares.filter { !($0.1 > 0 && $0.1 < 1) }.map { "\($0.0) \($0.1) is not between 0 and 1" }
        let sum = split.train + split.validation + split.test
        if !(abs(sum - 1) <= 1e-9) { problems.append("train, validation and test sum to \(sum), not to 1") }
        let longest = models.values.map(\.windowLength).max() ?? 0
        if split.embargoSteps < longest {
            problems.append(
                "embargo_steps \(split.embargoSteps) is shorter than the longest window, \(longest): rows would leak")
        }
        return problems.map { "split: \($0)" }
    }

    private func incidentProblems() -> [String] {
        var problems: [String] = []
        if !(incidents.defaultDurationSeconds > 0 && incidents.defaultDurationSeconds <= 366 * 86_400) {
            problems.append("default_duration_seconds must be above 0 and at most a year")
        }
        if incidents.types.isEmpty { problems.append("types: the list is empty") }
        problems += (repeated(incidents.types) + repeated(incidents.severities)).map { "`\($0)` is listed twice" }
        problems += incidents.affectingConsensus.filter { !incidents.types.contains($0) }.map {
            "affecting_consensus: `\($0)` is not among the types"
        }
        return problems.map { "incidents: \($0)" }
    }

    private func repeated(_ names: [String]) -> [String] {
        Dictionary(grouping: names) { $0 }.filter { $0.value.count > 1 }.keys.sorted()
    }

    private func list(_ names: [String]) -> String { names.joined(separator: ", ") }
}

extension Schema.TargetDefinition {
    static let kinds = ["regression", "classification", "anomaly", "time_series"]
}

extension GateDefinition {
    /// The metrics that a gate may name: those of `judgement.md`'s table, and the three that every model shares.
    public static let knownMetrics = [
        "accuracy", "accuracy_strict", "correlation", "correlation_pooled", "detection_accuracy", "episode_recall", "f1",
        "false_positive_rate", "gain", "incident_recall", "inference_p99_ms", "mae", "mape", "model_size_mb", "point_recall",
        "pr_auc", "precision", "r2", "recall", "rmse", "roc_auc", "training_time_seconds", "wape",
    ]

    /// The flags that override a gate's target.
    public static let knownFlags = [
        "--target-correlation", "--target-mape", "--target-accuracy", "--target-recall", "--target-pr-auc", "--max-fp-rate",
    ]
}

extension ColumnType {
    var isNumeric: Bool { self == .int64 || self == .float }
}

extension String {
    fileprivate var isFormulaName: Bool {
        let bytes = Array(utf8)
        guard let first = bytes.first else { return false }
        let letters = bytes.map { $0 == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) }
        let digits = bytes.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return first < 0x80 && letters[0] && zip(letters, digits).allSatisfy { $0 || $1 }
    }
}
