import Failures
import Foundation
import ModelGraph
import Testing

@testable import ModelArtifacts

@Suite struct KerasArchiveTests {
    @Test("Each graph comes back as it was, and gives the same bytes twice", arguments: KerasGraphs.all())
    func roundTrip(graph: ModelGraph) throws {
        let data = try KerasArchive.encode(graph)
        #expect(try KerasArchive.decode(data, path: "memory") == graph)
        #expect(try KerasArchive.encode(graph) == data)
    }

    @Test("The only date is 1980-01-01 or SOURCE_DATE_EPOCH, in the members and in date_saved")
    func dates() throws {
        let graph = KerasGraphs.bandwidth()
        let constant = try KerasArchive.encode(graph, path: "memory", environment: [:])
        // Local file header: time and date at bytes 10 to 13; 1980-01-01 00:00 is 0x0000, 0x0021.
        #expect(Array(constant[10 ..< 14]) == [0, 0, 0x21, 0])
        #expect(constant.range(of: Data("\"date_saved\":\"1980-01-01@00:00:00\"".utf8)) != nil)
        // 2026-11-21 13:14:15 UTC.
        let dated = try KerasArchive.encode(graph, path: "memory", environment: ["SOURCE_DATE_EPOCH": "1795266855"])
        #expect(Array(dated[10 ..< 14]) == [0xC7, 0x69, 0x75, 0x5D])
        #expect(dated.range(of: Data("\"date_saved\":\"2026-11-21@13:14:15\"".utf8)) != nil)
        #expect(throws: ArtifactError.self) {
            try KerasArchive.encode(graph, path: "memory", environment: ["SOURCE_DATE_EPOCH": "yesterday"])
        }
    }

    @Test("A member that is damaged, missing, doubled or larger than it may be is named")
    func members() throws {
        let graph = KerasGraphs.bandwidth()
        let data = try KerasArchive.encode(graph)
        var damaged = data
        let weights = try #require(data.range(of: Data([0x89] + "HDF".utf8)))
        damaged[weights.lowerBound + 3000] ^= 1
        let error = try #require(throws: ArtifactError.self) { try KerasArchive.decode(damaged, path: "a.keras") }
        #expect(error.description.contains("a.keras: model.weights.h5: damaged"), "\(error)")

        var archive = try Self.unpacked(data)
        archive.members.removeAll { $0.name != "metadata.json" }
        let lacking = try archive.encode(date: .constant, path: "memory")
        let missing = try #require(throws: ArtifactError.self) { try KerasArchive.decode(lacking, path: "a.keras") }
        #expect(missing.description.contains("lacks config.json, model.weights.h5"), "\(missing)")

        let limited = try #require(throws: ArtifactError.self) {
            try ZipArchive.decode(data, reading: [("config.json", 100)], path: "a.keras")
        }
        #expect(limited.code == .tooLarge)
        #expect(throws: ArtifactError.self) { try KerasArchive.decode(Data("not a zip".utf8), path: "a.keras") }
        #expect(throws: ArtifactError.self) { try KerasArchive.decode(Data(), path: "a.keras") }
    }

    @Test("Missing, left-over and mis-shaped variables are all listed in one error, with their layers")
    func weights() throws {
        let graph = KerasGraphs.bandwidth()
        let model = try KerasModel(graph, path: "memory")
        var variables = model.treeVariables(of: graph)
        variables.removeAll { $0.path == "layers/lstm/cell/vars/1" }
        for index in variables.indices where variables[index].path == "layers/dense/vars/0" {
            variables[index].value = .float32(KerasGraphs.tensor([4, 3], "wrong"))
        }
        variables.append(.init(path: "layers/dense/vars/2", value: .float32(Tensor([1]))))
        variables.append(.init(path: "layers/gru/cell/vars/0", value: .float32(Tensor([1]))))
        variables.append(.init(path: "optimizer/vars/0", value: .float32(Tensor([1]))))
        let changed = try Self.repacked(KerasArchive.encode(graph), "model.weights.h5") { _ in
            try HDF5Encoder.encode(variables, path: "memory")
        }
        let error = try #require(throws: ArtifactError.self) { try KerasArchive.decode(changed, path: "a.keras") }
        #expect(error.code == .weightsDisagree)
        for line in [
            "4 variables disagree", "lstm (LSTM): recurrent_kernel, layers/lstm/cell/vars/1, of shape [6, 24] is missing",
            "dense (Dense): kernel, layers/dense/vars/0, has the shape [4, 3], but the configuration asks for [3, 4]",
            "dense: layers/dense/vars/2 is left over", "no layer: layers/gru/cell/vars/0 is left over",
        ] {
            #expect(error.description.contains(line), "\(error)")
        }
        #expect(!error.description.contains("optimizer"))
    }

    @Test("What a graph cannot be in Keras is refused before anything is written")
    func notExpressible() throws {
        var unused = KerasGraphs.bandwidth()
        unused.nodes.append(.init(name: "idle", operation: .flatten, sources: ["input"]))
        var shaped = KerasGraphs.bandwidth()
        shaped.nodes[5].operation = KerasGraphs.dense(4, 4)
        var unknown = KerasGraphs.bandwidth()
        unknown.nodes[3].sources = ["nowhere"]
        var doubled = KerasGraphs.bandwidth()
        doubled.nodes[1].name = "normalization"
        var infinite = KerasGraphs.bandwidth()
        infinite.nodes[2].operation = .dropout(rate: .infinity)
        let forest = KerasGraphs.chain("forest", input: [1], [
            .isolationForest(.init(center: Tensor([0]), scale: Tensor([1]), trees: [], averagePathLength: 1))
        ])
        for (graph, reason) in [
            (unused, "idle"), (shaped, "node dense: kernel has the shape [4, 4], but its input asks for [3, 4]"),
            (unknown, "reads nowhere"), (doubled, "is taken"), (infinite, "inf"),
            (forest, "no layer for IsolationForest"),
        ] {
            let error = try #require(throws: ArtifactError.self) { try KerasArchive.encode(graph) }
            #expect(error.code == .notExpressible)
            #expect(error.description.contains(reason), "\(error)")
        }
    }

    @Test("A file that is not there, and a folder, are told from damage")
    func files() throws {
        let error = try #require(throws: ArtifactError.self) { try KerasArchive.read("/nowhere/a.keras") }
        #expect(error.category == .missingInput)
        #expect(throws: ArtifactError.self) { try KerasArchive.read("/") }
    }

    // MARK: Taking archives apart

    static func unpacked(_ data: Data) throws -> ZipArchive {
        let names = ["metadata.json", "config.json", "model.weights.h5"]
        return try ZipArchive.decode(data, reading: names.map { ($0, 1 << 20) }, path: "memory")
    }

    /// The archive with one member changed.
    static func repacked(_ data: Data, _ name: String, _ change: (Data) throws -> Data) throws -> Data {
        var archive = try unpacked(data)
        for index in archive.members.indices where archive.members[index].name == name {
            archive.members[index].content = try change(archive.members[index].content)
        }
        return try archive.encode(date: .constant, path: "memory")
    }
}
