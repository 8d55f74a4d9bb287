import Failures
import Foundation
@testable import Importing
import Telemetry
import TestSupport
import Testing

@Suite("Importing")
struct ImporterTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("import-\(UUID().uuidString)").path

    private func withFolder(_ body: () throws -> Void) throws {
        try FileManager.default.createDirectory(atPath: "\(folder)/result", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body()
    }

    private func write(_ text: String, _ name: String) throws {
        let path = "\(folder)/\(name)"
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    private func run(_ yaml: String, incidents: Bool = false) throws -> ImportSummary {
        try Importer(ImportSample.mapping(yaml), schema: ImportSample.schema()).run(
            inputs: [folder], output: "\(folder)/result/out.csv",
            incidentsOutput: incidents ? "\(folder)/result/out.json" : nil)
    }

    /// Imports a folder of fixtures with a mapping that comes with the program.
    private func runShipped(_ mapping: String, _ fixture: String, schema: Schema) throws -> ImportSummary {
        let text = try String(
            contentsOf: Fixture.repository.appendingPathComponent("mappings/\(mapping).yaml"), encoding: .utf8)
        return try Importer(ImportMapping(yaml: text, path: mapping, schema: schema), schema: schema).run(
            inputs: [Fixture.url("Importing/\(fixture)").path], output: "\(folder)/out.csv",
            incidentsOutput: mapping.hasPrefix("cloudpilot") ? nil : "\(folder)/out.json")
    }

    private func lines(_ path: String = "out.csv") throws -> [String] {
        try String(contentsOfFile: "\(folder)/\(path)", encoding: .utf8).split(separator: "\n").map(String.init)
    }

    @Test("Intervals are joined with their runs, converted, and kept apart by relay")
    func cloudpilot() throws {
        try withFolder {
            let summary = try runShipped("cloudpilot-wan-iperf3", "cloudpilot", schema: ImportSample.schema())
            #expect(summary.rowCount == 7 && summary.droppedRowCount == 2 && summary.linkCount == 3)
            let lines = try lines()
            #expect(
                lines[0] == """
                    timestamp,node_id,peer_id,link_type,transport_type,congestion_control,throughput_mbps,payload_bytes,\
                    rtt_ms,jitter_ms,tcp_srtt_ms,tcp_rttvar_ms,retransmits,congestion_window
                    """)
            #expect(
                lines[1] == """
                    2020-09-13T12:26:31.000Z,north_a,"south_b split at hub, 1",wan,tcp,cubic,10,1250000,9,0.125,9,0.125,0,20
                    """)
            #expect(lines[2] == "2020-09-13T12:26:41.000500Z,north_a,south_b,wan,tcp,cubic,2,250000,50,2.5,50,2.5,0,10")
            #expect(lines[4].contains("4.0000005,"))
            // After the warm-up the interval's own clock begins again; ours does not.
            #expect(lines[5].hasPrefix("2020-09-13T12:26:44.000Z,north_a,south_b,wan,tcp,cubic,8,1000000,52,"))
            #expect(lines[7].hasPrefix("2020-09-13T12:27:31.000Z,us-west1-b_gcp,us-west1-b_gcp,dc,"))
        }
    }

    @Test("Files without a header, labels in a parallel file, steps counted over both halves of a machine")
    func serverMachines() throws {
        try withFolder {
            let schema = try ImportSample.schema(for: "smd-server-machines")
            let summary = try runShipped("smd-server-machines", "smd", schema: schema)
            #expect(summary.rowCount == 17 && summary.linkCount == 1 && summary.incidentCount == 1)
            let lines = try lines()
            #expect(lines[0].hasPrefix("timestamp,node_id,peer_id,is_anomaly,scaled_cpu_r,scaled_load_1,"))
            #expect(lines[1].hasPrefix("2018-01-01T00:00:00.000Z,machine-1-6,machine-1-6,,0"))
            #expect(lines[6].hasPrefix("2018-01-01T00:05:00.000Z,machine-1-6,machine-1-6,0,0"))
            #expect(lines[10].hasPrefix("2018-01-01T00:09:00.000Z,machine-1-6,machine-1-6,1,"))
            let incidents = try IncidentFile.read("\(folder)/out.json", schema: schema)
            #expect(incidents.findings.isEmpty)
            let minute: Int64 = 60_000_000
            let start = try #require(Instant.parse("2018-01-01T00:00:00Z"))
            #expect(
                incidents.incidents == [
                    Incident(node: "machine-1-6", type: "expert_label", start: start + 9 * minute, end: start + 14 * minute)
                ])
            let report = try TelemetryFile.read(
                "\(folder)/out.csv", columns: ["scaled_cpu_r", "is_anomaly"], schema: schema)
            #expect(report.rowCount == 17)
        }
    }

    @Test("Hours without calls are no rows; repeated series and totals are left out")
    func cloudMonitoring() throws {
        try withFolder {
            let summary = try runShipped("ms-cloud-monitoring", "ms", schema: ImportSample.schema())
            #expect(summary.files.map { ($0 as NSString).lastPathComponent } == ["outbound-10.csv"])
            #expect(summary.rowCount == 8 && summary.droppedRowCount == 1)
            #expect(try lines().contains("2018-06-21T04:00:00.000Z,middle-tier,backend-10,186.108953613808,1"))
            let incidents = try lines("out.json").joined()
            #expect(incidents.contains("2018-06-21T04:00:00.000Z") && incidents.contains("2018-06-21T06:00:00.000Z"))
        }
    }

    @Test("A recording in schema columns is taken over cell by cell and validates")
    func testbed() throws {
        try withFolder {
            let schema = try ImportSample.schema()
            let summary = try runShipped("testbed", "testbed", schema: schema)
            #expect(summary.rowCount == 12 && summary.incidentCount == nil)
            let source = try String(contentsOf: Fixture.url("Importing/testbed/dwcp_testbed.csv"), encoding: .utf8)
                .split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
            let result = try lines().map { $0.split(separator: ",", omittingEmptySubsequences: false) }
            for (column, name) in result[0].enumerated() {
                let position = try #require(source[0].firstIndex(of: name))
                #expect(
                    Set(result.dropFirst().map { $0[column] }) == Set(source.dropFirst().map { $0[position] }), "\(name)")
            }
            #expect(result[0].count > 90)
            #expect(
                try Data(contentsOf: URL(fileURLWithPath: "\(folder)/out.json"))
                    == Fixture.data("Importing/testbed/labeled_incidents.json"))
        }
    }

    @Test("Separators, quoted cells, missing marks and sentinels are read as the mapping says")
    func formats() throws {
        try withFolder {
            try write("t;a;x;name\n2020-01-01 00:00:01;n;-;\"a;\"\"b\"\"\"\n2020-01-01 00:00:00;n; 1.5e1 ;-999\n", "in.csv")
            _ = try run(
                ImportSample.document(
                    inputs: "- {files: in.csv, separator: \";\", missing: [\"-\", \"-999\"]}",
                    time: "{column: t, format: \"yyyy-MM-dd HH:mm:ss\"}",
                    more: "columns:\n  rtt_ms: x / 0.1\n  region: {text: \"{name}\"}"))
            #expect(
                try lines("result/out.csv") == [
                    "timestamp,node_id,peer_id,rtt_ms,region", "2020-01-01T00:00:00.000Z,n,p,150,",
                    "2020-01-01T00:00:01.000Z,n,p,,\"a;\"\"b\"\"\"",
                ])
        }
    }

    @Test("A column that only some files measured is empty for the others, and one that none did is refused")
    func partlyMeasured() throws {
        try withFolder {
            try write("t,a,x\n0,n,1\n", "one/in.csv")
            try write("t,a,y\n1,n,2\n", "two/in.csv")
            _ = try run(ImportSample.document(more: "columns: {rtt_ms: x, jitter_ms: y}"))
            #expect(
                try lines("result/out.csv").dropFirst()
                    == ["1970-01-01T00:00:00.000Z,n,p,1,", "1970-01-01T00:00:01.000Z,n,p,,2"])
            let error = #expect(throws: MappingError.self) {
                try run(ImportSample.document(more: "columns:\n  rtt_ms: x\n  jitter_ms: x + y"))
            }
            #expect(error?.line == 9)
        }
    }

    @Test(
        "A file that does not fit is refused with file, row and column",
        arguments: [
            ("t,a,x\n0,n,1\n1,n,high\n", 2, "x"), ("t,a,x\n0,n,nan\n", 1, "x"), ("t,a,x\n0,n,0x1p4\n", 1, "x"),
            ("t,a,x\n0,n\n", 1, nil), ("t,a,x\nsoon,n,1\n", 1, "t"), ("t,a,x\n0,,1\n", 1, nil), ("t,a,a\n", nil, "a"),
            ("", nil, nil), ("t,a\n0,n\n", nil, nil), ("t,x\n0,1\n", nil, nil), ("t,a,x\n", nil, nil),
        ] as [(String, Int?, String?)])
    func misfits(text: String, row: Int?, column: String?) throws {
        try withFolder {
            try write(text, "in.csv")
            do {
                _ = try run(ImportSample.document(more: "columns: {rtt_ms: x}"))
                Issue.record("accepted \(text)")
            } catch let error as ImportError {
                #expect(error.category == .invalidData && error.row == row && error.column == column, "\(error)")
            } catch let error as MappingError {
                // No input has the column that the mapping reads: the line that asks for it is the better place to name.
                #expect(error.line == 7 && row == nil)
            }
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/result/out.csv"))
        }
    }

    @Test("Rows that are left out count as steps of the clock, but not as links")
    func droppedRows() throws {
        try withFolder {
            try write("a,use\nn,0\nn,1\nm,0\nn,1\n", "in.csv")
            let summary = try run(
                ImportSample.document(
                    inputs: "- {files: in.csv, keep: use}", time: "{start: 2020-01-01T00:00:00Z, step_seconds: 0.5}",
                    more: "columns: {rtt_ms: use}"))
            #expect(summary.rowCount == 2 && summary.droppedRowCount == 2 && summary.linkCount == 1)
            #expect(
                try lines("result/out.csv").dropFirst()
                    == ["2020-01-01T00:00:00.500Z,n,p,1", "2020-01-01T00:00:01.000Z,n,p,1"])
        }
    }

    @Test("Keys that are missing or stand twice, and files of unequal length, are refused")
    func joins() throws {
        try withFolder {
            try write("t,a,k\n0,n,1\n1,n,2\n", "in.csv")
            let joined = ImportSample.document(
                inputs: "- {files: in.csv, join: {files: keys.csv, key: k, take: [x]}}", more: "columns: {rtt_ms: x}")
            try write("k,x\n1,5\n", "keys.csv")
            #expect(throws: ImportError.self) { try run(joined) }
            try write("k,x\n1,5\n2,6\n2,7\n", "keys.csv")
            #expect(throws: ImportError.self) { try run(joined) }
            try write("k,x\n1,5\n2,6\n", "keys.csv")
            #expect(try run(joined).rowCount == 2)
            let beside = ImportSample.document(
                inputs: "- {files: in.csv, beside: {files: more.txt, columns: [y]}}", more: "columns: {rtt_ms: y}")
            for (text, fits) in [("3\n4\n", true), ("3\n", false), ("3\n4\n5\n", false)] {
                try write(text, "more.txt")
                if fits { _ = try run(beside) } else { #expect(throws: ImportError.self) { try run(beside) } }
            }
        }
    }

    @Test("An input that does not exist, or where nothing matches, is missing input")
    func missing() throws {
        try withFolder {
            let error = #expect(throws: ImportError.self) { try run(ImportSample.document()) }
            #expect(error?.category == .missingInput)
            let mapping = try ImportSample.mapping(ImportSample.document())
            let gone = try #require(throws: ImportError.self) {
                try Importer(mapping, schema: ImportSample.schema()).run(
                    inputs: ["\(folder)/gone"], output: "\(folder)/out.csv", incidentsOutput: nil)
            }
            #expect(gone.category == .missingInput)
        }
    }

    @Test("Runs of labelled rows are incidents of their own link, interleaved or not")
    func labels() throws {
        try withFolder {
            let rows = ["0,n,0", "0,m,1", "1,n,1", "1,m,1", "2,n,1", "2,m,0", "3,n,0", "3,m,1"]
            try write("t,a,label\n" + rows.joined(separator: "\n"), "in.csv")
            let summary = try run(
                ImportSample.document(more: "labels: {anomalous: label, incident_type: latency_spike, severity: high}"),
                incidents: true)
            #expect(summary.incidentCount == 3)
            let incidents = try IncidentFile.read("\(folder)/result/out.json", schema: ImportSample.schema()).incidents
            #expect(incidents.map(\.node) == ["m", "n", "m"])
            #expect(incidents.map(\.start) == [0, 1_000_000, 3_000_000])
            #expect(incidents.map(\.end) == [1_000_000, 2_000_000, 3_000_000])
            #expect(incidents.allSatisfy { $0.peer == "p" && $0.severity == "high" })
        }
    }

    @Test(
        "Numbers are written with as few digits as read back the same", arguments: [0.1, 1e-7, 123_456.789, -2.5, 1e300, 5])
    func shortest(value: Double) throws {
        var line = CSVLine(appendingTo: [])
        line.append(value)
        let text = String(decoding: line.bytes.dropFirst(), as: UTF8.self)
        #expect(Double(text) == value)
        #expect(text.count <= value.description.count)
    }
}
