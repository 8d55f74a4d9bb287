import Foundation
import ModelGraph
import Randomness
import TestSupport
import Testing

@testable import ModelArtifacts

/// Seeded damage: whatever happens to the bytes, reading ends with a graph or an `ArtifactError`.
@Suite struct KerasFuzzTests {
    private static let graph = KerasGraphs.chain("policy", input: [3], [
        KerasGraphs.normalization(3), KerasGraphs.dense(3, 2, .relu), KerasGraphs.batchNormalization(2), .dropout(rate: 0.3),
        KerasGraphs.dense(2, 2, .softmax),
    ])

    private static func outcome(_ data: Data, weights: Data? = nil) throws -> Bool {
        do {
            _ = try KerasFile.decode(data, path: "memory", weights: weights.map { ($0, "weights") })
            return true
        } catch is ArtifactError {
            return false
        }
    }

    @Test("Archives with flipped bytes, swapped stretches or a cut end")
    func archives() throws {
        let data = try KerasArchive.encode(Self.graph)
        var accepted = 0
        for index in 0 ..< 1200 {
            var random = RandomStream(seed: 1).child("archive", index)
            var copy = data
            for _ in 0 ... random.below(3) { Mutation.apply(to: &copy, &random) }
            if try Self.outcome(copy) { accepted += 1 }
        }
        // Check sums cover the content; what may change unnoticed is dates and attributes.
        #expect(accepted < 240)
        for length in 0 ..< min(data.count, 600) { #expect(try !Self.outcome(data.prefix(length))) }
    }

    @Test("Members that are damaged under a valid check sum", arguments: [
        "metadata.json", "config.json", "model.weights.h5",
    ])
    func members(name: String) throws {
        let data = try KerasArchive.encode(Self.graph)
        for index in 0 ..< 400 {
            var random = RandomStream(seed: 2).child(name, index)
            let changed = try KerasArchiveTests.repacked(data, name) { content in
                var copy = content
                for _ in 0 ... random.below(3) { Mutation.apply(to: &copy, &random) }
                return copy
            }
            _ = try Self.outcome(changed)
        }
    }

    @Test("Configurations with values of every other type in every place")
    func wrongTypes() throws {
        let data = try KerasArchive.encode(Self.graph)
        let values: [JSONValue] = [
            .null, .bool(true), .integer(-1), .integer(.max), .number(1e300), .string(""), .array([]), .object([:]),
        ]
        for index in 0 ..< 400 {
            var random = RandomStream(seed: 3).child("types", index)
            let changed = try KerasArchiveTests.repacked(data, "config.json") { content in
                let root = try JSONParser.parse(content, path: "memory", member: "config.json")
                return Data(Self.replacingOne(in: root, by: values[random.below(values.count)], &random).text.utf8)
            }
            _ = try Self.outcome(changed)
        }
    }

    @Test("Whole models in HDF5 with flipped bytes, swapped stretches or a cut end")
    func wholeModels() throws {
        for graph in [Self.graph, KerasGraphs.wrapped()[1]] {
            let data = try KerasHDF5File.encode(graph, path: "memory")
            for index in 0 ..< 300 {
                var random = RandomStream(seed: 4).child("whole \(graph.name)", index)
                var copy = data
                for _ in 0 ... random.below(3) { Mutation.apply(to: &copy, &random) }
                _ = try Self.outcome(copy)
            }
        }
    }

    @Test("JSON of both generations with values of every other type in every place", arguments: KerasFixtures.all)
    func wrongTypesInText(fixtures: KerasFixtures) throws {
        let text = try fixtures.data("recurrent.json")
        let root = try JSONParser.parse(text, path: "memory", member: "JSON")
        let weights = try fixtures.data("recurrent.weights.h5")
        let values: [JSONValue] = [
            .null, .bool(true), .integer(-1), .integer(.min), .integer(.max), .string("softmax"), .array([.integer(2)]),
            .array([.null, .integer(1)]), .object([:]),
        ]
        for index in 0 ..< 120 {
            var random = RandomStream(seed: 5).child("types", index)
            let changed = Self.replacingOne(in: root, by: values[random.below(values.count)], &random).text
            _ = try Self.outcome(Data(changed.utf8), weights: weights)
        }
    }

    /// Walks down at random and replaces what it meets after some steps.
    private static func replacingOne(in value: JSONValue, by other: JSONValue, _ random: inout RandomStream) -> JSONValue {
        guard random.below(8) > 0 else { return other }
        switch value {
        case var .array(values) where !values.isEmpty:
            let place = random.below(values.count)
            values[place] = replacingOne(in: values[place], by: other, &random)
            return .array(values)
        case var .object(members) where !members.isEmpty:
            let key = members.keys.sorted()[random.below(members.count)]
            members[key] = replacingOne(in: members[key] ?? .null, by: other, &random)
            return .object(members)
        default: return other
        }
    }
}
