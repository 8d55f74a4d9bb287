extension ValidationReport {
    /// The report for people: what the file holds, the verdict, then every finding.
    /// - Parameter notes: whether findings of severity `info` are listed too.
    public func text(notes: Bool = true) -> String {
        var lines = [summary, verdict]
        for severity in [Finding.Severity.error, .warning] {
            lines += findings(of: severity).flatMap { ["\(severity.rawValue): \(headline($0))"] + details($0) }
        }
        if notes { lines += noteLines() }
        return lines.joined(separator: "\n")
    }

    private var summary: String {
        var text = "\(path): \(counted(rows, "row")), \(counted(columns, "column")), \(counted(links, "link"))"
        if let firstInstant, let lastInstant { text += ", \(firstInstant) to \(lastInstant)" }
        if let incidentsPath { text += "\n\(incidentsPath): \(counted(incidents ?? 0, "usable incident"))" }
        return text
    }

    private var verdict: String {
        let counts = [
            counted(findings(of: .error).count, "error"), counted(findings(of: .warning).count, "warning"),
            counted(findings(of: .info).count, "note"),
        ].joined(separator: ", ")
        let models = trainableModels.map(\.rawValue).joined(separator: ", ")
        return isAccepted ? "accepted for \(models): \(counts)" : "REJECTED: \(counts)"
    }

    private func headline(_ finding: Finding) -> String {
        let file = finding.source == .incidents ? "incidents, " : ""
        let model = finding.model.map { "model \($0.rawValue)" }
        let subject = [finding.column, model].compactMap { $0 }.joined(separator: ", ")
        let title = subject.isEmpty ? finding.kind.title : "\(subject): \(finding.kind.title)"
        return "\(file)\(title)\(finding.count > 1 ? ", \(finding.count) times" : "")"
    }

    private func details(_ finding: Finding) -> [String] {
        var lines = ["    found \(finding.found)\(whereabouts(finding)), expected \(finding.expected)"]
        if !finding.advice.isEmpty { lines.append("    \(finding.advice)") }
        return lines
    }

    private func whereabouts(_ finding: Finding) -> String {
        let more = finding.count > max(finding.places.count, finding.entries.count) ? ", …" : ""
        if !finding.places.isEmpty { return " in " + finding.places.map(\.description).joined(separator: ", ") + more }
        if !finding.entries.isEmpty {
            return " in \(finding.entries.count == 1 ? "entry" : "entries") "
                + finding.entries.map(String.init).joined(separator: ", ") + more
        }
        return ""
    }

    /// One line for each kind that only lists columns, one line for each other note.
    private func noteLines() -> [String] {
        let notes = findings(of: .info)
        var lines: [String] = []
        for kind in [Finding.Kind.unknownColumn, .constantColumn] {
            let columns = notes.filter { $0.kind == kind }.compactMap(\.column)
            if !columns.isEmpty { lines.append("note: \(kind.title): \(columns.joined(separator: ", "))") }
        }
        return lines + notes.filter { $0.kind != .unknownColumn && $0.kind != .constantColumn }.map {
            "note: \(headline($0)): \($0.found)\(whereabouts($0))"
        }
    }

    private func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}
