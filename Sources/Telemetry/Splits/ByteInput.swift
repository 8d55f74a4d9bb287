import CZlib
public import Failures
public import Files
import Foundation

/// A file read in chunks, unpacked on the way when it is gzip (told by its first bytes, not its name).
///
/// Memory stays one chunk however large the file or its unpacked content is.
public final class ByteInput {
    public let path: String
    private let file: gzFile
    private var buffer: [UInt8]

    /// - Throws: `FileError` when the file does not exist or cannot be opened.
    public init(path: String, chunkSize: Int = 1 << 18) throws(FileError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(.missingInput, path: path, doing: "open", errno: errno) }
        guard let file = gzdopen(descriptor, "rb") else {
            close(descriptor)
            throw FileError(.missingInput, path: path, doing: "open", errno: ENOMEM)
        }
        gzbuffer(file, UInt32(chunkSize))
        self.path = path
        self.file = file
        buffer = [UInt8](repeating: 0, count: chunkSize)
    }

    deinit { gzclose(file) }

    /// The next bytes; empty at the end.
    /// - Throws: `FileError` when reading fails, `DamagedGzipError` when the packed data is broken or cut short.
    public func next() throws -> ArraySlice<UInt8> {
        let count = buffer.withUnsafeMutableBytes { gzread(file, $0.baseAddress, UInt32($0.count)) }
        var code: Int32 = 0
        let message = gzerror(file, &code)
        if code == Z_ERRNO { throw FileError(.missingInput, path: path, doing: "read", errno: errno) }
        // A file cut short reads like one that ended, but for the code.
        guard count >= 0, code == Z_OK || code == Z_STREAM_END else {
            throw DamagedGzipError(
                path: path, packedOffset: Int(gzoffset(file)), problem: message.map { String(cString: $0) } ?? "code \(code)")
        }
        return buffer[..<Int(count)]
    }
}

/// A gzip file that cannot be unpacked to its end.
public struct DamagedGzipError: ExplainedError, Equatable {
    public let path: String
    /// Bytes of the packed file consumed so far.
    public let packedOffset: Int
    public let problem: String

    public var category: FailureCategory { .invalidData }

    public var description: String {
        """
        cannot unpack \(path): after byte \(packedOffset) of the packed file, \(problem); the file is damaged or was cut short, \
        fetch or write it again
        """
    }
}
