// The chunk indexes of layout versions 4 and 5: addresses in a row, in blocks, or in a B-tree of version 2.

extension HDF5ChunkIndex {
    /// All chunks lie one after another, none is missing.
    mutating func readImplicit(at address: UInt64, _ claims: inout HDF5Claims) throws(ArtifactError) {
        guard layout.filters.isEmpty else {
            throw file.malformed(at: address, "\(layout.path) has filters, but chunks without an index")
        }
        let lengths = try limits(firstIsFree: false, at: address)
        // The row has room for the data set's limits, of which it may use less. All of it lies in the file: this bounds the
        // count before anything is counted.
        var length = chunkBytes
        for extent in lengths {
            let (product, overflow) = length.multipliedReportingOverflow(by: UInt64(extent))
            length = overflow ? UInt64.max : product
        }
        _ = try file.region(at: address, length: length, of: "the chunks of \(layout.path)")
        for position in 0 ..< length / chunkBytes {
            let coordinates = Self.coordinates(position, lengths: lengths)
            guard zip(coordinates, grid).allSatisfy({ $0 < UInt64($1) }) else { continue }
            try add(
                index(coordinates, at: address), at: address + position * chunkBytes, length: nil, skippedFilters: 0,
                &claims)
        }
    }

    // MARK: - Fixed array

    /// A header, then one block of elements, which is cut into pages when there are many.
    mutating func readFixedArray(at address: UInt64, _ claims: inout HDF5Claims) throws(ArtifactError) {
        let what = "a chunk index (fixed array) of \(layout.path)"
        var cursor = try file.rest(from: address, of: what).cursor
        try cursor.expect("FAHD", version: 0)
        let elements = try ElementReader(&cursor)
        let pageBits = try cursor.integer(UInt8.self)
        let count = try cursor.integer(UInt64.self)
        let block = try cursor.integer(UInt64.self)
        try cursor.verifyChecksum()
        try claims.claim(file.region(at: address, length: cursor.offset, of: what))
        guard block != HDF5Bytes.undefined else { return }
        guard pageBits < 32 else { throw file.malformed(at: address, "\(what) has pages of 2^\(pageBits) elements") }
        let pageLength = UInt64(1) << UInt64(pageBits)
        let lengths = try limits(firstIsFree: false, at: address)

        cursor = try file.rest(from: block, of: what).cursor
        try cursor.expect("FADB", version: 0)
        try cursor.skip(9)
        guard count > pageLength else {
            for position in 0 ..< count {
                try addElement(elements, &cursor, Self.coordinates(position, lengths: lengths), &claims)
            }
            try cursor.verifyChecksum()
            return try claims.claim(file.region(at: block, length: cursor.offset, of: what))
        }
        let pages = (count - 1) / pageLength + 1
        let isWritten = try cursor.take((pages + 7) / 8).bytes
        try cursor.verifyChecksum()
        for page in 0 ..< pages {
            let begin = cursor.offset
            let end = min(count, (page + 1) * pageLength)
            if isWritten[isWritten.startIndex + Int(page / 8)] & 0x80 >> UInt8(page % 8) == 0 {
                try cursor.skip((end - page * pageLength) * elements.bytes + 4)
                continue
            }
            for position in page * pageLength ..< end {
                try addElement(elements, &cursor, Self.coordinates(position, lengths: lengths), &claims)
            }
            try cursor.verifyChecksum(from: begin)
        }
        try claims.claim(file.region(at: block, length: cursor.offset, of: what))
    }

    // MARK: - Extensible array

    /// The array behind a data set with one axis without limit: some elements in an index block, then data blocks of
    /// growing length, the first of which the index block lists, the others secondary blocks.
    mutating func readExtensibleArray(at address: UInt64, _ claims: inout HDF5Claims) throws(ArtifactError) {
        let what = "a chunk index (extensible array) of \(layout.path)"
        var cursor = try file.rest(from: address, of: what).cursor
        try cursor.expect("EAHD", version: 0)
        var array = try ExtensibleArray(&cursor, what: what)
        let block = try cursor.integer(UInt64.self)
        try cursor.verifyChecksum()
        try claims.claim(file.region(at: address, length: cursor.offset, of: what))
        guard block != HDF5Bytes.undefined else { return }

        cursor = try file.rest(from: block, of: what).cursor
        try cursor.expect("EAIB", version: 0)
        try cursor.skip(9)
        try addElements(array.firstCount, of: &array, &cursor, &claims)
        for level in 0 ..< array.levelsInIndexBlock {
            try addDataBlocks(level, listedBy: &cursor, of: &array, &claims)
        }
        for level in array.levelsInIndexBlock ..< max(array.levelsInIndexBlock, array.levels) {
            let secondary = try cursor.integer(UInt64.self)
            guard secondary != HDF5Bytes.undefined else {
                array.skipLevel(level)
                continue
            }
            var inside = try file.rest(from: secondary, of: what).cursor
            try inside.expect("EASB", version: 0)
            try inside.skip(9 + array.offsetBytes)
            try addDataBlocks(level, listedBy: &inside, of: &array, &claims)
            try inside.verifyChecksum()
            try claims.claim(file.region(at: secondary, length: inside.offset, of: what))
        }
        try cursor.verifyChecksum()
        try claims.claim(file.region(at: block, length: cursor.offset, of: what))
    }

    /// What the header of an extensible array says about the lengths of its blocks, and how far it is read.
    private struct ExtensibleArray {
        let what: String
        let elements: ElementReader
        /// Elements in the index block itself.
        let firstCount: UInt64
        let levels: Int
        let levelsInIndexBlock: Int
        let offsetBytes: UInt64
        private let shortest: UInt64
        private let longest: UInt64
        /// Wraps around where a damaged header claims 2⁶⁴ elements: such a position is no chunk's.
        var position: UInt64 = 0

        init(_ cursor: inout HDF5Cursor, what: String) throws(ArtifactError) {
            self.what = what
            elements = try ElementReader(&cursor)
            let bits = Int(try cursor.integer(UInt8.self))
            firstCount = UInt64(try cursor.integer(UInt8.self))
            shortest = UInt64(try cursor.integer(UInt8.self))
            let pointers = Int(try cursor.integer(UInt8.self))
            let pageBits = try cursor.integer(UInt8.self)
            try cursor.skip(48)  // Statistics.
            guard bits <= 64, shortest > 0, shortest & (shortest - 1) == 0, pointers > 0, pointers & (pointers - 1) == 0,
                pageBits < 32
            else {
                throw cursor.region.malformed(
                    "\(what) has blocks of at least \(shortest) elements and \(pointers) pointers, not powers of two")
            }
            levels = max(0, 1 + bits - shortest.trailingZeroBitCount)
            levelsInIndexBlock = min(levels, 2 * pointers.trailingZeroBitCount)
            offsetBytes = UInt64((bits + 7) / 8)
            longest = 1 << UInt64(pageBits)
        }

        func blocks(_ level: Int) -> UInt64 { 1 << UInt64(level / 2) }
        func blockLength(_ level: Int) -> UInt64 { shortest << UInt64((level + 1) / 2) }
        /// Whether data blocks are so long that they are cut into pages.
        func isPaged(_ level: Int) -> Bool { blockLength(level) > longest }
        mutating func skipLevel(_ level: Int) { position &+= blocks(level) &* blockLength(level) }
    }

    private mutating func addDataBlocks(
        _ level: Int, listedBy cursor: inout HDF5Cursor, of array: inout ExtensibleArray, _ claims: inout HDF5Claims
    ) throws(ArtifactError) {
        for _ in 0 ..< array.blocks(level) {
            let address = try cursor.integer(UInt64.self)
            guard address != HDF5Bytes.undefined else {
                array.position &+= array.blockLength(level)
                continue
            }
            guard !array.isPaged(level) else {
                throw file.unsupported(at: address, "\(array.what) holds more than 100,000 chunks")
            }
            var inside = try file.rest(from: address, of: array.what).cursor
            try inside.expect("EADB", version: 0)
            try inside.skip(9 + array.offsetBytes)
            try addElements(array.blockLength(level), of: &array, &inside, &claims)
            try inside.verifyChecksum()
            try claims.claim(file.region(at: address, length: inside.offset, of: array.what))
        }
    }

    private mutating func addElements(
        _ count: UInt64, of array: inout ExtensibleArray, _ cursor: inout HDF5Cursor, _ claims: inout HDF5Claims
    ) throws(ArtifactError) {
        // The axis without limit counts slowest, wherever it stands in the shape.
        let free = limits.firstIndex { $0 == nil } ?? 0
        var lengths = try limits(firstIsFree: true, at: cursor.address)
        lengths.insert(lengths.remove(at: free), at: 0)
        for _ in 0 ..< count {
            var coordinates = Self.coordinates(array.position, lengths: lengths)
            coordinates.insert(coordinates.removeFirst(), at: free)
            try addElement(array.elements, &cursor, coordinates, &claims)
            array.position &+= 1
        }
    }

    // MARK: - B-tree of version 2

    /// The tree behind a data set with several axes without limit.
    mutating func readSecondTree(at address: UInt64, _ claims: inout HDF5Claims) throws(ArtifactError) {
        let what = "a chunk index (B-tree) of \(layout.path)"
        let isFiltered = !layout.filters.isEmpty
        let tree = try HDF5SearchTree(
            file: file, address: address, type: isFiltered ? 11 : 10, what: what, claims: &claims)
        for record in tree.records {
            var cursor = record.cursor
            let address = try cursor.integer(UInt64.self)
            // What is left between the address, the mask and the coordinates.
            let width = isFiltered ? Int(record.length) - 12 - 8 * grid.count : 0
            guard (0 ... 8).contains(width) else { throw record.malformed("\(what) has records of \(record.length) bytes") }
            let length = isFiltered ? try cursor.integer(bytes: width) : nil
            let mask = isFiltered ? try cursor.integer(UInt32.self) : 0
            var coordinates: [UInt64] = []
            for _ in grid { coordinates.append(try cursor.integer(UInt64.self)) }
            try add(index(coordinates, at: record.address), at: address, length: length, skippedFilters: mask, &claims)
        }
    }

    // MARK: - Elements

    /// How an array stores a chunk's place: its address, and for filtered chunks their length and the skipped filters.
    private struct ElementReader {
        let bytes: UInt64
        let isFiltered: Bool

        /// Reads the two fields of an array's header that follow its version.
        init(_ cursor: inout HDF5Cursor) throws(ArtifactError) {
            isFiltered = try cursor.integer(UInt8.self) == 1
            bytes = UInt64(try cursor.integer(UInt8.self))
            guard isFiltered ? (13 ... 20).contains(bytes) : bytes == 8 else {
                throw cursor.region.malformed("\(cursor.region.what) has elements of \(bytes) bytes")
            }
        }
    }

    private mutating func addElement(
        _ reader: ElementReader, _ cursor: inout HDF5Cursor, _ coordinates: [UInt64], _ claims: inout HDF5Claims
    ) throws(ArtifactError) {
        let place = cursor.address
        let address = try cursor.integer(UInt64.self)
        let length = reader.isFiltered ? try cursor.integer(bytes: Int(reader.bytes) - 12) : nil
        let mask = reader.isFiltered ? try cursor.integer(UInt32.self) : 0
        // Room for chunks that do not exist yet.
        guard address != HDF5Bytes.undefined else { return }
        try add(index(coordinates, at: place), at: address, length: length, skippedFilters: mask, &claims)
    }

    /// How many chunks each axis has room for.
    private func limits(firstIsFree: Bool, at address: UInt64) throws(ArtifactError) -> [Int] {
        let free = limits.count { $0 == nil }
        guard free == (firstIsFree ? 1 : 0) else {
            throw file.malformed(
                at: address, "\(layout.path) has \(free) axes without limit, which this kind of chunk index cannot have")
        }
        return limits.map { $0 ?? 1 }
    }
}
