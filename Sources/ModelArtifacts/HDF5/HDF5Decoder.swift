import Foundation
import ModelGraph

/// Reads HDF5 files: data sets of floats and integers in either byte order, contiguous, compact or in chunks (with gzip,
/// shuffle and check sums), and attributes of strings and numbers; files of superblock 0 to 3, as h5py writes them with its
/// default settings and with `libver="latest"` (HDF5 File Format Specification, version 1.1 to 4.0).
///
/// The library is not used here: HDF5 1.10 crashes when a few bytes of a file are wrong (a data type of precision
/// zero is enough), and a model file comes from outside. Here every address is checked, every structure is visited once, and
/// nothing outside the file is followed.
struct HDF5Decoder {
    /// A data set as the file describes it.
    struct Dataset: Equatable {
        /// From the root, without a leading slash, for example `layers/dense/vars/0`.
        var path: String
        var shape: [Int]
        var element: Element
        var type: HDF5Datatype
        var storage: HDF5Storage

        /// The number of values.
        var count: Int { shape.reduce(1, *) }
        /// The bytes that the values take in the file, or as float32 in memory, whichever is more.
        var memory: Int { count * max(element.bytes, MemoryLayout<Float>.size) }
    }

    enum Element: Equatable {
        /// IEEE 754 with so many bytes: 2, 4 or 8.
        case float(bytes: Int)
        /// bfloat16: a float32 without its lower half.
        case brainFloat
        /// With so many bytes: 1, 2, 4 or 8.
        case integer(bytes: Int, signed: Bool)
        /// Strings, which are listed but not read.
        case text(bytes: Int)

        var bytes: Int {
            switch self {
            case let .float(bytes), let .integer(bytes, _), let .text(bytes): bytes
            case .brainFloat: 2
            }
        }
    }

    /// Every data set of the file, by path in byte order.
    let datasets: [Dataset]
    let groups: [String: [String]]
    let attributes: [String: [HDF5AttributeMessage]]
    private let file: HDF5Bytes

    /// Reads the structure of `image`.
    /// - Parameter path: the file, and the archive's member in it, for errors.
    /// - Throws: `ArtifactError` when a byte is wrong, the file uses a feature that is not read, or its data sets claim more
    ///   memory than `ArtifactLimits` allows.
    init(image: Data, path: String) throws(ArtifactError) {
        file = HDF5Bytes(bytes: [UInt8](image), path: path)
        var walk = HDF5Walk(file: file)
        try walk.visit(object: HDF5Walk.rootAddress(file), path: "")
        datasets = walk.datasets.sorted { $0.path < $1.path }
        groups = walk.members
        attributes = walk.attributes
    }

    /// The values of a data set, as float32. float64 is rounded; integers beyond 2²⁴ as well. Chunks that were not written
    /// hold the fill value.
    /// - Throws: `ArtifactError` when a compressed chunk is damaged, a check sum is wrong, nothing was ever written, or the
    ///   elements are strings.
    func tensor(_ dataset: Dataset) throws(ArtifactError) -> Tensor {
        guard let values = try dataset.type.numbers(Float.self, in: bytes(of: dataset)) else {
            throw ArtifactError(
                .unsupported, .read, file.path, at: "HDF5 object \(dataset.path)",
                "it holds \(dataset.type.name), not numbers", advice: "leave it out, or save the model with numbers there")
        }
        return Tensor(shape: dataset.shape, values: values)
    }

    private func bytes(of dataset: Dataset) throws(ArtifactError) -> [UInt8] {
        guard dataset.count > 0 else { return [] }
        switch dataset.storage {
        case let .whole(region): return Array(region.bytes)
        case let .chunks(chunks):
            return try HDF5ChunkAssembly(shape: dataset.shape, elementBytes: dataset.type.bytes, path: dataset.path)
                .bytes(of: chunks)
        case .none:
            throw ArtifactError(
                .malformed, .read, file.path, at: "HDF5 object \(dataset.path)",
                "none of its \(dataset.count) values was ever written", advice: "save the model again")
        }
    }
}
