//  Deflate owns zlib: gzip files as a stream, and blocks of a size that is known before. It must never import anything of
//  this program, nor open a file: bytes come in through its callers.

import CZlib

/// Streams the members of a gzip file (RFC 1952): the memory used does not grow with the file.
public final class GzipStream {
    private static let inputCapacity = 1 << 16
    // On the heap: zlib keeps the stream's own address.
    private let stream: UnsafeMutablePointer<z_stream>
    private let input: UnsafeMutableRawBufferPointer
    /// Compressed bytes taken from the file so far.
    private var taken = 0
    private var inputEnded = false
    private var betweenMembers = false
    private var failure: (any Error)?

    /// A stream at the beginning of a file.
    public init() {
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

    /// Fills as much of `target` as it can; 0 at the end. Throws only after every byte before the failure was given out: what
    /// can be read of a damaged file does not depend on how much is asked for at a time.
    /// - Parameter refill: fills as much of a buffer as it can with the file's next compressed bytes; 0 at the end.
    /// - Throws: `DeflateError` when the bytes are broken or cut off; what `refill` throws.
    public func read(
        into target: UnsafeMutableRawBufferPointer, refill: (UnsafeMutableRawBufferPointer) throws -> Int
    ) throws -> Int {
        stream.pointee.next_out = target.bindMemory(to: UInt8.self).baseAddress
        stream.pointee.avail_out = UInt32(clamping: target.count)
        let wanted = Int(stream.pointee.avail_out)
        if failure == nil {
            do { try inflate(refill) } catch { failure = error }
        }
        let count = wanted - Int(stream.pointee.avail_out)
        if let failure, count == 0 { throw failure }
        return count
    }

    private func inflate(_ refill: (UnsafeMutableRawBufferPointer) throws -> Int) throws {
        while stream.pointee.avail_out > 0 {
            if stream.pointee.avail_in == 0, !inputEnded { try takeInput(refill(input)) }
            if stream.pointee.avail_in == 0 {
                if betweenMembers { break }
                throw error("the end of the file inside the compressed data", "the file was cut off: copy it again")
            }
            if betweenMembers { try startMember() }
            switch CZlib.inflate(stream, Z_NO_FLUSH) {
            case Z_OK, Z_BUF_ERROR: break
            case Z_STREAM_END: betweenMembers = true
            case Z_MEM_ERROR: throw error("no memory left for zlib", "free some memory and run again")
            default:
                let detail = stream.pointee.msg.map { String(cString: $0) } ?? "a preset dictionary"
                throw error("broken compressed data (\(detail))", "copy the file again, or compress it again")
            }
        }
    }

    /// A gzip file may be several members one after another, as `cat a.gz b.gz` makes it.
    private func startMember() throws(DeflateError) {
        guard let next = stream.pointee.next_in, next.pointee == 0x1f else {
            throw error(
                "other bytes after the end of the compressed data", "cut them off, or compress the file again")
        }
        inflateReset(stream)
        betweenMembers = false
    }

    private func takeInput(_ count: Int) {
        inputEnded = count == 0
        taken += count
        stream.pointee.next_in = input.bindMemory(to: UInt8.self).baseAddress
        stream.pointee.avail_in = UInt32(count)
    }

    private func error(_ finding: String, _ advice: String) -> DeflateError {
        DeflateError(offset: taken - Int(stream.pointee.avail_in), finding: finding, advice: advice)
    }
}
