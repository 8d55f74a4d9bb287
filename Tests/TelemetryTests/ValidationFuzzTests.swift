import Failures
import Foundation
import Randomness
import TestSupport
import Testing

@testable import Telemetry

/// Files spoilt at random: reading and validating must end, with findings or explained errors and nothing else.
@Suite struct ValidationFuzzTests {
    private let folder: TemporaryFolder
    private let schema: Schema

    init() throws {
        folder = try TemporaryFolder()
        var schema = try PlainSchema.make()
        schema.quality.minimumRows = 1
        self.schema = schema
    }

    private static let splinters: [[UInt8]] = [
        [0x22], [0x2c], [0x0a], [0x0d, 0x0a], [0], [0xff], [0xef, 0xbb, 0xbf], Array("nan".utf8), Array("1e999".utf8),
        Array("\"\"".utf8), Array("-".utf8), Array("99999999999999999999".utf8), Array("{[".utf8), Array("2026-".utf8),
    ]

    private func spoil(_ bytes: [UInt8], _ random: inout RandomStream) -> [UInt8] {
        var bytes = bytes
        for _ in 0...random.below(4) where !bytes.isEmpty {
            let place = random.below(bytes.count)
            switch random.below(6) {
            case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(contentsOf: Self.splinters[random.below(Self.splinters.count)], at: place)
            case 3: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random.below(60)))
            case 4: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + random.below(200))], at: place)
            default: bytes.removeSubrange(place...)
            }
        }
        return bytes
    }

    /// Runs `body`, which may throw explained errors only.
    private func explained(_ round: Int, _ body: () throws -> Void) {
        do { try body() } catch {
            #expect(error is any ExplainedError, "round \(round): \(error)")
            #expect(!"\(error)".isEmpty)
        }
    }

    private func check(_ path: String, _ round: Int) {
        explained(round) {
            let report = try TelemetryValidator.validate(path, schema: schema)
            #expect(!report.text().isEmpty)
            #expect(report.findings.allSatisfy { $0.count >= 1 && $0.places.count <= Finding.placeLimit })
            // What validation accepts, reading accepts.
            guard report.isAccepted else { return }
            let columns = Set(schema.columns.map(\.name))
            let table = try TelemetryFile.read(path, columns: columns, schema: schema, tolerating: report.toleratedColumns)
            #expect(table.rowCount == report.rows, "round \(round)")
        }
        explained(round) { _ = try TelemetryFile.read(path, columns: ["rtt_ms", "link_type", "region"], schema: schema) }
    }

    @Test("spoilt CSV files")
    func csv() throws {
        var random = RandomStream(seed: 1).child("csv")
        let original = Array(TelemetrySample.olderRecorder(rows: 12).text.utf8)
        for round in 0..<1000 { check(try folder.file("data.csv", spoil(original, &random)), round) }
    }

    @Test("spoilt gzip files")
    func gzip() throws {
        var random = RandomStream(seed: 1).child("gzip")
        let original = Array(try Fixture.data("Telemetry/older_recorder.csv.gz"))
        for round in 0..<150 { check(try folder.file("data.csv.gz", spoil(original, &random)), round) }
    }

    @Test("spoilt incident files")
    func incidents() throws {
        var random = RandomStream(seed: 1).child("incidents")
        let original = Array("""
            [{"timestamp": "2026-03-01T00:00:00Z", "node_id": 1, "peer_id": null, "incident_type": "member_crash",
              "severity": "high", "resolved": true}, {"start": 1772323200.5, "end": 1772323201, "node_id": "a", "peer_id": 2,
              "incident_type": "packet_loss", "severity": "low", "resolved": false}]
            """.utf8)
        for round in 0..<800 {
            let path = try folder.file("incidents.json", spoil(original, &random))
            explained(round) {
                let file = try IncidentFile.read(path, schema: schema)
                #expect(file.incidents.count == file.entries.count)
                #expect(file.incidents.allSatisfy { $0.start <= $0.end })
            }
        }
    }

    @Test("spoilt schemas and deeply nested JSON")
    func schemas() throws {
        var random = RandomStream(seed: 1).child("schema")
        let original = Array(try Data(contentsOf: URL(fileURLWithPath: ShippedSchema.path)))
        for round in 0..<40 {
            let path = try folder.file("schema.json", spoil(original, &random))
            explained(round) { _ = try Schema.load(path) }
        }
        let codec = Array(try Data(contentsOf: URL(fileURLWithPath: ShippedSchema.codecPath)))
        for round in 0..<200 {
            let path = try folder.file("codec.json", spoil(codec, &random))
            explained(round) {
                let profile = try CodecProfile.load(path)
                for level in 0..<CodecProfile.levelCount { #expect(profile.ratio(level: level, baseRatio: 3) > 0) }
            }
        }
        let deep = try folder.file("deep.json", String(repeating: "[", count: 200_000))
        #expect(try IncidentFile.read(deep, schema: schema).findings.map(\.kind) == [.brokenDocument])
    }
}
