/// The links and the time that a recording covers, to see whether incidents belong to it.
struct RecordingScope {
    let links: [LinkKey]
    /// Earliest and latest instant, microseconds; nil without rows.
    let first: Int64?
    let last: Int64?

    func findings(for file: IncidentFile) -> [Finding] {
        guard let first, let last else { return [] }
        let numbered = Array(zip(file.incidents, file.entries))
        let strangers = numbered.filter { incident, _ in !links.contains(where: incident.affects) }
        let outside = numbered.filter { incident, _ in incident.end < first || incident.start > last }
        var findings: [Finding] = []
        if let (incident, _) = strangers.first {
            let name = excerpt(incident.node) + (incident.peer.map { " with peer \(excerpt($0))" } ?? "")
            findings.append(
                finding(
                    .unknownNode, strangers.map(\.1), found: "node \(name)", expected: "nodes and links of the telemetry",
                    advice: "no row is labelled by it; check node_id and peer_id"))
        }
        if let (incident, _) = outside.first {
            findings.append(
                finding(
                    .outsideRecording, outside.map(\.1), found: Instant.text(incident.start),
                    expected: "incidents between \(Instant.text(first)) and \(Instant.text(last))",
                    advice: "no row is labelled by it; check whether the two files belong together"))
        }
        return findings
    }

    private func finding(
        _ kind: Finding.Kind, _ entries: [Int], found: String, expected: String, advice: String
    ) -> Finding {
        Finding(
            kind, .warning, source: .incidents, count: entries.count, entries: Array(entries.prefix(Finding.placeLimit)),
            found: found, expected: expected, advice: advice)
    }
}
