/// The two check sums of HDF5 files.
enum HDF5Checksum {
    /// Bob Jenkins' lookup3 (`hashlittle`, 2006, with the initial value 0), which closes every structure of the newer kind.
    static func lookup3(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var a = UInt32(truncatingIfNeeded: 0xDEAD_BEEF + bytes.count), b = a, c = a
        var start = bytes.startIndex
        func word(_ offset: Int) -> UInt32 {
            (0 ..< 4).reduce(0) { word, byte in
                let place = start + offset + byte
                return place < bytes.endIndex ? word | UInt32(bytes[place]) << UInt32(8 * byte) : word
            }
        }
        while bytes.endIndex - start > 12 {
            a &+= word(0); b &+= word(4); c &+= word(8)
            a &-= c; a ^= rotated(c, 4); c &+= b
            b &-= a; b ^= rotated(a, 6); a &+= c
            c &-= b; c ^= rotated(b, 8); b &+= a
            a &-= c; a ^= rotated(c, 16); c &+= b
            b &-= a; b ^= rotated(a, 19); a &+= c
            c &-= b; c ^= rotated(b, 4); b &+= a
            start += 12
        }
        guard start < bytes.endIndex else { return c }
        a &+= word(0); b &+= word(4); c &+= word(8)
        c ^= b; c &-= rotated(b, 14)
        a ^= c; a &-= rotated(c, 11)
        b ^= a; b &-= rotated(a, 25)
        c ^= b; c &-= rotated(b, 16)
        a ^= c; a &-= rotated(c, 4)
        b ^= a; b &-= rotated(a, 14)
        c ^= b; c &-= rotated(b, 24)
        return c
    }

    private static func rotated(_ value: UInt32, _ bits: UInt32) -> UInt32 { value << bits | value >> (32 - bits) }

    /// Fletcher's sum over big-endian 16-bit words, an odd last byte padded with zero: what the filter `fletcher32` appends.
    static func fletcher32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var first: UInt32 = 0, second: UInt32 = 0
        func fold(_ sum: UInt32) -> UInt32 { (sum & 0xFFFF) + (sum >> 16) }
        var place = bytes.startIndex
        while place < bytes.endIndex {
            let low = place + 1 < bytes.endIndex ? UInt32(bytes[place + 1]) : 0
            first = fold(first + (UInt32(bytes[place]) << 8 | low))
            second = fold(second + first)
            place += 2
        }
        return fold(second) << 16 | fold(first)
    }
}
