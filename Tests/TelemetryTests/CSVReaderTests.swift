import Failures
import Foundation
import Randomness
import TestSupport
import Testing

@testable import Telemetry

@Suite struct CSVReaderTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Every row of a file, the header first.
    private func rows(of path: String, pieceLength: Int = RowPieces.standardLength) throws -> [[String]] {
        let reader = try CSVReader(path, pieceLength: pieceLength)
        var rows = reader.header.isEmpty ? [] : [reader.header]
        try forEachPiece(reader) { piece, _ in
            piece.withCells(of: piece.rows) { cells in
                rows += cells.rows.indices.map { row in
                    (0..<Int(cells.rows[row].cellCount)).map { String(decoding: cells[row, $0], as: UTF8.self) }
                }
            }
        }
        return rows
    }

    /// Splits what follows the header; `body` also learns where the piece begins.
    private func forEachPiece(_ reader: CSVReader, _ body: (CSVPiece, RowPlace) -> Void) throws {
        let piece = reader.makePiece()
        var start = reader.headerEnd
        while try reader.next(into: piece) {
            piece.split()
            body(piece, start)
            if let defect = piece.defect { throw reader.error(defect, at: piece.nextPlace.counted(from: start)) }
            start = RowPlace(row: piece.rows.count, line: piece.lineCount).counted(from: start)
        }
    }

    private func rows(_ text: String) throws -> [[String]] { try rows(of: folder.file("data.csv", text)) }

    @Test("RFC 4180 and its usual variants are split into cells", arguments: [
        ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
        ("a,b\r\n1,2\r\n", [["a", "b"], ["1", "2"]]),
        ("a,b\n1,2", [["a", "b"], ["1", "2"]]),
        ("a,b\r\n1,2\r", [["a", "b"], ["1", "2"]]),
        ("\u{feff}a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
        (" a ,\tb\n1, 2\n", [["a", "b"], ["1", " 2"]]),
        ("a,b\n\"1,5\",\"x\ny\"\n", [["a", "b"], ["1,5", "x\ny"]]),
        ("a,b\n\"he said \"\"no\"\"\",\"\"\n", [["a", "b"], ["he said \"no\"", ""]]),
        ("a,b\n\"\"\"\",\"q\"z\n", [["a", "b"], ["\"", "qz"]]),
        ("a,b\nx\"y,z\"\n", [["a", "b"], ["x\"y", "z\""]]),
        ("a,b\n,\n", [["a", "b"], ["", ""]]),
        ("a,b\n\n\r\n1,2\n\n", [["a", "b"], ["1", "2"]]),
        ("a,b\n1\n1,2,3\n", [["a", "b"], ["1"], ["1", "2", "3"]]),
        ("a\n\"x\r\ny\"\n\"z\"", [["a"], ["x\r\ny"], ["z"]]),
        ("\"a\",\"b\"\r\n\"1\",\"2\"\r\n", [["a", "b"], ["1", "2"]]),
        ("", []), ("\n\n", []), ("\u{feff}", []),
    ])
    func splitting(text: String, expected: [[String]]) throws {
        #expect(try rows(text) == expected)
        let path = try folder.file("data.csv", text)
        for length in 1...20 { #expect(try rows(of: path, pieceLength: length) == expected, "pieces of \(length) bytes") }
    }

    @Test("rows and lines are counted apart: line breaks in cells and empty lines count as lines only")
    func places() throws {
        let path = try folder.file("data.csv", "\na,b\n\"x\ny\nz\",1\n\n2,3\n")
        for length in 1...30 {
            var places: [RowPlace] = []
            try forEachPiece(CSVReader(path, pieceLength: length)) { piece, start in
                places += piece.rows.map { $0.place.counted(from: start) }
            }
            #expect(places == [RowPlace(row: 1, line: 3), RowPlace(row: 2, line: 7)], "pieces of \(length) bytes")
        }
    }

    @Test("random tables come back as they were, whatever the quoting and however cells straddle the buffer")
    func randomTables() throws {
        var random = RandomStream(seed: 4180)
        let alphabet = ["a", "7", ".", "-", "\"", ",", "\n", "\r\n", " ", "é", "1e5", "x\"\"y"]
        for round in 0..<60 {
            let width = 1 + random.below(5)
            // Some tables hold cells beyond the buffer's half megabyte.
            let long = round % 20 == 0
            let table = (0..<(1 + random.below(30))).map { index -> [String] in
                (0..<width).map { column in
                    let repeats = long && index % 4 == 1 && column == 0 ? 20_000 + random.below(40_000) : 1
                    let piece = (0..<random.below(12)).map { _ in alphabet[random.below(alphabet.count)] }.joined()
                    let cell = String(repeating: piece, count: repeats)
                    return index == 0 ? "c\(column)" : (width == 1 && cell.isEmpty ? "1" : cell)
                }
            }
            let end = random.chance(0.5) ? "\n" : "\r\n"
            let text = table.map { row in
                row.map { cell in
                    let needed = cell.utf8.contains { [0x22, 0x2c, 0x0a, 0x0d].contains($0) }
                    guard needed || random.chance(0.2) else { return cell }
                    return "\"" + cell.replacingOccurrences(of: "\"", with: "\"\"") + "\""
                }.joined(separator: ",")
            }.joined(separator: end)
            #expect(try rows(text + (random.chance(0.5) ? end : "")) == table, "round \(round)")
        }
    }

    @Test("a quote that is never closed is an error that names row and line")
    func unclosed() throws {
        let error = #expect(throws: TelemetryFileError.self) { try rows("a,b\n1,2\n3,\"4\n5,6\n") }
        #expect(error?.place == RowPlace(row: 2, line: 3))
        #expect(error?.category == .invalidData)
    }

    @Test("a row without end is refused before it fills the memory")
    func endless() throws {
        let error = #expect(throws: TelemetryFileError.self) {
            try rows("a,b\n1,2\n\"" + String(repeating: "x\n", count: 3 << 20))
        }
        #expect(error?.description.contains("longer than 4 MiB") == true)
    }

    @Test("UTF-16 is refused with advice")
    func utf16() throws {
        let path = try folder.file("data.csv", [0xff, 0xfe, 0x61, 0, 0x2c, 0])
        let error = #expect(throws: TelemetryFileError.self) { try CSVReader(path) }
        #expect(error?.advice.contains("UTF-8") == true)
    }

    @Test("a gzip file of two members reads as one, whatever its name")
    func gzip() throws {
        let data = try Fixture.data("Telemetry/older_recorder.csv.gz")
        let rows = try rows(of: folder.file("telemetry.bin", data))
        #expect(rows.count == 241)
        #expect(rows[0] == TelemetrySample.olderColumns)
        #expect(rows.allSatisfy { $0.count == 26 })
    }

    @Test("a gzip file cut off anywhere is an error that names the byte")
    func truncatedGzip() throws {
        let data = try Fixture.data("Telemetry/older_recorder.csv.gz")
        for length in stride(from: 3, to: data.count - 1, by: 997) {
            let path = try folder.file("cut.csv.gz", data.prefix(length))
            let error = #expect(throws: TelemetryFileError.self) { try rows(of: path) }
            #expect(error?.found.contains("at byte \(length) of the file") == true)
        }
    }

    @Test("a damaged check sum and bytes after the end are errors")
    func damagedGzip() throws {
        var data = try Fixture.data("Telemetry/older_recorder.csv.gz")
        let trailing = try folder.file("trailing.csv.gz", data + Data("tail".utf8))
        #expect(#expect(throws: TelemetryFileError.self) { try rows(of: trailing) }?.found.contains("other bytes") == true)
        data[data.count - 6] ^= 1
        let damaged = try folder.file("damaged.csv.gz", data)
        #expect(#expect(throws: TelemetryFileError.self) { try rows(of: damaged) }?.found.contains("data check") == true)
    }

    @Test("missing files, folders and devices are missing inputs", arguments: ["/nowhere/x.csv", "/tmp", "/dev/null"])
    func unreadable(path: String) {
        let error = #expect(throws: InputFileError.self) { try CSVReader(path) }
        #expect(error?.category == .missingInput)
        #expect(error?.description.contains(path) == true)
    }
}
