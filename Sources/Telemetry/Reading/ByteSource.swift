import CZlib
import Foundation

/// The bytes of a file, decompressed if it is gzip, in order and in pieces: the memory used does not grow with the file.
final class ByteSource {
    private let path: String
    private let descriptor: Int32
    private let inflater: Inflater?
    /// The length of the file; nil where it says nothing about the number of bytes to come, as of a gzip file.
    let byteCount: Int?

    init(_ path: String) throws {
        self.path = path
        descriptor = try InputFile.open(path)
        var magic: (UInt8, UInt8) = (0, 0)
        let count = pread(descriptor, &magic, 2, 0)
        // By its first bytes, not by its name: recorders do not agree on names.
        inflater = count == 2 && magic == (0x1f, 0x8b) ? Inflater() : nil
        byteCount = inflater == nil ? InputFile.length(descriptor) : nil
    }

    deinit { close(descriptor) }

    /// Fills as much of `target` as it can; 0 at the end. Every whole byte before a failure is given out first.
    /// - Throws: `InputFileError` when the disk fails, `TelemetryFileError` when a gzip file is broken or cut off.
    func read(into target: UnsafeMutableRawBufferPointer) throws -> Int {
        if let inflater { return try inflater.read(into: target, from: descriptor, path: path) }
        return try InputFile.read(descriptor, into: target, path: path)
    }
}

/// Streams the members of a gzip file (RFC 1952).
private final class Inflater {
    private static let inputCapacity = 1 << 16
    // On the heap: zlib keeps the stream's own address.
    private let stream: UnsafeMutablePointer<z_stream>
    private let input: UnsafeMutableRawBufferPointer
    /// Compressed bytes taken from the file so far.
    private var taken = 0
    private var inputEnded = false
    private var betweenMembers = false
    private var failure: (any Error)?

    init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        input = .allocate(byteCount: Self.inputCapacity, alignment: 16)
        // 15: the largest window; +16: gzip header and check sum, nothing else.
        let status = inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib refuses its own parameters")
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        input.deallocate()
    }

    func read(into target: UnsafeMutableRawBufferPointer, from descriptor: Int32, path: String) throws -> Int {
        stream.pointee.next_out = target.bindMemory(to: UInt8.self).baseAddress
        stream.pointee.avail_out = UInt32(clamping: target.count)
        let wanted = Int(stream.pointee.avail_out)
        // A failure waits until the bytes before it are given out: what is read does not depend on how much was asked for.
        if failure == nil {
            do { try inflate(from: descriptor, path: path) } catch { failure = error }
        }
        let count = wanted - Int(stream.pointee.avail_out)
        if let failure, count == 0 { throw failure }
        return count
    }

    private func inflate(from descriptor: Int32, path: String) throws {
        while stream.pointee.avail_out > 0 {
            if stream.pointee.avail_in == 0, !inputEnded { try refill(from: descriptor, path: path) }
            if stream.pointee.avail_in == 0 {
                if betweenMembers { break }
                throw failure(
                    path, found: "the end of the file inside the compressed data", "the file was cut off: copy it again")
            }
            if betweenMembers { try startMember(path) }
            switch CZlib.inflate(stream, Z_NO_FLUSH) {
            case Z_OK, Z_BUF_ERROR: break
            case Z_STREAM_END: betweenMembers = true
            case Z_MEM_ERROR: throw failure(path, found: "no memory left for zlib", "free some memory and run again")
            default:
                let detail = stream.pointee.msg.map { String(cString: $0) } ?? "a preset dictionary"
                throw failure(path, found: "broken compressed data (\(detail))", "copy the file again, or compress it again")
            }
        }
    }

    /// A gzip file may be several members one after another, as `cat a.gz b.gz` makes it.
    private func startMember(_ path: String) throws {
        guard let next = stream.pointee.next_in, next.pointee == 0x1f else {
            throw failure(
                path, found: "other bytes after the end of the compressed data",
                "cut them off, or compress the file again")
        }
        inflateReset(stream)
        betweenMembers = false
    }

    private func refill(from descriptor: Int32, path: String) throws {
        let count = try InputFile.read(descriptor, into: input, path: path)
        inputEnded = count == 0
        taken += count
        stream.pointee.next_in = input.bindMemory(to: UInt8.self).baseAddress
        stream.pointee.avail_in = UInt32(count)
    }

    private func failure(_ path: String, found: String, _ advice: String) -> TelemetryFileError {
        let offset = taken - Int(stream.pointee.avail_in)
        return TelemetryFileError(
            path: path, found: "\(found), at byte \(offset) of the file", expected: "a whole gzip file", advice: advice)
    }
}
