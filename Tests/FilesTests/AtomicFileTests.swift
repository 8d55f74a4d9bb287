import Failures
import Files
import Foundation
import Testing

@Suite struct AtomicFileTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("files-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder.path) }

    @Test("a file is replaced whole and no temporary file stays")
    func replaces() throws {
        let path = folder.appendingPathComponent("report.json").path
        try AtomicFile.write("old", to: path)
        try AtomicFile.write("new", to: path)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "new")
        #expect(try names() == ["report.json"])
    }

    @Test("an error while streaming leaves the old content and no temporary file")
    func streamingFails() throws {
        struct Stop: Error {}
        let path = folder.appendingPathComponent("data.csv").path
        try AtomicFile.write("old", to: path)
        #expect(throws: Stop.self) {
            try AtomicFile.stream(to: path) { writer in
                try writer.append(String(repeating: "x", count: 3 << 20))
                throw Stop()
            }
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
        #expect(try names() == ["data.csv"])
    }

    @Test("a full disk is a cannot-write failure that names the file")
    func fullDisk() throws {
        // /dev/full accepts an open and fails every write with ENOSPC; reached through a link in the temporary name's place.
        let path = folder.appendingPathComponent("model.onnx").path
        try FileManager.default.createSymbolicLink(atPath: "\(path).partial-\(getpid())", withDestinationPath: "/dev/full")
        let error = #expect(throws: FileError.self) { try AtomicFile.write("weights", to: path) }
        #expect(error?.category == .cannotWrite)
        #expect(error?.description.contains("model.onnx") == true)
        #expect(try names().isEmpty)
    }

    @Test("asking whether a file can be written leaves nothing behind, and says why not")
    func writability() throws {
        try AtomicFile.requireWritable(folder.path + "/model.keras")
        #expect(try names().isEmpty)
        #expect(throws: FileError.self) { try AtomicFile.requireWritable(folder.path + "/absent/model.keras") }
    }

    @Test("a missing folder is a cannot-create failure with advice")
    func missingFolder() {
        let error = #expect(throws: FileError.self) { try AtomicFile.write("x", to: folder.path + "/absent/file") }
        #expect(error?.category == .cannotCreate)
        #expect(error?.description.contains("create the folder first") == true)
    }
}
