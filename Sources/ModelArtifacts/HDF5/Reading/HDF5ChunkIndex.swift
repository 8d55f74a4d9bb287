/// Collects the chunks of one data set from the index that the file keeps of them.
struct HDF5ChunkIndex {
    let layout: HDF5Layout
    let file: HDF5Bytes
    /// How many chunks lie along each axis now.
    let grid: [Int]
    /// The same, when the data set has grown as far as it may; nil for an axis without limit.
    let limits: [Int?]
    /// The bytes of a chunk before filtering.
    let chunkBytes: UInt64
    /// Whether chunks that pass the edge of the data set are stored as they are.
    var leavesEdgesUnfiltered = false
    private var chunks: HDF5Chunks

    init(layout: HDF5Layout, shape: [Int], file: HDF5Bytes) {
        self.layout = layout
        self.file = file
        grid = zip(layout.space.shape, shape).map { ($0 + $1 - 1) / $1 }
        limits = zip(layout.space.limits, shape).map { limit, length in limit.map { ($0 + length - 1) / length } }
        // At most 2²⁸ values of at most 2³² bytes.
        chunkBytes = UInt64(shape.reduce(1, *)) * UInt64(layout.type.bytes)
        chunks = HDF5Chunks(shape: shape, filters: layout.filters, fill: layout.fill)
    }

    /// What was collected.
    func storage() throws(ArtifactError) -> HDF5Storage {
        guard !chunks.stored.isEmpty else { return .none }
        var sorted = chunks
        sorted.stored.sort { $0.index < $1.index }
        for (first, second) in zip(sorted.stored, sorted.stored.dropFirst()) where first.index == second.index {
            throw second.stored.malformed("\(layout.path) has two chunks at the place \(first.index)")
        }
        return .chunks(sorted)
    }

    /// Takes a chunk.
    /// - Parameters:
    ///   - index: its place in `grid`.
    ///   - length: its bytes in the file; nil when nothing changes them.
    mutating func add(
        _ index: Int, at address: UInt64, length: UInt64?, skippedFilters: UInt32, _ claims: inout HDF5Claims
    ) throws(ArtifactError) {
        guard address != HDF5Bytes.undefined else { return }
        let what = "a chunk of \(layout.path)"
        let stored = try file.region(at: address, length: length ?? chunkBytes, of: what)
        let skipped = leavesEdgesUnfiltered && passesEdge(index) ? UInt32.max : skippedFilters
        let most = HDF5Filter.mostBytes(stored.length, through: chunks.filters(skipping: skipped))
        guard chunkBytes <= most else {
            throw file.tooLarge(
                at: address, "\(what) claims \(chunkBytes) bytes, but its \(stored.length) bytes can hold at most \(most)")
        }
        try claims.claim(stored)
        chunks.stored.append(HDF5Chunks.Chunk(index: index, stored: stored, skippedFilters: skipped))
    }

    /// The place in `grid` of the chunk with these coordinates, counted in chunks.
    func index(_ coordinates: [UInt64], at address: UInt64) throws(ArtifactError) -> Int {
        var index = 0
        for (coordinate, length) in zip(coordinates, grid) {
            guard coordinate < UInt64(length) else {
                throw file.malformed(
                    at: address, "\(layout.path) has chunks \(grid), so there is none at \(coordinates)")
            }
            index = index * length + Int(coordinate)
        }
        return index
    }

    /// The coordinates of the chunk that is number `position` when the axes have room for `lengths` chunks each, the last
    /// counting fastest. The first length does not matter.
    static func coordinates(_ position: UInt64, lengths: [Int]) -> [UInt64] {
        var rest = position
        var coordinates: [UInt64] = []
        for length in lengths.dropFirst().reversed() {
            coordinates.append(rest % UInt64(max(1, length)))
            rest /= UInt64(max(1, length))
        }
        return [rest] + coordinates.reversed()
    }

    private func passesEdge(_ index: Int) -> Bool {
        let coordinates = Self.coordinates(UInt64(index), lengths: grid)
        return zip(zip(coordinates, chunks.shape), layout.space.shape).contains { (Int($0.0) + 1) * $0.1 > $1 }
    }

    // MARK: - B-tree of version 1

    /// Nodes alternate keys — stored length, skipped filters, offsets in values — and addresses.
    mutating func readFirstTree(
        at address: UInt64, level expected: UInt8? = nil, _ claims: inout HDF5Claims
    ) throws(ArtifactError) {
        let what = "a B-tree node of \(layout.path)"
        var cursor = try file.rest(from: address, of: what).cursor
        try cursor.expect("TREE")
        let type = try cursor.integer(UInt8.self)
        let level = try cursor.integer(UInt8.self)
        guard type == 1, level <= HDF5Walk.deepest, expected == nil || level == expected else {
            throw file.malformed(at: address, "\(what) has type \(type) and level \(level)")
        }
        let entries = UInt64(try cursor.integer(UInt16.self))
        try cursor.skip(16)
        let keyLength = UInt64(8 + 8 * (grid.count + 1))
        try claims.claim(file.region(at: address, length: 24 + entries * (keyLength + 8), of: what))
        for _ in 0 ..< entries {
            let place = cursor.address
            let length = UInt64(try cursor.integer(UInt32.self))
            let mask = try cursor.integer(UInt32.self)
            var coordinates: [UInt64] = []
            for axis in chunks.shape {
                let offset = try cursor.integer(UInt64.self)
                guard offset % UInt64(axis) == 0 else {
                    throw file.malformed(at: place, "\(what): a chunk begins at \(offset), not at a multiple of \(axis)")
                }
                coordinates.append(offset / UInt64(axis))
            }
            try cursor.skip(8)
            let child = try cursor.integer(UInt64.self)
            if level > 0 {
                try readFirstTree(at: child, level: level - 1, &claims)
            } else {
                try add(index(coordinates, at: place), at: child, length: length, skippedFilters: mask, &claims)
            }
        }
    }
}

extension HDF5Chunks {
    /// The filters of a chunk for which those in `mask` were left out.
    func filters(skipping mask: UInt32) -> [HDF5Filter] {
        filters.enumerated().filter { mask >> UInt32($0.offset) & 1 == 0 }.map(\.element)
    }
}
