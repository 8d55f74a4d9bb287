/// Where the values of a data set lie.
enum HDF5Storage: Equatable {
    /// Nowhere: none were written.
    case none
    /// In one piece, as they are.
    case whole(HDF5Region)
    case chunks(HDF5Chunks)
}

/// A data set that is cut into boxes of one shape, which may pass its edges.
struct HDF5Chunks: Equatable {
    /// A box that was written. Those that were not hold the fill value.
    struct Chunk: Equatable {
        /// Its place among all boxes, the last axis counting fastest.
        var index: Int
        var stored: HDF5Region
        /// Bit i is set when filter i was left out for this one.
        var skippedFilters: UInt32
    }

    /// The shape of a chunk.
    var shape: [Int]
    var filters: [HDF5Filter]
    var stored: [Chunk] = []
    /// One element, where no chunk was written; empty for zero.
    var fill: [UInt8]
}

/// Reads the layout message of a data set, and the index of its chunks.
struct HDF5Layout {
    let path: String
    let space: HDF5Dataspace
    let type: HDF5Datatype
    let filters: [HDF5Filter]
    let fill: [UInt8]

    /// The bytes of all values.
    private var bytes: UInt64 { UInt64(space.count * type.bytes) }

    func storage(_ message: HDF5Region, _ claims: inout HDF5Claims) throws(ArtifactError) -> HDF5Storage {
        var cursor = message.cursor
        let version = try cursor.integer(UInt8.self)
        guard (3 ... 5).contains(version) else {
            throw message.unsupported("\(path) has a layout of version \(version), not 3 to 5")
        }
        switch try cursor.integer(UInt8.self) {
        case 0:
            let stored = UInt64(try cursor.integer(UInt16.self))
            return try whole(cursor.address, stored: stored, in: message, isInside: true, &claims)
        case 1:
            let address = try cursor.integer(UInt64.self)
            let stored = try cursor.integer(UInt64.self)
            return try whole(address, stored: stored, in: message, isInside: false, &claims)
        case 2 where version == 3: return try firstChunks(&cursor, &claims)
        case 2: return try secondChunks(&cursor, version: version, &claims)
        case 3: throw message.unsupported("\(path) is a view of other data sets (a virtual data set)")
        case let other: throw message.malformed("\(path) has the layout class \(other)")
        }
    }

    private func whole(
        _ address: UInt64, stored: UInt64, in message: HDF5Region, isInside: Bool, _ claims: inout HDF5Claims
    ) throws(ArtifactError) -> HDF5Storage {
        guard filters.isEmpty else { throw message.malformed("\(path) has filters, but no chunks") }
        guard bytes > 0 else { return .none }
        guard stored == bytes else {
            throw message.malformed("\(path) needs \(bytes) bytes, but \(stored) are stored")
        }
        guard address != HDF5Bytes.undefined else { return .none }
        let region = try message.file.region(at: address, length: bytes, of: "the values of \(path)")
        if isInside {
            guard address + bytes <= message.address + message.length else {
                throw message.malformed("\(path) holds \(stored) bytes in a message of \(message.length)")
            }
        } else {
            try claims.claim(region)
        }
        return .whole(region)
    }

    // MARK: - Chunks

    /// Layout version 3: the index is a B-tree of version 1.
    private func firstChunks(
        _ cursor: inout HDF5Cursor, _ claims: inout HDF5Claims
    ) throws(ArtifactError) -> HDF5Storage {
        let axes = Int(try cursor.integer(UInt8.self))
        let address = try cursor.integer(UInt64.self)
        let shape = try chunkShape(&cursor, axes: axes, width: 4)
        guard bytes > 0, address != HDF5Bytes.undefined else { return .none }
        var index = HDF5ChunkIndex(layout: self, shape: shape, file: cursor.region.file)
        try index.readFirstTree(at: address, &claims)
        return try index.storage()
    }

    /// Layout versions 4 and 5: one of five kinds of index.
    private func secondChunks(
        _ cursor: inout HDF5Cursor, version: UInt8, _ claims: inout HDF5Claims
    ) throws(ArtifactError) -> HDF5Storage {
        let flags = try cursor.integer(UInt8.self)
        let axes = Int(try cursor.integer(UInt8.self))
        let width = Int(try cursor.integer(UInt8.self))
        guard (1 ... 8).contains(width) else {
            throw cursor.region.malformed("\(path) has chunk lengths of \(width) bytes")
        }
        let shape = try chunkShape(&cursor, axes: axes, width: width)
        var index = HDF5ChunkIndex(layout: self, shape: shape, file: cursor.region.file)
        index.leavesEdgesUnfiltered = flags & 1 != 0
        let kind = try cursor.integer(UInt8.self)
        switch kind {
        case 1 where flags & 2 != 0:
            let length = try cursor.integer(UInt64.self)
            let mask = try cursor.integer(UInt32.self)
            let address = try cursor.integer(UInt64.self)
            if bytes > 0 { try index.add(0, at: address, length: length, skippedFilters: mask, &claims) }
        case 1:
            let address = try cursor.integer(UInt64.self)
            if bytes > 0 { try index.add(0, at: address, length: nil, skippedFilters: 0, &claims) }
        case 2 ... 5:
            // What follows repeats what the index' own header says.
            try cursor.skip([2: 0, 3: 1, 4: 5, 5: 6][kind] ?? 0)
            let address = try cursor.integer(UInt64.self)
            guard bytes > 0, address != HDF5Bytes.undefined else { return .none }
            switch kind {
            case 2: try index.readImplicit(at: address, &claims)
            case 3: try index.readFixedArray(at: address, &claims)
            case 4: try index.readExtensibleArray(at: address, &claims)
            default: try index.readSecondTree(at: address, &claims)
            }
        default: throw cursor.region.malformed("\(path) has a chunk index of the kind \(kind)")
        }
        return try index.storage()
    }

    private func chunkShape(_ cursor: inout HDF5Cursor, axes: Int, width: Int) throws(ArtifactError) -> [Int] {
        guard axes == space.shape.count + 1, axes > 1 else {
            throw cursor.region.malformed("\(path) has \(space.shape.count) axes, but its chunks have \(axes - 1)")
        }
        var shape: [Int] = []
        var values: UInt64 = 1
        for _ in 1 ..< axes {
            let length = try cursor.integer(bytes: width)
            guard length > 0, length <= UInt64(ArtifactLimits.tensorValues) else {
                throw cursor.region.malformed("\(path) has chunks of the length \(length)")
            }
            values *= length
            guard values <= UInt64(ArtifactLimits.tensorValues) else {
                throw cursor.region.file.tooLarge(
                    at: cursor.region.address,
                    "the chunks of \(path) claim more than the \(ArtifactLimits.tensorValues) values one tensor may have")
            }
            shape.append(Int(length))
        }
        let elementBytes = try cursor.integer(bytes: width)
        guard elementBytes == UInt64(type.bytes) else {
            throw cursor.region.malformed("\(path) has elements of \(type.bytes) bytes, but \(elementBytes) in its chunks")
        }
        return shape
    }
}
