import CZlib

/// A whole zlib block (RFC 1950) whose size is known before.
public enum ZlibBlock {
    /// The block's content.
    /// - Parameters:
    ///   - bytes: the block and nothing behind it.
    ///   - count: how many bytes it must hold. The caller bounds it: this much memory is taken, whatever `bytes` are.
    /// - Throws: `DeflateError` when the block is broken, holds fewer or more bytes, or ends early.
    public static func decompress(_ bytes: ArraySlice<UInt8>, count: Int) throws(DeflateError) -> [UInt8] {
        guard bytes.count <= Int(UInt32.max), count < Int(UInt32.max) else {
            throw DeflateError(offset: 0, finding: "a block of 4 GiB or more", advice: "write smaller blocks")
        }
        var stream = z_stream()
        var status = Z_MEM_ERROR
        // One byte more than wanted, so that a block that holds more shows itself.
        let content = [UInt8](unsafeUninitializedCapacity: count + 1) { target, filled in
            bytes.withUnsafeBufferPointer { source in
                // The stream neither moves nor outlives this closure: zlib keeps its address.
                withUnsafeMutablePointer(to: &stream) { stream in
                    guard inflateInit_(stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return }
                    stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
                    stream.pointee.avail_in = UInt32(source.count)
                    stream.pointee.next_out = target.baseAddress
                    stream.pointee.avail_out = UInt32(count + 1)
                    status = inflate(stream, Z_FINISH)
                    filled = count + 1 - Int(stream.pointee.avail_out)
                    inflateEnd(stream)
                }
            }
        }
        guard status == Z_STREAM_END, content.count == count, stream.avail_in == 0 else {
            let found = status == Z_STREAM_END && stream.avail_in > 0
                ? "\(stream.avail_in) bytes lie behind the end of the block"
                : "the block holds \(content.count) bytes (zlib status \(status)), not \(count)"
            throw DeflateError(
                offset: bytes.count - Int(stream.avail_in), finding: found, advice: "write or fetch the file again")
        }
        return content
    }
}
