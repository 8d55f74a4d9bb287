import Foundation
import TestSupport
import Testing

@Suite struct SourceRuleTests {
    /// Longer files, each with the reason why it is one.
    private static let longFiles: [String: String] = [:]
    private static let mostLines = 400

    @Test("no source file is longer than 400 lines")
    func length() {
        for file in Repository.sources where Self.longFiles[file.path] == nil {
            #expect(file.lines.count <= Self.mostLines, "\(file.path) has \(file.lines.count) lines")
        }
        for path in Self.longFiles.keys {
            let lines = Repository.sources.first { $0.path == path }?.lines.count ?? 0
            #expect(lines > Self.mostLines, "\(path) is no exception any more")
        }
    }

    @Test("nothing crashes on bad input: no try!, no fatalError, no forced cast")
    func crashes() {
        for file in Repository.sources {
            for (index, line) in file.lines.enumerated() {
                let code = line.split(separator: "//", maxSplits: 1, omittingEmptySubsequences: false).first ?? ""
                for forbidden in ["try!", "fatalError(", "as!"] {
                    #expect(!code.contains(forbidden), "\(file.path):\(index + 1) has \(forbidden)")
                }
            }
        }
    }

    @Test("each target's purpose and limits stand at the head of exactly one of its files")
    func headers() {
        for (target, files) in Dictionary(grouping: Repository.sources, by: \.target).sorted(by: { $0.key < $1.key }) {
            let headed = files.filter { $0.lines.first?.hasPrefix("//  \(target) owns ") == true }
            #expect(headed.count == 1, "\(target): \(headed.map(\.path))")
            let header = headed.first?.lines.prefix { $0.hasPrefix("//") }.joined(separator: " ") ?? ""
            #expect(header.contains("must "), "\(target)'s header does not say what it must never import")
        }
    }

    @Test("no placeholder is left")
    func placeholders() {
        #expect(Repository.sources.filter { $0.path.hasSuffix("Placeholder.swift") }.map(\.path) == [])
    }

    @Test("the tracked files are below 15 MB together")
    func size() throws {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["git", "-C", Fixture.repository.path, "ls-files", "-z"]
        process.standardOutput = output
        try process.run()
        let names = output.fileHandleForReading.readDataToEndOfFile().split(separator: 0)
        process.waitUntilExit()
        try #require(process.terminationStatus == 0 && names.count > 50, "git does not list the files")
        let bytes = names.reduce(0) { sum, name in
            let path = Fixture.repository.appendingPathComponent(String(decoding: name, as: UTF8.self)).path
            let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
            return sum + (size ?? 0)
        }
        #expect(bytes < 15_000_000, "\(bytes) bytes")
    }
}
