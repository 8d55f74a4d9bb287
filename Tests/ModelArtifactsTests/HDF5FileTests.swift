import Foundation
import ModelGraph
import TestSupport
import Testing

@testable import ModelArtifacts

/// Files that h5py wrote (`Tools/reference/hdf5_fixtures.py`), in its default format and in the newest of two versions.
@Suite struct HDF5FileTests {
    static let names = ["default", "latest", "latest_1_14"]

    private static func decoder(_ name: String) throws -> HDF5Decoder {
        try HDF5Decoder(image: HDF5Fixtures.data("\(name)"), path: "\(name).h5")
    }

    /// What the script writes at each linear place.
    private static func expected(_ dataset: HDF5Decoder.Dataset) -> [Float] {
        var shift = 11
        if case .integer(_, signed: false) = dataset.element { shift = 0 }
        return (0 ..< dataset.count).map { Float((7 * $0) % 23 - shift) }
    }

    @Test("Every element type, layout, chunk index and filter gives every value", arguments: names)
    func values(name: String) throws {
        let decoder = try Self.decoder(name)
        var checked = 0
        for dataset in decoder.datasets where !dataset.path.contains("/other_") && !dataset.path.contains("/unwritten") {
            #expect(try decoder.tensor(dataset).values == Self.expected(dataset), "\(dataset.path)")
            checked += 1
        }
        #expect(checked == 55)
    }

    @Test("Types and shapes are those that h5py wrote", arguments: names)
    func shapes(name: String) throws {
        let datasets = try Dictionary(uniqueKeysWithValues: Self.decoder(name).datasets.map { ($0.path, $0) })
        for (path, element, isBigEndian) in [
            ("types/little_f2", HDF5Decoder.Element.float(bytes: 2), false), ("types/big_f4", .float(bytes: 4), true),
            ("types/big_f8", .float(bytes: 8), true), ("types/bfloat16", .brainFloat, false),
            ("types/big_i2", .integer(bytes: 2, signed: true), true),
            ("types/little_u8", .integer(bytes: 8, signed: false), false),
            ("types/other_bool", .integer(bytes: 1, signed: true), false),
        ] {
            #expect(datasets[path]?.element == element, "\(path)")
            #expect(datasets[path]?.type.isBigEndian == isBigEndian, "\(path)")
        }
        #expect(datasets["layouts/scalar"]?.shape == [])
        #expect(datasets["layouts/empty"]?.shape == [0, 3])
        #expect(datasets["layouts/three_axes"]?.shape == [3, 4, 5])
        #expect(datasets["layouts/grows_last"]?.shape == [3, 40])
    }

    @Test("Chunks that were not written hold the fill value, zero when there is none", arguments: names)
    func missingChunks(name: String) throws {
        let decoder = try Self.decoder(name)
        for (path, fill) in [("layouts/other_missing", Float(0)), ("layouts/other_fill", 2.5)] {
            let dataset = try #require(decoder.datasets.first { $0.path == path })
            let written = (0 ..< 24).map { $0 < 12 && $0 % 6 < 3 ? 1 : fill }
            #expect(try decoder.tensor(dataset).values == written)
        }
    }

    @Test("A data set of which nothing was written is no weight", arguments: names, ["whole", "chunks"])
    func unwritten(name: String, kind: String) throws {
        let decoder = try Self.decoder(name)
        let dataset = try #require(decoder.datasets.first { $0.path == "layouts/unwritten_\(kind)" })
        let error = try #require(throws: ArtifactError.self) { try decoder.tensor(dataset) }
        #expect(error.description.contains("ever written") && error.description.contains(dataset.path), "\(error)")
    }

    @Test("Strings and booleans: data sets of strings are listed and not read, booleans are 0 and 1", arguments: names)
    func otherTypes(name: String) throws {
        let decoder = try Self.decoder(name)
        let flags = try #require(decoder.datasets.first { $0.path == "types/other_bool" })
        #expect(try decoder.tensor(flags).values == [1, 0, 1])
        for path in ["text/other_variable", "text/other_fixed"] {
            let dataset = try #require(decoder.datasets.first { $0.path == path })
            let error = try #require(throws: ArtifactError.self) { try decoder.tensor(dataset) }
            #expect(error.code == .unsupported && error.description.contains(path), "\(error)")
        }
    }

    @Test("Groups: nested, empty, and with more members than one node or one header holds", arguments: names)
    func groups(name: String) throws {
        let decoder = try Self.decoder(name)
        #expect(decoder.members(of: "") == ["attributes", "filters", "groups", "layouts", "text", "types"])
        #expect(decoder.members(of: "groups/a/b/c/d") == ["deep"])
        #expect(decoder.members(of: "groups/empty") == [])
        #expect(decoder.members(of: "nowhere") == [])
        let many = (0 ..< (name == "default" ? 20 : 60)).map {
            String(format: "%02d_", $0) + String(repeating: "member of a large group ", count: 3)
        }
        #expect(decoder.members(of: "groups/many") == many)
    }

    @Test("Attributes: each kind of string, numbers, empty ones", arguments: names)
    func attributes(name: String) throws {
        let decoder = try Self.decoder(name)
        #expect(try decoder.attribute("root", of: "") == .strings(["attribute of the root"]))
        let expected: [String: HDF5Attribute] = [
            "null_terminated": .strings(["ends"]), "null_padded": .strings(["padded"]), "space_padded": .strings(["spaces"]),
            "text": .strings(["Gewicht für ∑"]), "bytes": .strings(["plain"]), "no_text": .strings([""]),
            "names": .strings(["dense", "lstm_1", ""]), "variable_names": .strings(["dense", "größer", ""]),
            "table": .strings(["a", "b", "c", "d"]), "no_names": .strings([]), "no_numbers": .numbers([]),
            "null": .numbers([]), "flag": .numbers([1]), "count": .numbers([42]), "rate": .numbers([0.125]),
            "big": .numbers([-1, 2, 300]),
            "long": .strings([(0 ..< 1000).map { String(format: "%05d,", $0) }.joined()]),
        ]
        for (key, value) in expected { #expect(try decoder.attribute(key, of: "attributes") == value, "\(key)") }
        #expect(decoder.attributeNames(of: "attributes") == (expected.keys + ["pair"]).sorted())
        let error = try #require(throws: ArtifactError.self) { try decoder.attribute("pair", of: "attributes") }
        #expect(error.code == .unsupported)
        #expect(error.description.contains("the attribute pair of attributes holds compounds"), "\(error)")
    }

    @Test("Attributes by the dozen, on a group and on a data set", arguments: names)
    func manyAttributes(name: String) throws {
        let decoder = try Self.decoder(name)
        for index in 0 ..< (name == "default" ? 20 : 200) {
            let key = String(format: "attribute %03d with a name of some length", index)
            #expect(try decoder.attribute(key, of: "groups/wide") == .numbers([Double(index)]))
        }
        for index in 0 ..< 12 {
            #expect(try decoder.attribute("a\(index)", of: "groups/wide/dense_attributes") == .strings(["\(index)"]))
        }
    }

    @Test("What a file of weights has no need of is refused by name", arguments: [
        ("lzf", "lzf (filter 32000)"), ("soft_link", "b is a symbolic link"), ("external_link", "b is a symbolic link"),
        ("hard_link", "a second time"), ("virtual", "virtual data set"), ("external_values", "another file"),
        ("compound", "compounds"), ("opaque", "opaque"),
        ("sparse", "more than 1032 times the file's"), ("shared_type", "shared between objects"),
        ("huge_attribute", "a huge object"),
    ])
    func refused(name: String, reason: String) throws {
        let image = try HDF5Fixtures.data("refused_\(name)")
        let error = try #require(throws: ArtifactError.self) { try HDF5Decoder(image: image, path: "weights.h5") }
        #expect(error.description.contains(reason), "\(error)")
        #expect(error.description.contains("weights.h5"))
    }

    @Test("One wrong byte of a compressed, a shuffled and a summed chunk is found, with the data set's name", arguments: [
        "filters/gzip", "filters/all_f2", "filters/fletcher32", "filters/unusual_order",
    ], names)
    func damagedChunk(path: String, name: String) throws {
        let dataset = try #require(Self.decoder(name).datasets.first { $0.path == path })
        guard case let .chunks(chunks) = dataset.storage else { throw Unexpected() }
        let stored = try #require(chunks.stored.last).stored
        var image = try HDF5Fixtures.data("\(name)")
        image[Int(stored.address + stored.length / 2)] ^= 0x10
        let decoder = try HDF5Decoder(image: image, path: "weights.h5")
        let damaged = try #require(decoder.datasets.first { $0.path == path })
        let error = try #require(throws: ArtifactError.self) { try decoder.tensor(damaged) }
        #expect(error.code == .malformed)
        #expect(
            error.description.contains("a compressed chunk of \(path)")
                || error.description.contains("a chunk of \(path) has the check sum"), "\(error)")
    }

    @Test("One wrong byte in an object header of the newer kind is found by its check sum")
    func damagedHeader() throws {
        var image = try HDF5Fixtures.data("small_latest")
        let header = try #require(image.lastRange(of: Data("OHDR".utf8)))
        image[header.lowerBound + 30] ^= 1
        let error = try #require(throws: ArtifactError.self) { try HDF5Decoder(image: image, path: "weights.h5") }
        #expect(error.description.contains("an object header has the check sum"), "\(error)")
    }

    @Test("A chunk may hold 1032 times its stored bytes, as zeros do, and may not claim more")
    func deflateRatio() throws {
        let image = try HDF5Fixtures.data("dense_zeros")
        let decoder = try HDF5Decoder(image: image, path: "weights.h5")
        #expect(try decoder.tensor(decoder.datasets[0]) == Tensor(repeating: 0, shape: [1 << 20]))

        // The length stands in 4 bytes in the layout, and in 8 bytes in the shape behind a version, a rank and a flag.
        func bytes(_ value: some FixedWidthInteger) -> Data { withUnsafeBytes(of: value.littleEndian) { Data($0) } }
        let layout = bytes(UInt32(1 << 20)) + bytes(UInt32(4))
        var claiming = image
        claiming.replaceSubrange(
            try #require(image.lastRange(of: layout)), with: bytes(UInt32(1 << 24)) + bytes(UInt32(4)))
        let chunk = try #require(throws: ArtifactError.self) { try HDF5Decoder(image: claiming, path: "weights.h5") }
        #expect(chunk.code == .tooLarge && chunk.description.contains("can hold at most"), "\(chunk)")

        claiming = image
        claiming.replaceSubrange(
            try #require(image.range(of: bytes(UInt64(0x01_0101)) + bytes(UInt64(1 << 20)))),
            with: bytes(UInt64(0x01_0101)) + bytes(UInt64(1 << 26)))
        let whole = try #require(throws: ArtifactError.self) { try HDF5Decoder(image: claiming, path: "weights.h5") }
        #expect(whole.code == .tooLarge && whole.description.contains("1032 times the file's"), "\(whole)")
    }

    private struct Unexpected: Error {}
}
