import Deflate
import Foundation

/// The bytes of a file, decompressed if it is gzip, in order and in pieces: the memory used does not grow with the file.
final class ByteSource {
    private let path: String
    private let descriptor: Int32
    private let compressed: GzipStream?
    /// The length of the file; nil where it says nothing about the number of bytes to come, as of a gzip file.
    let byteCount: Int?

    init(_ path: String) throws {
        self.path = path
        descriptor = try InputFile.open(path)
        var magic: (UInt8, UInt8) = (0, 0)
        let count = pread(descriptor, &magic, 2, 0)
        // By its first bytes, not by its name: recorders do not agree on names.
        compressed = count == 2 && magic == (0x1f, 0x8b) ? GzipStream() : nil
        byteCount = compressed == nil ? InputFile.length(descriptor) : nil
    }

    deinit { close(descriptor) }

    /// Fills as much of `target` as it can; 0 at the end. Throws only after every byte before the failure was given out.
    /// - Throws: `InputFileError` when the disk fails, `TelemetryFileError` when a gzip file is broken or cut off.
    func read(into target: UnsafeMutableRawBufferPointer) throws -> Int {
        guard let compressed else { return try InputFile.read(descriptor, into: target, path: path) }
        do {
            return try compressed.read(into: target) { try InputFile.read(descriptor, into: $0, path: path) }
        } catch let error as DeflateError {
            throw TelemetryFileError(
                path: path, found: "\(error.finding), at byte \(error.offset) of the file", expected: "a whole gzip file",
                advice: error.advice)
        }
    }
}
