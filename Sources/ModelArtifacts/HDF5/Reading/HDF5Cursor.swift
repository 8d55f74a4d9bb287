/// Reads a region from its beginning, little-endian, never past its end.
struct HDF5Cursor {
    let region: HDF5Region
    /// How many bytes are read so far.
    private(set) var offset: UInt64 = 0

    init(region: HDF5Region) { self.region = region }

    var address: UInt64 { region.address + offset }
    var remaining: UInt64 { region.length - offset }

    mutating func integer<Integer: FixedWidthInteger & UnsignedInteger>(
        _ type: Integer.Type
    ) throws(ArtifactError) -> Integer {
        Integer(truncatingIfNeeded: try integer(bytes: MemoryLayout<Integer>.size))
    }

    /// An integer of 0 to 8 bytes.
    mutating func integer(bytes width: Int) throws(ArtifactError) -> UInt64 {
        precondition(width <= 8)
        let start = Int(address)
        try skip(UInt64(width))
        var value: UInt64 = 0
        for offset in (0 ..< width).reversed() { value = value << 8 | UInt64(region.file.bytes[start + offset]) }
        return value
    }

    mutating func skip(_ count: UInt64) throws(ArtifactError) {
        guard count <= remaining else {
            throw region.file.malformed(
                at: address, "\(region.what) should go on there for \(count) bytes, but only \(remaining) are left of it")
        }
        offset += count
    }

    /// Skips to the next multiple of `unit` bytes, counted from the region's beginning.
    mutating func align(to unit: UInt64) throws(ArtifactError) { try skip((unit - offset % unit) % unit) }

    mutating func take(_ count: UInt64) throws(ArtifactError) -> HDF5Region {
        let start = address
        try skip(count)
        return try region.file.region(at: start, length: count, of: region.what)
    }

    /// Reads the four letters that open a structure, and its version.
    mutating func expect(_ signature: String, version: UInt8? = nil) throws(ArtifactError) {
        guard try take(4).bytes.elementsEqual(signature.utf8) else {
            throw region.malformed("\(region.what) should begin with \"\(signature)\"")
        }
        guard let version else { return }
        let found = try integer(UInt8.self)
        guard found == version else {
            throw region.unsupported("\(region.what) has version \(found), not \(version)")
        }
    }

    /// Reads a check sum over everything from `start` (by default the region's beginning) to here, and verifies it.
    mutating func verifyChecksum(from start: UInt64 = 0) throws(ArtifactError) {
        let covered = region.bytes.dropFirst(Int(start)).prefix(Int(offset - start))
        let place = address
        let stored = try integer(UInt32.self)
        let computed = HDF5Checksum.lookup3(covered)
        guard stored == computed else {
            throw region.file.malformed(
                at: place, "\(region.what) has the check sum \(stored), but its bytes give \(computed)")
        }
    }
}
