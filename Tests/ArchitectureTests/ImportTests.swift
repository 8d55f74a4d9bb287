import Foundation
import TestSupport
import Testing

@Suite struct ImportTests {
    @Test("every target imports only what the table allows")
    func table() {
        #expect(Repository.sources.count > 50, "the sources were not found")
        for file in Repository.sources {
            guard let allowed = ImportTable.allowed[file.target] else {
                Issue.record("\(file.path): the target \(file.target) is not in the table")
                continue
            }
            for (index, line) in file.lines.enumerated() {
                guard let module = Repository.importedModule(line), !ImportTable.toolchain.contains(module) else { continue }
                #expect(
                    allowed.contains(module) || module == file.target,
                    "\(file.path):\(index + 1) imports \(module), which \(file.target) may not")
            }
        }
    }

    @Test("the table is the target graph that Package.swift declares")
    func package() throws {
        let manifest = try String(contentsOf: Fixture.repository.appendingPathComponent("Package.swift"), encoding: .utf8)
        let products = ["argumentParser": "ArgumentParser", "subprocess": "Subprocess", "system": "SystemPackage", "yaml": "Yams"]
        var declared: [String: Set<String>] = [:]
        for match in manifest.matches(of: /\n        module\("(\w+)"(?:, \[([^\]]*)\])?\)/) {
            let words = (match.2 ?? "").split { !($0.isLetter || $0.isNumber) }.map(String.init)
            declared[String(match.1)] = Set(words.map { products[$0] ?? $0 })
        }
        let executable = try #require(manifest.firstMatch(of: /executableTarget\(\s*name: "dwcp", dependencies: \[([^\]]*)\]/))
        declared["dwcp"] = Set(executable.1.split { !($0.isLetter || $0.isNumber) }.map { products[String($0)] ?? String($0) })
        for (target, dependencies) in declared.sorted(by: { $0.key < $1.key }) {
            #expect(ImportTable.allowed[target] == dependencies, "\(target)")
        }
        #expect(Set(declared.keys) == Set(ImportTable.allowed.keys))
    }

    @Test("no rule of the architecture is broken, not even through others")
    func reach() {
        func reachable(_ target: String) -> Set<String> {
            var found: Set<String> = []
            var waiting = [target]
            while let next = waiting.popLast() {
                for module in ImportTable.allowed[next] ?? [] where found.insert(module).inserted { waiting.append(module) }
            }
            return found
        }
        for rule in ImportTable.neverReaches {
            let broken = reachable(rule.from).intersection(rule.to)
            #expect(broken.isEmpty, "\(rule.from) reaches \(broken.sorted()): \(rule.because)")
        }
        for target in ImportTable.allowed.keys { #expect(!reachable(target).contains(target), "\(target) is part of a cycle") }
    }

    @Test("each C library has one owner")
    func owners() {
        for (target, modules) in ImportTable.allowed {
            for module in modules.intersection(ImportTable.cModules) {
                #expect(ImportTable.owners[module] == target, "\(target) may import \(module)")
            }
        }
    }

    @Test("import lines are read whatever stands around them")
    func parsing() {
        let lines = ["import A", "public import B", "@testable import C", "@preconcurrency private import struct D.E", "importer", "// import F"]
        #expect(lines.map(Repository.importedModule) == ["A", "B", "C", "D", nil, nil])
    }
}
