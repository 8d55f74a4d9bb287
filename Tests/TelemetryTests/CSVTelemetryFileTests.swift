import Failures
import Foundation
import TestSupport
import Testing

@testable import Telemetry

@Suite struct CSVTelemetryFileTests {
    private let folder: TemporaryFolder
    private let schema: Schema

    init() throws {
        folder = try TemporaryFolder()
        schema = try PlainSchema.make()
    }

    private func read(
        _ sample: TelemetrySample, _ columns: Set<String>, tolerating: Set<String> = []
    ) throws -> TelemetryTable {
        let path = try folder.file("data.csv", sample.text)
        return try TelemetryFile.read(path, columns: columns, schema: schema, tolerating: tolerating)
    }

    @Test("every column of a recorded slice has the sum and the number of values that pandas finds")
    func slice() throws {
        struct Column: Decodable {
            let filled: Int
            let sum: Double
        }
        let pandas = try Fixture.data("Telemetry/testbed_slice_columns.json")
        let expected = try JSONDecoder().decode([String: Column].self, from: pandas)
        let path = Fixture.url("Telemetry/testbed_slice.csv.gz").path
        let table = try TelemetryFile.read(path, columns: Set(schema.columns.map(\.name)), schema: schema)
        #expect(table.rowCount == 300)
        #expect(table.links.count == 12)
        #expect(table.links[0] == LinkKey(node: "1", peer: "2"))
        var compared = 0
        for (name, values) in table.columns {
            guard let column = expected[name] else { continue }
            let filled = values.filter { !$0.isNaN }
            let sum = filled.reduce(0.0) { $0 + Double($1) }
            // Values are rounded to float32, 2^-24 of each; pandas' sum is of float64.
            let scale = filled.reduce(0.0) { $0 + Double(abs($1)) }
            #expect(filled.count == column.filled, "\(name)")
            #expect(abs(sum - column.sum) <= 0x1p-23 * scale, "\(name): \(sum), pandas \(column.sum)")
            compared += 1
        }
        #expect(compared > 80)
    }

    @Test("categories become codes, texts become numbered values, empty cells NaN")
    func values() throws {
        var sample = TelemetrySample.olderRecorder(rows: 4)
        sample["rtt_ms", 2] = ""
        sample["link_type", 3] = "edge"
        sample["link_type", 4] = ""
        sample["region", 2] = "eu-west"
        let table = try read(sample, ["rtt_ms", "link_type", "region", "bytes_tx", "payload_entropy", "no_such_column"])
        #expect(Set(table.columns.keys) == ["rtt_ms", "link_type", "bytes_tx"])
        #expect(table.columns["rtt_ms"]?.map { $0.isNaN ? -1 : $0 } == [60, -1, 62, 63])
        #expect(table.columns["link_type"]?.map { $0.isNaN ? -1 : $0 } == [2, 1, 3, -1])
        #expect(table.textColumns["region"]?.codes == [0, 1, 0, 0])
        #expect(table.textColumns["region"]?.values == ["us-east", "eu-west"])
        #expect(table.linkOfRow == [0, 1, 0, 1])
        #expect(table.links == [LinkKey(node: "node-1", peer: "node-2"), LinkKey(node: "node-2", peer: "node-1")])
        #expect(table.timestamps == [0, 0, 1, 1].map { 1_772_323_200_000_000 + $0 * 1_000_000 })
    }

    @Test("more rows than a storage block and a buffer hold come back in order")
    func manyRows() throws {
        var sample = TelemetrySample.olderRecorder(rows: 3001)
        for row in 1...3001 { sample["queue_depth", row] = "\(row)" }
        let table = try read(sample, ["queue_depth", "jitter_ms"])
        #expect(table.columns["queue_depth"] == (1...3001).map(Float.init))
        #expect(table.columns["jitter_ms"]?.count == 3001)
    }

    @Test("spaces around numbers and categories are left out; whole numbers may be written as decimals")
    func lenient() throws {
        var sample = TelemetrySample.olderRecorder(rows: 2)
        sample["rtt_ms", 1] = " 12.5\t"
        sample["link_type", 1] = " dc "
        sample["retransmits", 1] = "3.0"
        sample["retransmits", 2] = "2e3"
        let table = try read(sample, ["rtt_ms", "link_type", "retransmits"])
        #expect(table.columns["rtt_ms"]?[0] == 12.5)
        #expect(table.columns["link_type"]?[0] == 0)
        #expect(table.columns["retransmits"] == [3, 2000])
    }

    @Test(
        "a cell that its column cannot hold stops reading with its place, or counts as missing where that is tolerated",
        arguments: [
            ("rtt_ms", "fast"), ("rtt_ms", "nan"), ("rtt_ms", "-"), ("rtt_ms", "1e39"), ("retransmits", "1.5"),
            ("link_type", "WAN"),
        ])
    func unreadable(column: String, cell: String) throws {
        var sample = TelemetrySample.olderRecorder(rows: 9)
        sample[column, 7] = cell
        let error = #expect(throws: TelemetryFileError.self) { try read(sample, [column]) }
        #expect(error?.place == RowPlace(row: 7, line: 8))
        #expect(error?.column == column)
        #expect(error?.found == "\"\(cell)\"")
        #expect(error?.category == .invalidData)
        #expect(try read(sample, [column], tolerating: [column]).columns[column]?[6].isNaN == true)
        #expect(try read(sample, ["jitter_ms"]).rowCount == 9, "a column that nobody asked for is not looked at")
    }

    @Test("declared missing markers count as empty cells")
    func markers() throws {
        var schema = schema
        schema.quality.missingMarkers = ["NaN", "-"]
        var sample = TelemetrySample.olderRecorder(rows: 4)
        sample["rtt_ms", 1] = "NaN"
        sample["rtt_ms", 2] = " - "
        sample["link_type", 3] = "NaN"
        let path = try folder.file("data.csv", sample.text)
        let table = try TelemetryFile.read(path, columns: ["rtt_ms", "link_type"], schema: schema)
        #expect(table.columns["rtt_ms"]?.map(\.isNaN) == [true, true, false, false])
        #expect(table.columns["link_type"]?.map(\.isNaN) == [false, false, true, false])
    }

    @Test("rows of another length, empty identities and bad timestamps stop reading", arguments: [
        ("timestamp", "soon"), ("node_id", ""), ("peer_id", " "), ("region", "a,b"),
    ])
    func structure(column: String, cell: String) throws {
        var sample = TelemetrySample.olderRecorder(rows: 5)
        sample[column, 4] = cell
        let error = #expect(throws: TelemetryFileError.self) { try read(sample, ["rtt_ms"]) }
        #expect(error?.place?.row == 4)
    }

    @Test("files without header, rows or identity are refused")
    func incomplete() throws {
        for text in ["", "timestamp,node_id,peer_id\n", "timestamp,node_id\n2026-01-01T00:00:00Z,1\n"] {
            let path = try folder.file("data.csv", text)
            #expect(throws: TelemetryFileError.self) { try TelemetryFile.read(path, columns: [], schema: schema) }
        }
    }
}
