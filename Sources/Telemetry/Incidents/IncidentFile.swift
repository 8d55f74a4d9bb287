import Foundation

/// A file of labelled incidents: a JSON array of {timestamp, or start and end; node_id; peer_id; incident_type; severity;
/// resolved}. Other keys are allowed and left alone.
public struct IncidentFile: Sendable, Equatable {
    /// The usable incidents, in file order.
    public let incidents: [Incident]
    /// For each of them the number of its entry in the file, counted from 1.
    public let entries: [Int]
    /// Everything wrong with the file; entries with an error are not among `incidents`.
    public let findings: [Finding]

    /// Reads an incident file.
    ///
    /// Instants are ISO-8601 texts or seconds since 1970. An incident without an end lasts the schema's
    /// `default_duration_seconds`. Node and peer may be texts or whole numbers. An unknown type or severity is a warning.
    /// - Throws: `InputFileError` when the file cannot be read. Whatever it holds is a finding.
    public static func read(_ path: String, schema: Schema) throws -> IncidentFile {
        let data = try InputFile.document(path)
        let document: JSONValue
        do {
            document = try JSONDecoder().decode(JSONValue.self, from: data)
        } catch {
            let detail: String
            if case DecodingError.dataCorrupted(let context) = error {
                let syntax = (context.underlyingError as NSError?)?.userInfo[NSDebugDescriptionErrorKey] as? String
                detail = syntax ?? context.debugDescription
            } else {
                detail = "\(error)"
            }
            return broken("no valid JSON (\(detail))", "correct the document")
        }
        guard case .array(let entries) = document else {
            return broken(document.typeName, "put the incidents in brackets: [{…}, {…}]")
        }
        var reading = IncidentReading(rules: schema.incidents)
        for (index, entry) in entries.enumerated() { reading.add(entry, number: index + 1) }
        return IncidentFile(incidents: reading.incidents, entries: reading.entries, findings: reading.allFindings)
    }

    private static func broken(_ found: String, _ advice: String) -> IncidentFile {
        IncidentFile(
            incidents: [], entries: [],
            findings: [
                Finding(
                    .brokenDocument, .error, source: .incidents, found: found, expected: "a JSON array of incidents",
                    advice: advice)
            ])
    }
}

/// Turns the entries of an incident file into incidents and findings.
private struct IncidentReading {
    let rules: Schema.IncidentRules
    private(set) var incidents: [Incident] = []
    private(set) var entries: [Int] = []
    private var seen = Set<Incident>()
    /// One for each kind, key and severity, in order of appearance.
    private var findings: [Finding] = []
    /// Whether the current entry has an error.
    private var entryFailed = false

    init(rules: Schema.IncidentRules) { self.rules = rules }

    var allFindings: [Finding] {
        guard incidents.isEmpty, findings.isEmpty else { return findings }
        return [
            Finding(
                .noIncidents, .warning, source: .incidents, found: "an empty array", expected: "labelled incidents",
                advice: "without labels the models that detect incidents cannot be judged")
        ]
    }

    mutating func add(_ entry: JSONValue, number: Int) {
        guard case .object(let members) = entry else {
            return note(
                .wrongJSONType, .error, number, found: entry.typeName, expected: "an object", "write each incident as {…}")
        }
        entryFailed = false
        let node = identifier("node_id", members, number)
        if node == nil, !entryFailed { noteMissing("node_id", number, "name the node on which it happened") }
        let peer = identifier("peer_id", members, number)
        let type = text("incident_type", members, number, .error)
        if type == nil, !entryFailed { noteMissing("incident_type", number, "say what happened") }
        let times = interval(members, number)
        let severity = text("severity", members, number, .warning)
        let resolved = flag("resolved", members, number)
        check(
            type, among: rules.types, .unknownIncidentType, number,
            "it counts as an incident that does not affect consensus; add it to incidents.types of the schema to say more")
        check(
            severity, among: rules.severities, .unknownSeverity, number,
            "severities are shown only, nothing is judged by them")
        guard !entryFailed, let node, let type, let times else { return }
        let incident = Incident(
            node: node, peer: peer, type: type, severity: severity, resolved: resolved, start: times.start, end: times.end)
        guard seen.insert(incident).inserted else {
            return note(
                .duplicateIncident, .warning, number, found: "the same incident again", expected: "each incident once",
                "the first one counts")
        }
        incidents.append(incident)
        entries.append(number)
    }

    private mutating func interval(_ members: [String: JSONValue], _ number: Int) -> (start: Int64, end: Int64)? {
        let start = instant("start", members, number) ?? instant("timestamp", members, number)
        let end = instant("end", members, number)
        guard let start else {
            if !entryFailed { noteMissing("start", number, "give start (or timestamp) and, if known, end") }
            return nil
        }
        let finish = end ?? start + Int64((rules.defaultDurationSeconds * 1e6).rounded())
        guard finish >= start else {
            note(
                .endBeforeStart, .error, number, found: "\(Instant.text(finish)) before \(Instant.text(start))",
                expected: "an end at or after the start", "correct start or end")
            return nil
        }
        return (start, finish)
    }

    private mutating func instant(_ key: String, _ members: [String: JSONValue], _ number: Int) -> Int64? {
        let value: Int64?
        let found: String
        switch members[key] ?? .null {
        case .null: return nil
        case .text(let text): (value, found) = (Instant.parse(text), excerpt(text))
        case .integer(let seconds): (value, found) = (Instant.fromSeconds(Double(seconds)), "\(seconds)")
        case .number(let seconds): (value, found) = (Instant.fromSeconds(seconds), "\(seconds)")
        case let other:
            note(
                .wrongJSONType, .error, number, key: key, found: other.typeName, expected: "a text or a number",
                "correct the entry")
            return nil
        }
        if value == nil {
            note(
                .badIncidentTime, .error, number, key: key, found: found, expected: Instant.expectation, "correct the entry")
        }
        return value
    }

    private mutating func identifier(_ key: String, _ members: [String: JSONValue], _ number: Int) -> String? {
        switch members[key] ?? .null {
        case .null: return nil
        case .text(let text) where !text.isEmpty: return text
        case .integer(let value): return String(value)
        case .text:
            note(.wrongJSONType, .error, number, key: key, found: "an empty text", expected: "a name", "name the node")
        case .number(let value):
            note(
                .wrongJSONType, .error, number, key: key, found: "\(value)", expected: "a text or a whole number",
                "correct the entry")
        case let other:
            note(
                .wrongJSONType, .error, number, key: key, found: other.typeName, expected: "a text or a whole number",
                "correct the entry")
        }
        return nil
    }

    private mutating func text(
        _ key: String, _ members: [String: JSONValue], _ number: Int, _ severity: Finding.Severity
    ) -> String? {
        switch members[key] ?? .null {
        case .null: return nil
        case .text(let text): return text
        case let other:
            note(.wrongJSONType, severity, number, key: key, found: other.typeName, expected: "a text", "correct the entry")
            return nil
        }
    }

    private mutating func flag(_ key: String, _ members: [String: JSONValue], _ number: Int) -> Bool? {
        switch members[key] ?? .null {
        case .null: return nil
        case .boolean(let value): return value
        case let other:
            note(
                .wrongJSONType, .warning, number, key: key, found: other.typeName, expected: "true or false",
                "nothing is judged by it")
            return nil
        }
    }

    private mutating func check(
        _ value: String?, among known: [String], _ kind: Finding.Kind, _ number: Int, _ advice: String
    ) {
        guard let value, !known.contains(value) else { return }
        note(kind, .warning, number, found: excerpt(value), expected: "one of \(known.joined(separator: ", "))", advice)
    }

    private mutating func noteMissing(_ key: String, _ number: Int, _ advice: String) {
        note(.missingKey, .error, number, key: key, found: "no such key", expected: "\(key) in every incident", advice)
    }

    /// Adds to the finding of the same kind, key and severity, or starts one; the first thing found stands for all.
    private mutating func note(
        _ kind: Finding.Kind, _ severity: Finding.Severity, _ number: Int, key: String? = nil, found: String,
        expected: String, _ advice: String
    ) {
        if severity == .error { entryFailed = true }
        let known = findings.firstIndex { $0.kind == kind && $0.column == key && $0.severity == severity }
        guard let known else {
            findings.append(
                Finding(
                    kind, severity, source: .incidents, column: key, entries: [number], found: found, expected: expected,
                    advice: advice))
            return
        }
        findings[known].count += 1
        if findings[known].entries.count < Finding.placeLimit { findings[known].entries.append(number) }
    }
}
