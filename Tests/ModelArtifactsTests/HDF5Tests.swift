import Foundation
import ModelGraph
import TestSupport
import Testing

@testable import ModelArtifacts

@Suite struct HDF5Tests {
    /// Three groups, ranks 0 to 3, more members in one group than fit a single symbol table node.
    private static let variables: [HDF5Encoder.Variable] =
        (0 ..< 40).map { .init(path: "many/\($0)", value: .float32(Tensor([Float($0), -0.5]))) } + [
            .init(path: "layers/dense/vars/0", value: .float32(Tensor(shape: [2, 3], values: [1, 2, 3, 4, 5, 6]))),
            .init(path: "layers/cube", value: .float32(Tensor(repeating: 0.25, shape: [2, 1, 2]))),
            .init(path: "layers/scalar", value: .float32(Tensor(shape: [], values: [-7]))),
            .init(path: "count", value: .int32(-123_456)),
        ]

    @Test("What is written reads back with path, shape and every value")
    func roundTrip() throws {
        let decoder = try HDF5Decoder(image: HDF5Encoder.encode(Self.variables, path: "memory"), path: "memory")
        #expect(decoder.datasets.map(\.path) == Self.variables.map(\.path).sorted())
        for variable in Self.variables {
            let dataset = try #require(decoder.datasets.first { $0.path == variable.path })
            switch variable.value {
            case let .float32(tensor):
                #expect(dataset.element == .float(bytes: 4))
                #expect(try decoder.tensor(dataset) == tensor)
            case let .int32(value):
                #expect(dataset.element == .integer(bytes: 4, signed: true))
                #expect(try decoder.tensor(dataset) == Tensor(shape: [], values: [Float(value)]))
            }
        }
    }

    @Test("The same variables give the same bytes, also when several threads write at once")
    func reproducible() async throws {
        let first = try HDF5Encoder.encode(Self.variables, path: "memory")
        try await withThrowingTaskGroup(of: Data.self) { group in
            for _ in 0 ..< 8 { group.addTask { try HDF5Encoder.encode(Self.variables, path: "memory") } }
            for try await image in group { #expect(image == first) }
        }
    }

    @Test("A shape that claims terabytes is refused before memory is taken")
    func terabytes() throws {
        var image = try HDF5Encoder.encode(
            [.init(path: "wide", value: .float32(Tensor(repeating: 1, shape: [77_777])))], path: "memory")
        let claim = withUnsafeBytes(of: UInt64(77_777).littleEndian) { Data($0) }
        let place = try #require(image.range(of: claim))
        image.replaceSubrange(place, with: withUnsafeBytes(of: UInt64(1 << 40).littleEndian) { Data($0) })
        let error = try #require(throws: ArtifactError.self) { try HDF5Decoder(image: image, path: "memory") }
        #expect(error.code == .tooLarge)

        image.replaceSubrange(place, with: withUnsafeBytes(of: UInt64(1 << 27).littleEndian) { Data($0) })
        let second = try #require(throws: ArtifactError.self) { try HDF5Decoder(image: image, path: "memory") }
        #expect(second.code == .malformed)
    }

    @Test("Attributes of every kind read back, on the root, on groups that hold data sets and on groups made for them")
    func attributesRoundTrip() throws {
        let configuration = String(repeating: "{\"größe\": 1}", count: 10_000)
        let attributes: [HDF5Encoder.Attribute] = [
            .init(object: "", name: "model_config", value: .string(configuration)),
            .init(object: "", name: "empty", value: .string("")),
            .init(object: "layers", name: "layer_names", value: .strings(["dense", "größer", ""])),
            .init(object: "layers/dense/vars/0", name: "rate", value: .number(0.1)),
            .init(object: "model_weights/dropout", name: "weight_names", value: .strings([])),
        ]
        let image = try HDF5Encoder.encode(Self.variables, attributes: attributes, path: "memory")
        let decoder = try HDF5Decoder(image: image, path: "memory")
        #expect(try decoder.attribute("model_config", of: "") == .strings([configuration]))
        #expect(try decoder.attribute("empty", of: "") == .strings([""]))
        #expect(try decoder.attribute("layer_names", of: "layers") == .strings(["dense", "größer", ""]))
        #expect(try decoder.attribute("rate", of: "layers/dense/vars/0") == .numbers([0.1]))
        #expect(try decoder.attribute("weight_names", of: "model_weights/dropout") == .strings([]))
        #expect(decoder.attributeNames(of: "") == ["empty", "model_config"])
        #expect(decoder.members(of: "") == ["count", "layers", "many", "model_weights"])
        #expect(try decoder.attribute("absent", of: "") == nil)
        #expect(try decoder.attribute("rate", of: "absent") == nil)
        for _ in 0 ..< 20 {
            #expect(try HDF5Encoder.encode(Self.variables, attributes: attributes, path: "memory") == image)
        }
    }

    @Test("A list of names that no object header can hold is refused with its size, and so is a zero byte")
    func longList() throws {
        func error(_ value: HDF5Encoder.AttributeValue) throws -> ArtifactError? {
            #expect(throws: ArtifactError.self) {
                try HDF5Encoder.encode([], attributes: [.init(object: "", name: "names", value: value)], path: "out.h5")
            }
        }
        let name = String(repeating: "n", count: 1008)
        #expect(throws: Never.self) {
            try HDF5Encoder.encode(
                [], attributes: [.init(object: "", name: "names", value: .strings(Array(repeating: name, count: 64)))],
                path: "out.h5")
        }
        let tooLong = try #require(try error(.strings(Array(repeating: name, count: 65))))
        #expect(tooLong.code == .notExpressible)
        #expect(tooLong.description.contains("65 strings of up to 1008 bytes"), "\(tooLong)")
        #expect(try error(.string("a\0b"))?.code == .notExpressible)
    }
}
