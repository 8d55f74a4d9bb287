import Failures
import Foundation
import TestSupport
import Testing

@testable import Telemetry

@Suite struct ValidationTests {
    private let folder: TemporaryFolder
    private let schema: Schema

    init() throws {
        folder = try TemporaryFolder()
        schema = try PlainSchema.make()
    }

    private func validate(_ text: String, models: Set<ModelKind>? = nil) throws -> ValidationReport {
        try TelemetryValidator.validate(folder.file("data.csv", text), schema: schema, models: models)
    }

    private func validate(_ sample: TelemetrySample, models: Set<ModelKind>? = nil) throws -> ValidationReport {
        try validate(sample.text, models: models)
    }

    /// Findings that are not notes.
    private func serious(_ report: ValidationReport) -> [Finding] { report.findings.filter { $0.severity != .info } }

    @Test("a file of the older recorder is accepted for all four models")
    func olderRecorder() throws {
        let schema = try ShippedSchema.load()
        let report = try TelemetryValidator.validate(Fixture.url("Telemetry/older_recorder.csv.gz").path, schema: schema)
        #expect(report.isAccepted)
        #expect(serious(report).isEmpty)
        #expect(report.trainableModels == ModelKind.allCases)
        #expect((report.rows, report.columns, report.links) == (240, 26, 2))
        #expect(report.firstInstant == "2026-03-01T00:00:00.000Z")
        #expect(report.lastInstant == "2026-03-01T00:01:59.000Z")
        #expect(try serious(validate(TelemetrySample.olderRecorder())).isEmpty)
    }

    @Test("a slice of the testbed recording is accepted for all four models; its other columns are notes")
    func testbed() throws {
        let schema = try ShippedSchema.load()
        let report = try TelemetryValidator.validate(Fixture.url("Telemetry/testbed_slice.csv.gz").path, schema: schema)
        #expect(serious(report).isEmpty, "\(report.text())")
        #expect(report.trainableModels == ModelKind.allCases)
        #expect((report.rows, report.columns, report.links) == (300, 126, 12))
        #expect(report.findings.contains { $0.kind == .unknownColumn && $0.column == "link_tx_mbps" })
    }

    @Test("text in a number column on the last of 70,001 rows is found and placed")
    func lastRow() throws {
        var text = "timestamp,node_id,peer_id,consensus_latency_ms\n"
        for row in 1...70_001 { text += "\(1_772_323_200 + row),a,b,\(row == 70_001 ? "slow" : "\(row % 97)")\n" }
        let report = try validate(text)
        #expect(!report.isAccepted)
        let finding = try #require(report.findings.first)
        #expect((finding.kind, finding.severity, finding.column) == (.wrongType, .error, "consensus_latency_ms"))
        #expect(finding.places == [RowPlace(row: 70_001, line: 70_002)])
        #expect(finding.found == "\"slow\"")
        #expect(report.text().contains("row 70001 (line 70002)"))
        #expect(report.rows == 70_001)
    }

    @Test("every problem of a file is listed at once")
    func allAtOnce() throws {
        var sample = TelemetrySample.olderRecorder()
        sample["rtt_ms", 3] = "fast"
        sample["packet_loss", 5] = "1.5"
        sample["link_type", 7] = "satellite"
        sample["timestamp", 9] = "noon"
        sample.fill("jitter_ms", rows: 20...90, with: "")
        sample.rows[110].append("extra")
        let report = try validate(sample)
        let errors = report.findings.filter { $0.severity == .error }
        let kinds: Set<Finding.Kind> = [
            .wrongType, .outOfRange, .unknownCategory, .badTimestamp, .tooManyMissing, .raggedRow,
        ]
        #expect(Set(errors.map(\.kind)) == kinds)
        #expect(errors.first { $0.kind == .outOfRange }?.found.hasPrefix("\"1.5\"") == true)
        #expect(errors.first { $0.kind == .tooManyMissing }?.count == 71)
        #expect(errors.first { $0.kind == .tooManyMissing }?.places.count == 5)
        #expect(errors.first { $0.kind == .raggedRow }?.places == [RowPlace(row: 111, line: 112)])
    }

    @Test("counts are complete while places stop at five")
    func counts() throws {
        var sample = TelemetrySample.olderRecorder()
        sample.fill("rtt_ms", rows: 11...60, with: "x")
        let finding = try #require(validate(sample).findings.first { $0.kind == .wrongType })
        #expect(finding.count == 50)
        #expect(finding.places.map(\.row) == [11, 12, 13, 14, 15])
    }

    @Test("a column that no selected model needs can never reject a file", arguments: [
        "x", "-5", "", "1e999", "\"quoted\nbreak\"",
    ])
    func unneeded(cell: String) throws {
        let needed = Set(schema.columnsUsed(by: .latency)).union(Schema.identityColumns)
        var sample = TelemetrySample.olderRecorder()
        for column in sample.header where !needed.contains(column) { sample.fill(column, rows: 1...240, with: cell) }
        let report = try validate(sample, models: [.latency])
        #expect(report.isAccepted, "\(report.text())")
        #expect(!serious(report).isEmpty)
        // The same cells reject the file for the models that need the columns.
        #expect(try validate(sample, models: [.bandwidth]).isAccepted == false)
        // And what was only warned about can be read.
        let table = try TelemetryFile.read(
            folder.file("data.csv", sample.text), columns: Set(sample.header), schema: schema,
            tolerating: report.toleratedColumns)
        #expect(table.rowCount == 240)
    }

    @Test("an optional feature's column rejects by what it holds, not by what it lacks")
    func optional() throws {
        var sample = TelemetrySample.olderRecorder()
        sample.fill("queue_depth", rows: 1...200, with: "")
        #expect(try serious(validate(sample, models: [.bandwidth])).map(\.kind) == [.tooManyMissing])
        #expect(try validate(sample, models: [.bandwidth]).isAccepted)
        sample["queue_depth", 201] = "deep"
        #expect(try validate(sample, models: [.bandwidth]).isAccepted == false)
        #expect(try validate(sample, models: [.latency]).isAccepted)
    }

    @Test("a model whose features are all optional needs one of them")
    func allOptional() throws {
        var schema = schema
        schema.models[.reliability]?.features = ["uptime_pct", "timeout_rate"].map {
            FeatureDefinition(name: $0, formula: $0, required: false)
        }
        var sample = TelemetrySample.olderRecorder()
        let path = try folder.file("with.csv", sample.text)
        #expect(try TelemetryValidator.validate(path, schema: schema, models: [.reliability]).isAccepted)
        sample.remove("uptime_pct")
        let without = try folder.file("without.csv", sample.text)
        let report = try TelemetryValidator.validate(without, schema: schema, models: [.reliability])
        #expect(report.findings.first?.expected == "one at least of timeout_rate, uptime_pct")
        #expect(report.trainableModels.isEmpty)
    }

    @Test("a missing column is an error for a model that was named, else the model is only left out")
    func missingColumn() throws {
        var sample = TelemetrySample.olderRecorder()
        sample.remove("uptime_pct")
        let named = try validate(sample, models: [.bandwidth, .reliability])
        let finding = try #require(named.findings.first)
        #expect((finding.kind, finding.severity) == (.missingRequiredColumn, .error))
        #expect((finding.column, finding.model) == ("uptime_pct", .reliability))
        #expect(finding.advice.contains("--models"))
        #expect(named.trainableModels == [.bandwidth])
        #expect(named.findings.count { $0.severity == .error } == 1)

        let open = try validate(sample)
        #expect(open.isAccepted)
        #expect(open.trainableModels == [.bandwidth, .compression, .latency])
        #expect(open.findings.contains { $0.kind == .missingRequiredColumn && $0.severity == .warning })
        #expect(try serious(validate(sample, models: [.bandwidth])).isEmpty)
    }

    @Test("a file that can train nothing is rejected")
    func nothingToTrain() throws {
        var sample = TelemetrySample.olderRecorder()
        for column in ["throughput_mbps", "rtt_ms", "uptime_pct", "consensus_latency_ms"] { sample.remove(column) }
        let report = try validate(sample)
        #expect(report.findings.first?.kind == .noTrainableModel)
        #expect(!report.isAccepted)
    }

    @Test("missing identity columns are errors whatever is selected; a similar name is pointed at")
    func identity() throws {
        var sample = TelemetrySample.olderRecorder()
        sample.header[sample.header.firstIndex(of: "node_id") ?? 0] = "NodeID"
        let report = try validate(sample, models: [.latency])
        let finding = try #require(report.findings.first)
        #expect((finding.kind, finding.severity, finding.column) == (.missingRequiredColumn, .error, "node_id"))
        #expect(finding.advice.contains("\"NodeID\": rename it to node_id"))
        let semicolons = try validate("timestamp;node_id;peer_id\n1;2;3\n").findings
        #expect(semicolons.contains { $0.advice.contains("separate cells by commas") })
    }

    @Test("empty files, headers alone and few rows are told apart")
    func short() throws {
        #expect(try validate("").findings.map(\.kind) == [.emptyFile])
        let header = TelemetrySample.olderColumns.joined(separator: ",") + "\n"
        #expect(try validate(header).findings.filter { $0.severity == .error }.map(\.kind) == [.noRows])
        #expect(try validate(TelemetrySample.olderRecorder(rows: 199)).findings.first?.kind == .tooFewRows)
        #expect(try validate(TelemetrySample.olderRecorder(rows: 200)).isAccepted)
    }

    @Test("a duplicate column is an error if a model needs it, else a warning")
    func duplicateColumn() throws {
        var sample = TelemetrySample.olderRecorder()
        sample.add("region") { _ in "x" }
        #expect(try serious(validate(sample)).map(\.severity) == [.warning])
        sample.add("rtt_ms") { _ in "garbage" }
        let errors = try validate(sample).findings.filter { $0.severity == .error }
        #expect(errors.map(\.column) == ["rtt_ms"])
        #expect(errors.map(\.kind) == [.duplicateColumn])
    }

    @Test("a file that breaks off keeps the findings of the rows before")
    func brokenOff() throws {
        var sample = TelemetrySample.olderRecorder()
        sample["rtt_ms", 4] = "x"
        let kinds = try validate(sample.text + "\"unclosed").findings.filter { $0.severity == .error }.map(\.kind)
        #expect(kinds == [.brokenFile, .wrongType])
    }

    @Test("a file that cannot be opened throws a missing input", arguments: ["/nowhere/data.csv", "/tmp"])
    func unopenable(path: String) {
        let error = #expect(throws: InputFileError.self) { try TelemetryValidator.validate(path, schema: schema) }
        #expect(error?.category == .missingInput)
    }

    @Test("a rejected report throws as invalid data and explains itself")
    func rejection() throws {
        var sample = TelemetrySample.olderRecorder()
        sample["rtt_ms", 4] = "x"
        let report = try validate(sample)
        let error = #expect(throws: RejectedData.self) { try report.requireAccepted() }
        #expect(error?.category == .invalidData)
        #expect(error?.description.contains("rtt_ms: wrong type") == true)
        #expect(error?.description.contains("note:") == false)
        try validate(TelemetrySample.olderRecorder()).requireAccepted()
    }

    @Test("a report survives JSON")
    func codable() throws {
        var sample = TelemetrySample.olderRecorder()
        sample["rtt_ms", 4] = "x"
        let report = try validate(sample)
        #expect(try JSONDecoder().decode(ValidationReport.self, from: JSONEncoder().encode(report)) == report)
    }

    @Test("constant columns are noted, outliers estimated by Tukey's fences")
    func notes() throws {
        var sample = TelemetrySample.olderRecorder()
        sample.fill("amst_streams", rows: 1...240, with: "4")
        for row in 1...240 { sample["rtt_ms", row] = row % 24 == 0 ? "1000" : "\(row % 20)" }
        let findings = try validate(sample).findings
        #expect(findings.contains { $0.kind == .constantColumn && $0.column == "amst_streams" && $0.severity == .info })
        let outliers = try #require(findings.first { $0.kind == .outliers && $0.column == "rtt_ms" })
        #expect(outliers.count == 10)
        #expect(outliers.found.hasPrefix("4.2 % of 240 sampled values"))
    }
}

@Suite struct ValidationTimeTests {
    private let folder: TemporaryFolder
    private let schema: Schema

    init() throws {
        folder = try TemporaryFolder()
        schema = try PlainSchema.make()
    }

    private func findings(_ sample: TelemetrySample) throws -> [Finding] {
        try TelemetryValidator.validate(folder.file("data.csv", sample.text), schema: schema).findings
            .filter { $0.column == Schema.timestampColumn }
    }

    @Test("rows out of order are a warning, placed, and counted inside each link")
    func outOfOrder() throws {
        var sample = TelemetrySample.olderRecorder()
        // Rows 21 and 23 follow each other on the first link.
        sample.rows.swapAt(20, 22)
        let found = try findings(sample)
        #expect(found.map(\.kind) == [.outOfOrder])
        #expect(found.map(\.severity) == [.warning])
        #expect(found[0].places.map(\.row) == [23])
        // Another order between links is none of its business.
        var interleaved = TelemetrySample.olderRecorder()
        let rows = interleaved.rows
        interleaved.rows = [0, 1].flatMap { first in stride(from: first, to: rows.count, by: 2).map { rows[$0] } }
        #expect(try findings(interleaved).isEmpty)
    }

    @Test("repeated instants of a link are a warning; so many that links cannot be told apart are an error")
    func duplicates() throws {
        var sample = TelemetrySample.olderRecorder()
        sample["timestamp", 31] = sample["timestamp", 29]
        let found = try findings(sample)
        #expect(found.map(\.kind) == [.duplicateInstants])
        #expect(found.map(\.severity) == [.warning])
        #expect(found[0].places.map(\.row) == [31])

        var blind = TelemetrySample.olderRecorder()
        blind.fill("node_id", rows: 1...240, with: "n")
        blind.fill("peer_id", rows: 1...240, with: "n")
        #expect(try findings(blind).first { $0.kind == .duplicateInstants }?.severity == .error)
    }

    @Test("gaps are steps beyond gap_factor median steps of the link")
    func gaps() throws {
        var sample = TelemetrySample.olderRecorder()
        // Steps of 2 s and of 3 s on the first link; the limit is 2.5 s.
        sample.rows.remove(at: 100)
        sample.rows.removeSubrange(50...53)
        sample.rows.remove(at: 50)
        let found = try findings(sample)
        #expect(found.map(\.kind) == [.gaps])
        #expect(found[0].severity == .info)
        #expect(found[0].count == 2)
        #expect(found[0].found.contains("the longest lasts 4.0 s"))
    }
}
