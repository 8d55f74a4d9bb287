import Failures
import Foundation
@testable import Telemetry
import Testing

@Suite("Files of a split")
struct SplitFilesTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("split-\(UUID().uuidString)").path

    private func write(_ text: String, name: String = "in.csv", packed: Bool = false) throws -> String {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let path = "\(folder)/\(name)"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        guard packed else { return path }
        let gzip = Process()
        gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        gzip.arguments = ["gzip", "-f", path]
        try gzip.run()
        gzip.waitUntilExit()
        return path + ".gz"
    }

    private func contents() throws -> [String] {
        try ["train", "validation", "test"].map { try String(contentsOfFile: "\(folder)/out/\($0).csv", encoding: .utf8) }
    }

    private let text = "t,note\r\n0,\"a\nb, \"\"c\"\"\"\r\n1,5\" disk\r\n\r\n2,x\r\n3,\"\"\r\n4,last"

    @Test("Records are copied byte for byte, quoted line breaks and all, the embargo left out", arguments: [false, true])
    func copy(packed: Bool) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = try write(text, packed: packed)
        try SplitFiles.write(
            recording: path, assignments: [.train, .train, .embargo, .test, .validation], to: "\(folder)/out")
        #expect(
            try contents() == [
                "t,note\r\n0,\"a\nb, \"\"c\"\"\"\r\n1,5\" disk\r\n", "t,note\r\n4,last\n", "t,note\r\n3,\"\"\r\n",
            ])
    }

    @Test("A file with other rows than were split leaves nothing behind", arguments: [4, 6])
    func rows(count: Int) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = try write(text)
        #expect(throws: SplitFilesError(path: path, found: 5, expected: count)) {
            try SplitFiles.write(
                recording: path, assignments: .init(repeating: .train, count: count), to: "\(folder)/out")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/out").isEmpty)
    }

    @Test("Records come out the same whatever the chunks they were read in", arguments: [8, 9, 13, 4_096])
    func chunks(size: Int) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = try write(text)
        var records = try RecordSplitter(path, pieceLength: size)
        var joined: [[UInt8]] = []
        while let record = try records.next() { joined.append(record) }
        #expect(joined.map { String(decoding: $0, as: UTF8.self) }.joined() == text.replacing("\r\n\r\n", with: "\r\n"))
        #expect(joined.count == 6)
    }

    @Test("An open quote, a cut gzip file and a missing file are told apart")
    func damage() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let open = try write("a,b\n1,\"2\n3,4\n")
        #expect(throws: RecordError(path: open, record: 2, problem: .openQuote)) {
            try SplitFiles.write(recording: open, assignments: [.train], to: "\(folder)/out")
        }
        let lines = (0 ..< 5_000).map { "\($0),\($0 &* 2_654_435_761 % 1_000_003)\n" }.joined()
        let packed = try write(lines, name: "cut.csv", packed: true)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: packed))
        try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: packed))
        let error = #expect(throws: TelemetryFileError.self) {
            try SplitFiles.write(recording: packed, assignments: .init(repeating: .train, count: 4_999), to: "\(folder)/out")
        }
        #expect(error?.category == .invalidData)
        let missing = #expect(throws: InputFileError.self) { try RecordSplitter("\(folder)/none.csv") }
        #expect(missing?.category == .missingInput)
    }
}
