import Foundation
import ModelGraph

/// Reads data sets of an HDF5 file: what h5py writes with its default settings, that is, superblock 0, groups with symbol
/// tables, object headers of version 1, contiguous or compact data (HDF5 File Format Specification, version 1.1 and 2.0).
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
        /// Where the values begin in the file; meaningless when there are none.
        var address: UInt64
    }

    enum Element: Equatable {
        /// IEEE 754 with so many bytes, little-endian: 2, 4 or 8.
        case float(bytes: Int)
        /// Little-endian with so many bytes: 1, 2, 4 or 8.
        case integer(bytes: Int, signed: Bool)

        var bytes: Int {
            switch self { case let .float(bytes), let .integer(bytes, _): bytes }
        }
    }

    /// Every data set of the file, by path in byte order.
    let datasets: [Dataset]
    private let file: HDF5Bytes

    /// Reads the structure of `image`.
    /// - Parameter path: the file, and the archive's member in it, for errors.
    /// - Throws: `ArtifactError` when a byte is wrong or the file uses a feature that Keras' files do not.
    init(image: Data, path: String) throws(ArtifactError) {
        file = HDF5Bytes(bytes: [UInt8](image), path: path)
        var walk = HDF5Walk(file: file)
        try walk.visit(object: HDF5Walk.rootAddress(file), path: "")
        let sorted = walk.datasets.sorted { $0.path < $1.path }
        for (first, second) in zip(sorted, sorted.dropFirst()) where first.path == second.path {
            throw file.malformed(at: second.address, "two data sets are called \(second.path)")
        }
        datasets = sorted
    }

    /// The values of a data set, as float32. float64 is rounded; integers beyond 2²⁴ as well.
    func tensor(_ dataset: Dataset) throws(ArtifactError) -> Tensor {
        let count = dataset.shape.reduce(1, *)
        guard count > 0 else { return Tensor(shape: dataset.shape, values: []) }
        let bytes = try file.slice(
            at: dataset.address, length: UInt64(count * dataset.element.bytes), of: "the values of \(dataset.path)")
        let values = bytes.withUnsafeBytes { (raw: UnsafeRawBufferPointer) -> [Float] in
            func convert<Stored>(_: Stored.Type, _ value: (Stored) -> Float) -> [Float] {
                // In bounds: the slice holds `count` elements of `Stored`'s size.
                let size = MemoryLayout<Stored>.size
                return (0 ..< count).map { value(raw.loadUnaligned(fromByteOffset: $0 * size, as: Stored.self)) }
            }
            return switch dataset.element {
            case .float(bytes: 2): convert(UInt16.self) { Float(Float16(bitPattern: UInt16(littleEndian: $0))) }
            case .float(bytes: 4): convert(UInt32.self) { Float(bitPattern: UInt32(littleEndian: $0)) }
            case .float: convert(UInt64.self) { Float(Double(bitPattern: UInt64(littleEndian: $0))) }
            case .integer(bytes: 1, signed: true): convert(Int8.self) { Float($0) }
            case .integer(bytes: 1, signed: false): convert(UInt8.self) { Float($0) }
            case .integer(bytes: 2, signed: true): convert(Int16.self) { Float(Int16(littleEndian: $0)) }
            case .integer(bytes: 2, signed: false): convert(UInt16.self) { Float(UInt16(littleEndian: $0)) }
            case .integer(bytes: 4, signed: true): convert(Int32.self) { Float(Int32(littleEndian: $0)) }
            case .integer(bytes: 4, signed: false): convert(UInt32.self) { Float(UInt32(littleEndian: $0)) }
            case .integer(bytes: _, signed: true): convert(Int64.self) { Float(Int64(littleEndian: $0)) }
            case .integer(bytes: _, signed: false): convert(UInt64.self) { Float(UInt64(littleEndian: $0)) }
            }
        }
        return Tensor(shape: dataset.shape, values: values)
    }
}
