/// What a pass over a file means, by the schema's rules.
struct ValidationFindings {
    private let pass: TelemetryPass
    private let schema: Schema
    private let needs: ColumnNeeds

    /// - Parameter pass: has looked at every column of the schema.
    init(_ pass: TelemetryPass, schema: Schema, models: Set<ModelKind>?) {
        self.pass = pass
        self.schema = schema
        needs = ColumnNeeds(schema: schema, models: models, header: pass.header)
    }

    /// Errors are not yet first.
    func report(threads: Int) -> ValidationReport {
        let (first, last) = (pass.placed.timestamps.min(), pass.placed.timestamps.max())
        return ValidationReport(
            path: pass.path, rows: pass.rowCount, columns: pass.header.count, links: pass.links.links.count,
            firstInstant: first.map(Instant.text), lastInstant: last.map(Instant.text), trainableModels: needs.trainable,
            findings: fileFindings() + headerFindings() + pass.tallies.flatMap(cellFindings) + timeFindings()
                + OrderedWork.map(pass.tallies, threads: threads, outlierFinding).compactMap { $0 })
    }

    // MARK: The file as a whole

    private func fileFindings() -> [Finding] {
        if pass.header.isEmpty {
            return [
                Finding(
                    .emptyFile, .error, found: "no line of text", expected: "a header and rows",
                    advice: "check the recorder's output")
            ]
        }
        var findings = pass.broken.map { [Finding($0)] } ?? []
        if pass.ragged.count > 0 {
            findings.append(
                Finding(
                    .raggedRow, .error, count: pass.ragged.count, places: pass.ragged.places, found: pass.ragged.found,
                    expected: "\(pass.header.count), as many as the header has",
                    advice: "quote cells that contain commas, or remove rows that were cut off"))
        }
        if pass.rowCount == 0 {
            findings.append(
                Finding(.noRows, .error, found: "a header only", expected: "rows", advice: "check the recorder's output"))
        } else if pass.rowCount < schema.quality.minimumRows {
            findings.append(
                Finding(
                    .tooFewRows, .error, count: pass.rowCount, found: "\(pass.rowCount) rows",
                    expected: "at least \(schema.quality.minimumRows) (quality.minimum_rows of the schema)",
                    advice: "record for longer: nothing can be learnt and judged from so little"))
        }
        return findings
    }

    // MARK: The header

    private func headerFindings() -> [Finding] {
        guard !pass.header.isEmpty else { return [] }
        return missingColumnFindings() + duplicateFindings() + unknownFindings()
    }

    private func missingColumnFindings() -> [Finding] {
        let identity = schema.columns.filter { $0.required && !pass.header.contains($0.name) }.map { column in
            Finding(
                .missingRequiredColumn, .error, column: column.name, found: "no such column",
                expected: "\(column.name) in every file: \(column.meaning)", advice: missingAdvice(column.name))
        }
        let severity: Finding.Severity = needs.named == nil ? .warning : .error
        let leaveOut = needs.named == nil
            ? "the model is left out; add the column to train it" : "or leave the model out of --models"
        let ofModels = needs.missing.flatMap { model, columns in
            if columns.isEmpty {
                let used = schema.columnsUsed(by: model).joined(separator: ", ")
                return [
                    Finding(
                        .missingRequiredColumn, severity, model: model, found: "no column of its features",
                        expected: "one at least of \(used)", advice: leaveOut)
                ]
            }
            return columns.map { column in
                Finding(
                    .missingRequiredColumn, severity, column: column, model: model, found: "no such column",
                    expected: "\(column), which the model needs", advice: "\(missingAdvice(column)); \(leaveOut)")
            }
        }
        guard needs.trainable.isEmpty, identity.isEmpty, needs.named == nil else { return identity + ofModels }
        let nothing = Finding(
            .noTrainableModel, .error, found: "the required columns of no model", expected: "those of one model at least",
            advice: "add the columns named in the warnings")
        return [nothing] + ofModels
    }

    private func missingAdvice(_ column: String) -> String {
        func plain(_ name: String) -> String { name.lowercased().filter { $0.isLetter || $0.isNumber } }
        if let similar = pass.header.first(where: { plain($0) == plain(column) }) {
            return "the file has \(excerpt(similar)): rename it to \(column)"
        }
        if pass.header.count == 1, let only = pass.header.first, only.contains(";") || only.contains("\t") {
            return "the header holds no comma: separate cells by commas"
        }
        return "record the column \(column), or map another to it with `dwcp import`"
    }

    private func duplicateFindings() -> [Finding] {
        let counts = Dictionary(pass.header.map { ($0, 1) }, uniquingKeysWith: +)
        return schema.columns.filter { counts[$0.name, default: 0] > 1 }.map { column in
            let count = counts[column.name, default: 0]
            return Finding(
                .duplicateColumn, needs.severity(ofDefectsIn: column.name), column: column.name, count: count,
                found: "\(count) columns of that name", expected: "one",
                advice: "rename or remove the others; only the first is read")
        }
    }

    private func unknownFindings() -> [Finding] {
        let known = Set(schema.columns.map(\.name))
        var seen = Set<String>()
        return pass.header.filter { !known.contains($0) && seen.insert($0).inserted }.map { name in
            Finding(
                .unknownColumn, .info, column: name.isEmpty ? "(no name)" : String(excerpt(name).dropFirst().dropLast()),
                found: "a column that the schema does not define", expected: "columns of the schema",
                advice: "it is not read; define it in the schema to use it")
        }
    }

    // MARK: Cells

    private func cellFindings(_ tally: ColumnTally) -> [Finding] {
        let column = tally.decoder.definition
        let severity = needs.severity(ofDefectsIn: column.name)
        var findings: [Finding] = []
        if tally.unreadable.count > 0 {
            let kind: Finding.Kind = switch column.type {
            case .datetime: .badTimestamp
            case .categorical: .unknownCategory
            case .float, .int64, .string: .wrongType
            }
            let advice = severity == .error
                ? "correct the cells, or leave them empty where nothing was measured" : "such cells count as missing"
            findings.append(
                Finding(
                    kind, severity, column: column.name, count: tally.unreadable.count, places: tally.unreadable.places,
                    found: tally.unreadable.found, expected: tally.decoder.expectation, advice: advice))
        }
        if tally.outOfRange.count > 0 {
            findings.append(rangeFinding(tally, severity))
        }
        if let finding = missingFinding(tally) { findings.append(finding) }
        if tally.isConstant, column.availability != .neverFeature {
            findings.append(
                Finding(
                    .constantColumn, .info, column: column.name, count: tally.filled,
                    found: "only the value \(tally.smallest)", expected: "values that differ",
                    advice: "a model can learn nothing from it"))
        }
        return findings
    }

    private func rangeFinding(_ tally: ColumnTally, _ severity: Finding.Severity) -> Finding {
        let column = tally.decoder.definition
        let bounds = [column.minimum.map { "at least \($0)" }, column.maximum.map { "at most \($0)" }].compactMap { $0 }
        let advice = severity == .error
            ? "check unit and sensor, or leave the cells empty; the schema sets the range"
            : "the values are used as they are"
        return Finding(
            .outOfRange, severity, column: column.name, count: tally.outOfRange.count, places: tally.outOfRange.places,
            found: "\(tally.outOfRange.found) (smallest \(tally.smallest), largest \(tally.largest))",
            expected: "\(bounds.joined(separator: " and ")) \(column.unit)".trimmingSpaces, advice: advice)
    }

    private func missingFinding(_ tally: ColumnTally) -> Finding? {
        let column = tally.decoder.definition
        let severity = needs.severity(ofGapsIn: column.name)
        let limit = column.missingLimit ?? schema.quality.missingLimit
        let share = Double(tally.missing.count) / Double(max(pass.wholeRows, 1))
        guard share > limit else { return nil }
        let advice = severity == .error
            ? "complete the recording, leave the models that need the column out of --models, or raise its missing_limit "
                + "in the schema"
            : "features from it will often be missing"
        return Finding(
            .tooManyMissing, severity, column: column.name, count: tally.missing.count, places: tally.missing.places,
            found: "\(percent(share)) empty cells", expected: "at most \(percent(limit))", advice: advice)
    }

    /// Quartiles of the sample, as the nearest order statistics.
    private func outlierFinding(_ tally: ColumnTally) -> Finding? {
        let column = tally.decoder.definition
        let values = tally.sample.filter { !$0.isNaN }
        guard column.availability != .neverFeature, values.count >= 20 else { return nil }
        let lower = values.orderStatistic((values.count - 1) / 4)
        let upper = values.orderStatistic((values.count - 1) * 3 / 4)
        guard upper > lower else { return nil }
        let reach = Float(schema.quality.outlierIQRMultiplier) * (upper - lower)
        let outside = values.count { $0 < lower - reach || $0 > upper + reach }
        guard outside > 0 else { return nil }
        let share = percent(Double(outside) / Double(values.count))
        return Finding(
            .outliers, .info, column: column.name, count: outside,
            found: "\(share) of \(values.count) sampled values lie outside of \(lower - reach) … \(upper + reach)",
            expected: "quartiles ± \(schema.quality.outlierIQRMultiplier) times their distance",
            advice: "nothing is removed; look at them if the share surprises")
    }

    // MARK: Time

    private func timeFindings() -> [Finding] {
        let times = SeriesTimes(pass.placed, links: pass.links.links, gapFactor: schema.quality.gapFactor)
        var findings: [Finding] = []
        if times.outOfOrder.count > 0 {
            findings.append(
                Finding(
                    .outOfOrder, .warning, column: Schema.timestampColumn, count: times.outOfOrder.count,
                    places: times.outOfOrder.places, found: times.outOfOrder.found,
                    expected: "ascending instants on each link",
                    advice: "rows are sorted by time inside their link before use; check the recorder's clock"))
        }
        if times.duplicates.count > 0 { findings.append(duplicateInstants(times.duplicates)) }
        if times.gaps.count > 0 {
            findings.append(
                Finding(
                    .gaps, .info, column: Schema.timestampColumn, count: times.gaps.count, places: times.gaps.places,
                    found: "\(times.gaps.found); the longest lasts \(times.longestGap) s",
                    expected: "steps of at most \(schema.quality.gapFactor) times the link's median step",
                    advice: "no window reaches across a gap"))
        }
        return findings
    }

    private func duplicateInstants(_ duplicates: Occurrences) -> Finding {
        let severe = Double(duplicates.count) > schema.quality.missingLimit * Double(pass.rowCount)
        return Finding(
            .duplicateInstants, severe ? .error : .warning, column: Schema.timestampColumn, count: duplicates.count,
            places: duplicates.places, found: duplicates.found, expected: "one row for each link and instant",
            advice: severe
                ? "make node_id and peer_id tell links apart, or record instants finely enough"
                : "the first row of an instant is used, the others are left out")
    }

    private func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10) %" }
}

extension String {
    fileprivate var trimmingSpaces: String { hasSuffix(" ") ? String(dropLast()) : self }
}
