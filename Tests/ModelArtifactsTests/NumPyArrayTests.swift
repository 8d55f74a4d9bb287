import Foundation
import ModelGraph
import Randomness
import TestSupport
import Testing

@testable import ModelArtifacts

@Suite struct NumPyArrayTests {
    @Test("Shapes of every rank survive, and the bytes are those of numpy.save")
    func roundTrip() throws {
        for shape in [[], [0], [3], [2, 3], [1, 2, 3, 2]] {
            let tensor = KerasGraphs.tensor(shape, "array")
            #expect(try NumPyArray.decode(NumPyArray.encode(tensor), path: "memory") == tensor)
        }
        let theirs = try Fixture.data("Keras/policy_input.npy")
        let tensor = try NumPyArray.decode(theirs, path: "memory")
        #expect(tensor.shape == [4, 6])
        #expect(NumPyArray.encode(tensor) == theirs)
    }

    @Test("float64 is rounded to float32; other types and orders are refused with advice")
    func types() throws {
        let rounded = Tensor(shape: [2, 2], values: [1, -0.5, 1.0 / 3, 1e30])
        #expect(try NumPyArray.read(Fixture.url("Keras/float64.npy").path) == rounded)
        for (name, advice) in [("integers", "astype"), ("fortran", "ascontiguousarray")] {
            let error = try #require(throws: ArtifactError.self) {
                try NumPyArray.read(Fixture.url("Keras/refused_\(name).npy").path)
            }
            #expect(error.description.contains(advice), "\(error)")
        }
    }

    @Test("A length that does not fit the shape, a shape that is too large and damaged bytes are refused, never a crash")
    func damage() throws {
        let data = NumPyArray.encode(KerasGraphs.tensor([4, 3], "array"))
        #expect(throws: ArtifactError.self) { try NumPyArray.decode(data + [0], path: "memory") }
        for length in 0 ..< data.count {
            #expect(throws: ArtifactError.self) { try NumPyArray.decode(data.prefix(length), path: "memory") }
        }
        var claim = data
        let shape = try #require(data.range(of: Data("(4, 3)".utf8)))
        claim.replaceSubrange(shape, with: Data("(999999999999, 3)".utf8))
        #expect(throws: ArtifactError.self) { try NumPyArray.decode(claim, path: "memory") }
        for index in 0 ..< 1000 {
            var random = RandomStream(seed: 4).child("npy", index)
            var copy = data
            for _ in 0 ... random.below(3) { Mutation.apply(to: &copy, &random) }
            do { _ = try NumPyArray.decode(copy, path: "memory") } catch is ArtifactError {}
        }
    }

    @Test("An archive keeps every array by name, the same bytes each time")
    func archive() throws {
        let arrays = ["a": KerasGraphs.tensor([2, 3], "a"), "b/c": KerasGraphs.tensor([], "b")]
        let data = try NumPyArchive.encode(arrays, path: "memory")
        #expect(try NumPyArchive.decode(data, path: "memory") == arrays)
        #expect(try NumPyArchive.encode(arrays, path: "memory") == data)
    }

    @Test("Archives of numpy.savez and numpy.savez_compressed are read", arguments: ["stored", "deflated"])
    func theirArchives(name: String) throws {
        let arrays = try NumPyArchive.read(Fixture.url("Keras/\(name).npz").path)
        #expect(arrays == [
            "first": Tensor(shape: [2, 3], values: [0, 1, 2, 3, 4, 5]), "second": Tensor(shape: [2], values: [0.5, -1.5]),
        ])
    }

    @Test("A member that is no array, a damaged archive and one that claims too much are refused, never a crash")
    func damagedArchives() throws {
        let date = ArchiveDate.constant
        let stranger = try ZipArchive(members: [.init(name: "readme.txt", content: Data("hello".utf8))])
            .encode(date: date, path: "memory")
        #expect(throws: ArtifactError.self) { try NumPyArchive.decode(stranger, path: "memory") }
        let data = try NumPyArchive.encode(["a": KerasGraphs.tensor([4, 3], "a")], path: "memory")
        for index in 0 ..< 1000 {
            var random = RandomStream(seed: 4).child("npz", index)
            var copy = data
            for _ in 0 ... random.below(3) { Mutation.apply(to: &copy, &random) }
            do { _ = try NumPyArchive.decode(copy, path: "memory") } catch is ArtifactError {}
        }
    }
}
