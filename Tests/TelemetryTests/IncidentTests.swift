import Failures
import Foundation
import TestSupport
import Testing

@testable import Telemetry

@Suite struct IncidentFileTests {
    private let folder: TemporaryFolder
    private let schema: Schema

    init() throws {
        folder = try TemporaryFolder()
        schema = try PlainSchema.make()
    }

    private func read(_ text: String) throws -> IncidentFile {
        try IncidentFile.read(folder.file("incidents.json", text), schema: schema)
    }

    private static let start = 1_772_323_200_000_000 as Int64

    @Test("texts and numbers, timestamp or start, null peers and other keys are understood")
    func understood() throws {
        let file = try read("""
            [{"timestamp": "2026-03-01T00:00:00Z", "node_id": 1, "peer_id": null, "incident_type": "member_crash",
              "severity": "high", "resolved": true, "magnitude": null, "note": {"by": ["me"]}},
             {"timestamp": "ignored", "start": 1772323200.5, "end": 1772323201, "node_id": "a", "peer_id": 2,
              "incident_type": "packet_loss", "severity": "low", "resolved": false}]
            """.replacingOccurrences(of: "\"ignored\"", with: "\"2026-03-01T09:00:00Z\""))
        #expect(file.findings.isEmpty)
        #expect(file.entries == [1, 2])
        #expect(
            file.incidents == [
                Incident(
                    node: "1", type: "member_crash", severity: "high", resolved: true, start: Self.start,
                    end: Self.start + 60_000_000),
                Incident(
                    node: "a", peer: "2", type: "packet_loss", severity: "low", resolved: false, start: Self.start + 500_000,
                    end: Self.start + 1_000_000),
            ])
    }

    @Test("each defect of an entry is found with its number", arguments: [
        ("{\"node_id\": 1}", Finding.Kind.missingKey, Finding.Severity.error),
        ("{\"node_id\": null}", .missingKey, .error),
        ("{\"node_id\": 1, \"incident_type\": \"packet_loss\"}", .missingKey, .error),
        ("7", .wrongJSONType, .error), ("null", .wrongJSONType, .error), ("[]", .wrongJSONType, .error),
        ("{\"node_id\": true, \"incident_type\": \"packet_loss\", \"start\": 5}", .wrongJSONType, .error),
        ("{\"node_id\": 1.5, \"incident_type\": \"packet_loss\", \"start\": 5}", .wrongJSONType, .error),
        ("{\"node_id\": \"\", \"incident_type\": \"packet_loss\", \"start\": 5}", .wrongJSONType, .error),
        ("{\"node_id\": 1, \"incident_type\": 3, \"start\": 5}", .wrongJSONType, .error),
        ("{\"node_id\": 1, \"incident_type\": \"packet_loss\", \"start\": [5]}", .wrongJSONType, .error),
        ("{\"node_id\": 1, \"incident_type\": \"packet_loss\", \"start\": \"noon\"}", .badIncidentTime, .error),
        ("{\"node_id\": 1, \"incident_type\": \"packet_loss\", \"start\": 1772323200000}", .badIncidentTime, .error),
        ("{\"node_id\": 1, \"incident_type\": \"packet_loss\", \"start\": 5, \"end\": 4}", .endBeforeStart, .error),
        ("{\"node_id\": 1, \"incident_type\": \"rain\", \"start\": 5}", .unknownIncidentType, .warning),
        ("{\"node_id\": 1, \"incident_type\": \"packet_loss\", \"start\": 5, \"severity\": \"bad\"}",
            .unknownSeverity, .warning),
        ("{\"node_id\": 1, \"incident_type\": \"packet_loss\", \"start\": 5, \"severity\": 3}", .wrongJSONType, .warning),
        ("{\"node_id\": 1, \"incident_type\": \"packet_loss\", \"start\": 5, \"resolved\": \"yes\"}",
            .wrongJSONType, .warning),
        ("{\"node_id\": 9, \"incident_type\": \"packet_loss\", \"start\": 5}", .duplicateIncident, .warning),
    ])
    func defects(entry: String, kind: Finding.Kind, severity: Finding.Severity) throws {
        let file = try read("[{\"node_id\": 9, \"incident_type\": \"packet_loss\", \"start\": 5}, \(entry)]")
        #expect(file.findings.map(\.kind).first == kind)
        #expect(file.findings.allSatisfy { $0.severity == severity && $0.entries == [2] && $0.source == .incidents })
        let kept = severity == .warning && kind != .duplicateIncident
        #expect(file.entries == (kept ? [1, 2] : [1]))
    }

    @Test("entries with the same defect share one finding")
    func shared() throws {
        let file = try read("[" + (0..<9).map { _ in "{\"node_id\": 1}" }.joined(separator: ",") + "]")
        let missing = try #require(file.findings.first { $0.column == "incident_type" })
        #expect(missing.count == 9)
        #expect(missing.entries == [1, 2, 3, 4, 5])
    }

    @Test("what is no JSON array is one finding", arguments: ["", "{", "{}", "3", "\"x\"", "[1,", "\u{feff}x", "nul"])
    func noArray(text: String) throws {
        let file = try read(text)
        #expect(file.findings.map(\.kind) == [.brokenDocument])
        #expect(file.findings[0].severity == .error)
    }

    @Test("an empty array is a warning, a missing file a missing input")
    func empty() throws {
        #expect(try read("[]").findings.map(\.severity) == [.warning])
        let error = #expect(throws: InputFileError.self) { try IncidentFile.read("/nowhere/i.json", schema: schema) }
        #expect(error?.category == .missingInput)
    }

    @Test("validation checks incidents against the telemetry, and only models that use them are rejected by them")
    func validated() throws {
        let data = try folder.file("data.csv", TelemetrySample.olderRecorder().text)
        let incidents = try folder.file("incidents.json", """
            [{"start": "2026-03-01T00:00:10Z", "node_id": "node-1", "incident_type": "packet_loss"},
             {"start": "2026-03-01T00:00:10Z", "node_id": "node-9", "incident_type": "packet_loss"},
             {"start": "2026-03-02T00:00:10Z", "node_id": "node-1", "incident_type": "packet_loss"},
             {"start": "2026-03-01T00:00:10Z", "node_id": "node-1", "peer_id": "node-1", "incident_type": "packet_loss"},
             {"start": "2026-03-01T00:00:10Z", "incident_type": "packet_loss"}]
            """)
        let report = try TelemetryValidator.validate(data, schema: schema, incidents: incidents)
        #expect(report.incidents == 4)
        let kinds = report.findings.filter { $0.source == .incidents }.map(\.kind)
        #expect(kinds == [.missingKey, .unknownNode, .outsideRecording])
        #expect(report.findings.first { $0.kind == .unknownNode }?.entries == [2, 4])
        #expect(report.findings.first { $0.kind == .outsideRecording }?.entries == [3])
        #expect(!report.isAccepted)
        #expect(try TelemetryValidator.validate(data, schema: schema, models: [.bandwidth], incidents: incidents).isAccepted)
        #expect(throws: InputFileError.self) {
            try TelemetryValidator.validate(data, schema: schema, incidents: "/nowhere/incidents.json")
        }
    }
}
