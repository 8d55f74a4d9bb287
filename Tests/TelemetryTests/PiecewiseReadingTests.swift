import Failures
import Foundation
import Randomness
import TestSupport
import Testing

@testable import Telemetry

/// What a file holds must not depend on how it is cut into pieces, nor on how many threads decode them.
@Suite struct PiecewiseReadingTests {
    private let folder: TemporaryFolder
    private let schema: Schema

    init() throws {
        folder = try TemporaryFolder()
        var schema = try PlainSchema.make()
        schema.quality.minimumRows = 1
        schema.quality.missingMarkers = ["NA"]
        self.schema = schema
    }

    /// Everything that can be learnt from a file, errors included, as a comparable value.
    private struct Content: Equatable {
        var report: ValidationReport?
        var accepted: String
        var read: String

        init(_ path: String, schema: Schema, _ means: TelemetryPass.Means) {
            let columns = Set(schema.columns.map(\.name))
            report = try? TelemetryValidator.examine(path, schema: schema, models: nil, incidents: nil, means: means).report
            accepted = Self.describing {
                try TelemetryFile.readAccepted(
                    path, columns: columns, schema: schema, models: nil, incidents: nil, means: means).table
            }
            read = Self.describing {
                try TelemetryFile.read(
                    path, columns: ["rtt_ms", "region", "link_type"], schema: schema, tolerating: ["rtt_ms"], means: means)
            }
        }

        /// Numbers by their bits: NaN is equal to itself, -0 is not equal to 0.
        private static func describing(_ read: () throws -> TelemetryTable) -> String {
            do {
                let table = try read()
                let columns = table.columns.mapValues { $0.map(\.bitPattern) }.sorted { $0.key < $1.key }
                let texts = table.textColumns.mapValues { ($0.codes, $0.values) }.sorted { $0.key < $1.key }
                return "\(table.timestamps) \(table.linkOfRow) \(table.links) \(columns) \(texts)"
            } catch {
                return "\(error)"
            }
        }
    }

    private static let splinters = [
        "\"", ",", "\n", "\r\n", "\r", "\n\n", "\"\"", "\"a\"\"b\nc,d\"", "NA", " NA ", "-0", "0", "nan", "1e999", "x", "é", "\0",
        "2026-03-01T00:00:01Z", "99999999999999999999", "-5", " ", "12.5", "1e2",
    ]

    /// A recording with quoted cells, other line ends, a byte order mark, and whatever mistakes fall in.
    private func randomFile(_ random: inout RandomStream) -> String {
        var sample = TelemetrySample.olderRecorder(rows: 1 + random.below(25))
        for row in sample.rows.indices {
            for column in sample.rows[row].indices where random.chance(0.05) {
                let isText = ["region", "az"].contains(sample.header[column])
                let text = isText ? "a \"quoted\" line,\r\nor two\n" : sample.rows[row][column]
                sample.rows[row][column] = "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
            }
        }
        var text = sample.text
        if random.chance(0.5) { text = text.replacingOccurrences(of: "\n", with: "\r\n") }
        if random.chance(0.3) { text = "\u{feff}" + text }
        if random.chance(0.3) { text.removeLast() }
        for _ in 0..<random.below(5) {
            let place = text.unicodeScalars.index(text.startIndex, offsetBy: random.below(text.unicodeScalars.count))
            text.insert(contentsOf: Self.splinters[random.below(Self.splinters.count)], at: place)
        }
        return text
    }

    @Test("random files with and without mistakes read the same in pieces of any length on any number of threads")
    func random() throws {
        var random = RandomStream(seed: 2).child("pieces")
        var accepted = 0
        for round in 0..<150 {
            let text = randomFile(&random)
            let path = try folder.file("data.csv", text)
            let whole = Content(path, schema: schema, .init(threads: 1, pieceLength: 1 << 20))
            if whole.report?.isAccepted == true { accepted += 1 }
            for _ in 0..<4 {
                let means = TelemetryPass.Means(threads: 1 + random.below(4), pieceLength: 1 + random.below(700))
                let pieces = Content(path, schema: schema, means)
                #expect(pieces == whole, "round \(round), \(means)")
            }
        }
        #expect(accepted > 20 && accepted < 130, "both kinds of files are tried: \(accepted) of 150 are valid")
    }

    @Test("the sample of a long file, its gaps and its links do not depend on the pieces")
    func long() throws {
        var random = RandomStream(seed: 3).child("long")
        var text = "timestamp,node_id,peer_id,consensus_latency_ms,region\n"
        for row in 0..<20_000 {
            // No two of the ten rows of an instant.
            let node = row % (10 + row / 1000)
            let value = random.chance(0.01) ? 1000 : random.below(50)
            text += "\(1_772_323_200 + row / 10),n\(node),p,\(random.chance(0.02) ? "" : "\(value)"),r\(random.below(row + 1))\n"
        }
        let path = try folder.file("data.csv", text)
        let whole = Content(path, schema: schema, .init(threads: 1, pieceLength: 1 << 24))
        #expect(whole.report?.isAccepted == true)
        #expect(whole.report?.findings.contains { $0.kind == .outliers } == true)
        let pieces = Content(path, schema: schema, .init(threads: 3, pieceLength: 4999))
        #expect(pieces == whole)
    }

    @Test("a damaged gzip file gives the rows before the damage, whatever the pieces")
    func damagedGzip() throws {
        let data = try Fixture.data("Telemetry/older_recorder.csv.gz")
        for length in stride(from: data.count / 2, to: data.count, by: 1501) {
            let path = try folder.file("cut.csv.gz", data.prefix(length))
            let whole = Content(path, schema: schema, .init(threads: 1, pieceLength: 1 << 20))
            #expect(whole.report?.findings.first?.kind == .brokenFile)
            for pieceLength in [100, 1000, 10_000] {
                #expect(Content(path, schema: schema, .init(threads: 2, pieceLength: pieceLength)) == whole)
            }
        }
    }

    @Test("reading what is accepted gives the report of validating and the table of reading")
    func together() throws {
        var sample = TelemetrySample.olderRecorder()
        sample["region", 3] = "\"eu, west\""
        sample["queue_depth", 7] = "deep"
        let path = try folder.file("data.csv", sample.text)
        let columns: Set = ["rtt_ms", "queue_depth", "region", "link_type", "timestamp"]
        let (table, report) = try TelemetryFile.readAccepted(path, columns: columns, schema: schema, models: [.latency])
        #expect(report == (try TelemetryValidator.validate(path, schema: schema, models: [.latency])))
        #expect(report.toleratedColumns == ["queue_depth"])
        let alone = try TelemetryFile.read(path, columns: columns, schema: schema, tolerating: report.toleratedColumns)
        #expect(table.timestamps == alone.timestamps && table.linkOfRow == alone.linkOfRow && table.links == alone.links)
        #expect(table.columns.mapValues { $0.map(\.bitPattern) } == alone.columns.mapValues { $0.map(\.bitPattern) })
        #expect(Set(table.columns.keys) == ["rtt_ms", "queue_depth", "link_type"])
        #expect(table.textColumns["region"]?.codes == alone.textColumns["region"]?.codes)
        #expect(table.textColumns["region"]?.values == ["us-east", "eu, west"])
        let error = #expect(throws: RejectedData.self) {
            try TelemetryFile.readAccepted(path, columns: columns, schema: schema, models: [.bandwidth])
        }
        #expect(error?.report.findings.first?.column == "queue_depth")
    }
}

@Suite struct OrderedWorkTests {
    private struct Failure: Error {}

    private final class Item {
        var number = 0
        var result = 0
    }

    @Test("results are collected in order, one at a time, by any number of threads", arguments: [1, 2, 5])
    func order(threads: Int) throws {
        var next = 0
        var collected: [Int] = []
        try OrderedWork.perform(threads: threads, makeItem: Item.init) { item in
            item.number = next
            next += 1
            return item.number < 500
        } work: { item in
            // Later numbers are done earlier now and then.
            if item.number.isMultiple(of: 7) { usleep(200) }
            item.result = item.number * item.number
        } collect: { item in
            collected.append(item.result)
            return true
        }
        #expect(collected == (0..<500).map { $0 * $0 })
    }

    @Test("a failing source is reported after what it gave before; an end that was asked for comes before it")
    func failure() throws {
        func collected(until last: Int, failingAt failing: Int) throws -> [Int] {
            var next = 0
            var collected: [Int] = []
            try OrderedWork.perform(threads: 3, makeItem: Item.init) { item in
                if next == failing { throw Failure() }
                item.number = next
                next += 1
                return true
            } work: { _ in
            } collect: { item in
                collected.append(item.number)
                return item.number < last
            }
            return collected
        }
        #expect(throws: Failure.self) { try collected(until: 100, failingAt: 20) }
        #expect(try collected(until: 10, failingAt: 20) == Array(0...10))
    }
}
