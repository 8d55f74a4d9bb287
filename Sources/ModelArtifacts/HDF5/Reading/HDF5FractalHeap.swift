/// A fractal heap: where groups with many links and objects with many attributes keep them.
///
/// Its objects lie in one address space of their own, which is cut into blocks: rows of `width` blocks, those of the first
/// two rows of one size, each further row of twice the size. Small blocks hold objects, larger ones are tables of blocks
/// again.
struct HDF5FractalHeap {
    private let file: HDF5Bytes
    private let what: String
    /// Bytes of the heap's identifiers.
    let identifierBytes: UInt64
    private let width: UInt64
    private let firstBlockBytes: UInt64
    private let offsetBytes: Int
    private let lengthBytes: Int
    /// How many rows hold objects.
    private let directRows: Int
    private let root: UInt64
    /// Rows of the table that is the root; zero when the root holds objects.
    private let rootRows: Int
    /// Bytes before the first object of a block of objects.
    private let blockHeaderBytes: UInt64

    /// Reads the header at `address`.
    init(file: HDF5Bytes, address: UInt64, what: String, claims: inout HDF5Claims) throws(ArtifactError) {
        self.file = file
        self.what = what
        var cursor = try file.rest(from: address, of: what).cursor
        try cursor.expect("FRHP", version: 0)
        identifierBytes = UInt64(try cursor.integer(UInt16.self))
        let filterBytes = try cursor.integer(UInt16.self)
        let flags = try cursor.integer(UInt8.self)
        let longestObject = UInt64(try cursor.integer(UInt32.self))
        try cursor.skip(96)  // Huge objects, free space, statistics.
        width = UInt64(try cursor.integer(UInt16.self))
        firstBlockBytes = try cursor.integer(UInt64.self)
        let largestBlock = try cursor.integer(UInt64.self)
        let bits = Int(try cursor.integer(UInt16.self))
        try cursor.skip(2)
        root = try cursor.integer(UInt64.self)
        rootRows = Int(try cursor.integer(UInt16.self))
        guard filterBytes == 0 else { throw file.unsupported(at: address, "\(what) is compressed") }
        try cursor.verifyChecksum()
        try claims.claim(file.region(at: address, length: cursor.offset, of: what))

        func isPowerOfTwo(_ value: UInt64) -> Bool { value > 0 && value & (value - 1) == 0 }
        guard isPowerOfTwo(width), isPowerOfTwo(firstBlockBytes), isPowerOfTwo(largestBlock), width < 1 << 16,
            firstBlockBytes <= largestBlock, largestBlock < 1 << 32, bits <= 64, longestObject > 0, rootRows <= 64
        else {
            throw file.malformed(
                at: address, "\(what) has rows of \(width) blocks of \(firstBlockBytes) to \(largestBlock) bytes")
        }
        offsetBytes = (bits + 7) / 8
        func bytesCounting(_ value: UInt64) -> Int { (63 - value.leadingZeroBitCount) / 8 + 1 }
        lengthBytes = min((largestBlock.trailingZeroBitCount + 7) / 8, bytesCounting(longestObject))
        directRows = largestBlock.trailingZeroBitCount - firstBlockBytes.trailingZeroBitCount + 2
        blockHeaderBytes = UInt64(13 + offsetBytes) + (flags & 2 == 0 ? 0 : 4)
    }

    /// The object with this identifier.
    func object(_ identifier: HDF5Region) throws(ArtifactError) -> HDF5Region {
        var cursor = identifier.cursor
        let first = try cursor.integer(UInt8.self)
        guard first >> 6 == 0 else { throw identifier.unsupported("\(what) has identifiers of version \(first >> 6)") }
        switch first >> 4 & 3 {
        case 0:
            let offset = try cursor.integer(bytes: offsetBytes)
            let length = try cursor.integer(bytes: lengthBytes)
            return try managed(offset, length: length, identifier)
        case 2 where identifierBytes <= 17:
            // The object itself, of up to 16 bytes.
            return try cursor.take(UInt64(first & 0x0F) + 1)
        case 1:
            throw identifier.unsupported("\(what) are too long for the blocks of their heap (a huge object)")
        default: throw identifier.unsupported("\(what) has identifiers that begin with the byte \(first)")
        }
    }

    /// An object in the heap's address space. Each table on the way leads to a block of at most half its size, so
    /// the way is short.
    private func managed(_ offset: UInt64, length: UInt64, _ identifier: HDF5Region) throws(ArtifactError) -> HDF5Region {
        var (block, rows, rest) = (root, rootRows, offset)
        var blockBytes = firstBlockBytes
        while rows > 0 {
            var table = try file.rest(from: block, of: what).cursor
            try table.expect("FHIB", version: 0)
            try table.skip(8 + UInt64(offsetBytes))
            let rowBytes = width * firstBlockBytes
            let row = rest < rowBytes ? 0 : 64 - (rest / rowBytes).leadingZeroBitCount
            guard row < rows, row < 48 else {
                throw identifier.malformed("\(what) has no object at \(offset): its table ends before")
            }
            blockBytes = firstBlockBytes << UInt64(max(0, row - 1))
            let rowBegin = row == 0 ? 0 : rowBytes << UInt64(row - 1)
            let column = (rest - rowBegin) / blockBytes
            rest = (rest - rowBegin) % blockBytes
            try table.skip(8 * (UInt64(row) * width + column))
            block = try table.integer(UInt64.self)
            // A table covers exactly a block of its row: so many rows of its own.
            rows = row < directRows ? 0 : blockBytes.trailingZeroBitCount - rowBytes.trailingZeroBitCount + 1
            guard rows >= 0 else { throw identifier.malformed("\(what) has tables smaller than their rows") }
        }
        var objects = try file.region(at: block, length: blockBytes, of: what).cursor
        try objects.expect("FHDB", version: 0)
        guard rest >= blockHeaderBytes else {
            throw identifier.malformed("\(what) has an object at \(offset), inside the header of a block")
        }
        try objects.skip(rest - 5)
        return try objects.take(length)
    }
}
