import Foundation
import ModelGraph
import Randomness
import TestSupport
import Testing

@testable import ModelArtifacts

/// Seeded damage: whatever happens to the bytes, reading ends with values or an `ArtifactError`.
@Suite struct HDF5FuzzTests {
    /// Reads all there is.
    private static func readEverything(_ image: Data) throws(ArtifactError) {
        let decoder = try HDF5Decoder(image: image, path: "memory")
        for dataset in decoder.datasets { try? _ = decoder.tensor(dataset) }
        for object in decoder.attributes.keys.sorted() {
            for name in decoder.attributeNames(of: object) { try? _ = decoder.attribute(name, of: object) }
        }
    }

    private static func ownFile() throws -> Data {
        let variables = (0 ..< 12).map {
            HDF5Encoder.Variable(path: "many/\($0)", value: .float32(Tensor([Float($0), -0.5])))
        }
        return try HDF5Encoder.encode(
            variables + [.init(path: "count", value: .int32(7))],
            attributes: [
                .init(object: "", name: "model_config", value: .string("{}")),
                .init(object: "many", name: "names", value: .strings(["a", "bc"])),
            ], path: "memory")
    }

    @Test("A file of ours, cut anywhere or with wrong bytes")
    func ours() throws {
        let image = try Self.ownFile()
        for index in 0 ..< 2000 {
            var random = RandomStream(seed: 7).child("mutation", index)
            var copy = image
            for _ in 0 ... random.below(4) { Mutation.apply(to: &copy, &random) }
            try? Self.readEverything(copy)
        }
        for length in stride(from: 0, to: image.count - 1, by: 37) {
            #expect(throws: ArtifactError.self) { try HDF5Decoder(image: image.prefix(length), path: "memory") }
        }
    }

    @Test("A file of h5py with every kind of structure, with wrong bytes", arguments: ["default", "latest"])
    func theirs(name: String) throws {
        let image = try HDF5Fixtures.data("small_\(name)")
        for index in 0 ..< 500 {
            var random = RandomStream(seed: 8).child(name, index)
            var copy = image
            for _ in 0 ... random.below(4) { Mutation.apply(to: &copy, &random) }
            Self.readMending(&copy)
        }
    }

    @Test("A row of chunks without an index that claims 2⁵⁶ of them is refused before they are counted")
    func endlessRow() throws {
        var image = try HDF5Fixtures.data("small_latest")
        func bytes(_ values: UInt64...) -> Data {
            values.reduce(into: Data()) { data, value in withUnsafeBytes(of: value.littleEndian) { data.append(contentsOf: $0) } }
        }
        // Layout version 4, chunks, no flags, three axes of one byte each (2, 3 and 4 bytes an element), index of kind 2.
        let layout = try #require(image.range(of: Data([4, 2, 0, 3, 1, 2, 3, 4, 2])))
        let shape = try #require(image[..<layout.lowerBound].lastRange(of: bytes(4, 6, 4, 6)))
        image.replaceSubrange(shape, with: bytes(4, 6, 1 << 28, 1 << 28))
        Self.readMending(&image)
        let error = try #require(throws: ArtifactError.self) { try HDF5Decoder(image: image, path: "memory") }
        #expect(error.description.contains("the chunks of early"), "\(error)")
    }

    /// Reads all there is. Where a check sum gives the damage away, it is mended, so that what lies behind is reached.
    private static func readMending(_ image: inout Data) {
        for _ in 0 ..< 8 {
            do {
                return try readEverything(image)
            } catch {
                let sums = error.finding.split(separator: " ").compactMap { UInt32($0.filter(\.isNumber)) }
                guard error.finding.contains("has the check sum"), let computed = sums.last,
                    let place = Int(error.place.dropFirst("byte ".count)), place + 4 <= image.count
                else { return }
                let bytes = withUnsafeBytes(of: computed.littleEndian) { Data($0) }
                image.replaceSubrange(place ..< place + 4, with: bytes)
            }
        }
    }
}
