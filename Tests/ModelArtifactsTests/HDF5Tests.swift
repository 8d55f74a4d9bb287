import Foundation
import ModelGraph
import Randomness
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

    @Test("Every element type that h5py writes for float16, float32, float64 and integers arrives as the same numbers")
    func elementTypes() throws {
        let decoder = try HDF5Decoder(image: Fixture.data("Keras/element_types.h5"), path: "element_types.h5")
        let read = try Dictionary(uniqueKeysWithValues: decoder.datasets.map { ($0.path, try decoder.tensor($0).values) })
        let signed: [Float] = [-2, -1, 0, 1, 100]
        let unsigned: [Float] = [0, 1, 2, 100, 200]
        #expect(read["float/2"] == [-2, -0.5, 0, 0.333251953125, 65504])
        #expect(read["float/4"] == [-2, -0.5, 0, 1.0 / 3, 3e38])
        #expect(read["float/8"] == [-2, -0.5, 0, 1.0 / 3, 3e38])
        for bytes in [1, 2, 4, 8] {
            #expect(read["signed/\(bytes)"] == signed)
            #expect(read["unsigned/\(bytes)"] == unsigned)
        }
        #expect(read["empty"] == [])
    }

    @Test("What Keras' files never hold is refused by name", arguments: [
        ("chunked", "stored in chunks"), ("big_endian", "elements of class 1"), ("text", "elements of class"),
        ("soft_link", "symbolic link"), ("newer", "superblock version"), ("unwritten", "are stored"),
    ])
    func refused(name: String, reason: String) throws {
        let image = try Fixture.data("Keras/refused_\(name).h5")
        let error = try #require(throws: ArtifactError.self) { try HDF5Decoder(image: image, path: "weights.h5") }
        #expect(error.description.contains(reason), "\(error)")
        #expect(error.description.contains("weights.h5"))
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

    @Test("A file cut anywhere is refused, and a file with wrong bytes is refused or read: never a crash")
    func mutations() throws {
        let image = try HDF5Encoder.encode(Self.variables, path: "memory")
        for index in 0 ..< 1000 {
            var random = RandomStream(seed: 7).child("mutation", index)
            var copy = image
            for _ in 0 ... random.below(4) { Mutation.apply(to: &copy, &random) }
            do {
                let decoder = try HDF5Decoder(image: copy, path: "memory")
                for dataset in decoder.datasets { _ = try decoder.tensor(dataset) }
            } catch {}  // Only `ArtifactError` can be thrown here: the compiler holds the types.
        }
        for length in stride(from: 0, to: image.count - 1, by: 37) {
            #expect(throws: ArtifactError.self) { try HDF5Decoder(image: image.prefix(length), path: "memory") }
        }
    }
}
