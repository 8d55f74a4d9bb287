//  Files owns how the program writes: every file whole or not at all. It must import nothing but Failures.

public import Failures
public import Foundation

/// Writes a file so that a reader sees the old content or the new, never a part: temporary file beside it, fsync, rename.
public enum AtomicFile {
    /// Replaces the content of the file at `path`.
    /// - Throws: `FileError` when the folder is missing or read-only, or the disk is full; nothing is left behind then.
    public static func write(_ data: Data, to path: String) throws {
        try stream(to: path) { try $0.append(data) }
    }

    public static func write(_ text: String, to path: String) throws {
        try write(Data(text.utf8), to: path)
    }

    /// Makes sure, before hours are spent on its content, that a file can be created at `path`.
    /// - Throws: `FileError` as writing would.
    public static func requireWritable(_ path: String) throws(FileError) {
        let temporary = try openTemporary(for: path)
        close(temporary.descriptor)
        unlink(temporary.path)
    }

    /// Streams a file's content through `body`, which may call `append` on the writer as often as it likes.
    public static func stream(to path: String, _ body: (inout Writer) throws -> Void) throws {
        let temporary = try openTemporary(for: path)
        do {
            var writer = Writer(descriptor: temporary.descriptor, path: path)
            try body(&writer)
            try writer.flush()
            try publish(temporary, at: path)
        } catch {
            close(temporary.descriptor)
            unlink(temporary.path)
            throw error
        }
    }

    /// A buffered writer to a file that does not exist under its final name yet.
    public struct Writer {
        fileprivate let descriptor: Int32
        fileprivate let path: String
        private var buffer: [UInt8] = []

        fileprivate init(descriptor: Int32, path: String) {
            self.descriptor = descriptor
            self.path = path
            buffer.reserveCapacity(1 << 20)
        }

        public mutating func append(_ text: String) throws {
            buffer.append(contentsOf: text.utf8)
            if buffer.count >= 1 << 20 { try flush() }
        }

        public mutating func append(_ bytes: some Collection<UInt8>) throws {
            buffer.append(contentsOf: bytes)
            if buffer.count >= 1 << 20 { try flush() }
        }

        fileprivate mutating func flush() throws {
            try buffer.withUnsafeBytes { try AtomicFile.writeAll($0, to: descriptor, path: path) }
            buffer.removeAll(keepingCapacity: true)
        }
    }

    private static func openTemporary(for path: String) throws(FileError) -> (descriptor: Int32, path: String) {
        let temporary = "\(path).partial-\(getpid())"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError(.cannotCreate, path: path, doing: "create", errno: errno) }
        return (descriptor, temporary)
    }

    private static func publish(_ temporary: (descriptor: Int32, path: String), at path: String) throws(FileError) {
        guard fsync(temporary.descriptor) == 0 else { throw FileError(.cannotWrite, path: path, doing: "write", errno: errno) }
        guard rename(temporary.path, path) == 0 else {
            throw FileError(.cannotCreate, path: path, doing: "rename the finished file to", errno: errno)
        }
        close(temporary.descriptor)
    }

    fileprivate static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String) throws(FileError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = Foundation.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written < 0 {
                if errno == EINTR { continue }
                throw FileError(.cannotWrite, path: path, doing: "write", errno: errno)
            }
            rest = rest.dropFirst(written)
        }
    }
}

/// A file or folder that could not be created, written or read.
public struct FileError: ExplainedError, Equatable {
    public let category: FailureCategory
    public let path: String
    public let description: String

    public init(_ category: FailureCategory, path: String, doing action: String, errno code: Int32) {
        self.category = category
        self.path = path
        let advice = switch code {
        case ENOENT: "create the folder first, or correct the path"
        case EACCES, EPERM, EROFS: "choose a place that this user may use"
        case ENOSPC, EDQUOT: "free some space and run again; nothing half written was left behind"
        case EISDIR: "a folder stands there; give the path of a file"
        default: "check the path"
        }
        description = "cannot \(action) \(path): \(String(cString: strerror(code))); \(advice)"
    }
}
