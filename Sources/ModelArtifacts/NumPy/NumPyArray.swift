import Files
public import Foundation
public import ModelGraph

/// NumPy's `.npy` files (NEP 1, format versions 1.0 to 3.0) with floating-point values.
public enum NumPyArray {
    private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
    /// Values begin at a multiple of this many bytes.
    private static let alignment = 64

    /// Writes `tensor` as little-endian float32 in C order, as `numpy.save` would, to the file at `path`.
    /// - Throws: `FileError`.
    public static func write(_ tensor: Tensor, to path: String) throws {
        try AtomicFile.write(encode(tensor), to: path)
    }

    /// The file's bytes.
    public static func encode(_ tensor: Tensor) -> Data {
        let extents = tensor.shape.map(String.init).joined(separator: ", ")
        let shape = tensor.shape.count == 1 ? "(\(extents),)" : "(\(extents))"
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': \(shape), }"
        // Six bytes of magic, two of version, two of length, and a line feed at the end.
        let unpadded = magic.count + 4 + header.utf8.count + 1
        header += String(repeating: " ", count: (alignment - unpadded % alignment) % alignment) + "\n"
        var data = Data(magic + [1, 0, UInt8(header.utf8.count & 0xFF), UInt8(header.utf8.count >> 8)])
        data.append(contentsOf: header.utf8)
        tensor.values.map(\.bitPattern.littleEndian).withUnsafeBytes { data.append(contentsOf: $0) }
        return data
    }

    /// Reads the array at `path`: float32, or float64, which is rounded to float32; little-endian, C order.
    /// - Throws: `ArtifactError` when the file is missing, damaged, of another type or order, or longer or shorter than
    ///   its shape says.
    public static func read(_ path: String) throws -> Tensor {
        try decode(ArtifactFile.read(path), path: path)
    }

    /// Reads a file's bytes.
    /// - Parameter path: what to call them in errors.
    public static func decode(_ data: Data, path: String) throws -> Tensor {
        let bytes = [UInt8](data)
        let header = try NumPyHeader(bytes, magic: magic, path: path)
        let count = header.shape.reduce(1, *)
        let size = header.element.rawValue
        guard bytes.count - header.length == count * size else {
            throw ArtifactError(
                .malformed, .read, path, at: "byte \(header.length)",
                "\(bytes.count - header.length) bytes of values, but the shape \(header.shape) needs \(count * size)",
                advice: "write or fetch the file again")
        }
        let values = bytes[header.length...].withUnsafeBytes { raw in
            // In bounds: the bytes were just counted.
            (0 ..< count).map { index -> Float in
                switch header.element {
                case .float32:
                    Float(bitPattern: UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)))
                case .float64:
                    Float(Double(bitPattern: UInt64(
                        littleEndian: raw.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))))
                }
            }
        }
        return Tensor(shape: header.shape, values: values)
    }
}
