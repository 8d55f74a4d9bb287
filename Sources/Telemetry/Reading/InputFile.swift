public import Failures
import Foundation

/// An input that does not exist or cannot be opened, and what to do about it.
public struct InputFileError: ExplainedError, Equatable {
    public let category: FailureCategory
    public let path: String
    public let description: String

    /// - Parameter reason: why the file at `path` cannot be read, as the end of a sentence.
    init(_ path: String, reason: String, advice: String) {
        category = .missingInput
        self.path = path
        description = "cannot read \(path): \(reason); \(advice)"
    }

    init(_ path: String, errno code: Int32) {
        let advice = switch code {
        case ENOENT, ENOTDIR: "correct the path, or make the file first"
        case EACCES, EPERM: "give this user the right to read it"
        default: "check the file and its disk"
        }
        self.init(path, reason: String(cString: strerror(code)), advice: advice)
    }
}

/// Opens and reads input files.
enum InputFile {
    /// Documents (schema, incidents, codec profile) are far smaller; a larger file is some other file.
    static let documentLimit = 64 << 20

    /// Opens a regular file for reading; the caller closes it.
    static func open(_ path: String) throws(InputFileError) -> Int32 {
        // Non-blocking, so that a named pipe without a writer is refused below instead of waited for.
        let descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw InputFileError(path, errno: errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let code = errno
            close(descriptor)
            throw InputFileError(path, errno: code)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            let kind = status.st_mode & S_IFMT == S_IFDIR ? "it is a folder" : "it is not a regular file"
            throw InputFileError(path, reason: kind, advice: "give the path of a file")
        }
        return descriptor
    }

    /// How many bytes an open file has.
    static func length(_ descriptor: Int32) -> Int? {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_size) : nil
    }

    /// Fills `target` as far as the file goes; 0 at its end.
    static func read(
        _ descriptor: Int32, into target: UnsafeMutableRawBufferPointer, path: String
    ) throws(InputFileError) -> Int {
        while true {
            let count = Foundation.read(descriptor, target.baseAddress, target.count)
            if count >= 0 { return count }
            if errno != EINTR { throw InputFileError(path, errno: errno) }
        }
    }

    /// A whole document of at most `documentLimit` bytes.
    static func document(_ path: String) throws(InputFileError) -> Data {
        let descriptor = try open(path)
        defer { close(descriptor) }
        var content = Data()
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { chunk.deallocate() }
        while true {
            let count = try read(descriptor, into: chunk, path: path)
            if count == 0 { return content }
            content.append(contentsOf: chunk[..<count])
            guard content.count <= documentLimit else {
                throw InputFileError(
                    path, reason: "it is larger than \(documentLimit >> 20) MiB, which no document of this kind is",
                    advice: "give the path of a JSON document")
            }
        }
    }
}
