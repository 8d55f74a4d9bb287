/// A B-tree of version 2: records of one length, here without their order, which nothing needs.
struct HDF5SearchTree {
    /// All records, wherever they lie.
    private(set) var records: [HDF5Region] = []
    private let file: HDF5Bytes
    private let type: UInt8
    private let what: String
    /// That of a link: a hash of four bytes and a place of seven.
    private static let shortestRecord: UInt64 = 11
    private var recordBytes: UInt64 = 0
    /// For each level above the leaves, the bytes of the two counts that stand beside a child's address.
    private var countBytes: [(own: Int, all: Int)] = []

    /// Reads the tree whose header is at `address`.
    /// - Parameters:
    ///   - type: the number of the kind of record it must hold.
    ///   - what: what it is, for errors.
    init(
        file: HDF5Bytes, address: UInt64, type: UInt8, what: String, claims: inout HDF5Claims
    ) throws(ArtifactError) {
        self.file = file
        self.type = type
        self.what = what
        var cursor = try file.rest(from: address, of: what).cursor
        try cursor.expect("BTHD", version: 0)
        let found = try cursor.integer(UInt8.self)
        let nodeBytes = UInt64(try cursor.integer(UInt32.self))
        recordBytes = UInt64(try cursor.integer(UInt16.self))
        let depth = Int(try cursor.integer(UInt16.self))
        try cursor.skip(2)  // When nodes split and merge.
        let root = try cursor.integer(UInt64.self)
        let rootCount = UInt64(try cursor.integer(UInt16.self))
        try cursor.skip(8)
        try cursor.verifyChecksum()
        try claims.claim(file.region(at: address, length: cursor.offset, of: what))
        guard found == type, depth <= HDF5Walk.deepest, recordBytes >= Self.shortestRecord else {
            throw file.malformed(
                at: address, "\(what) has type \(found), depth \(depth) and records of \(recordBytes) bytes")
        }
        guard root != HDF5Bytes.undefined else { return }
        try measure(depth: depth, nodeBytes: nodeBytes, at: address)
        try readNode(at: root, count: rootCount, depth: depth, &claims)
    }

    /// The counts in a node take as few bytes as the largest possible count of the level below needs.
    private mutating func measure(depth: Int, nodeBytes: UInt64, at address: UInt64) throws(ArtifactError) {
        let overhead: UInt64 = 10
        guard depth > 0 else { return }
        guard nodeBytes > overhead + recordBytes else {
            throw file.malformed(at: address, "\(what) has nodes of \(nodeBytes) bytes")
        }
        func bytes(for count: UInt64) -> Int { (63 - max(1, count).leadingZeroBitCount) / 8 + 1 }
        let mostInLeaf = (nodeBytes - overhead) / recordBytes
        var all = mostInLeaf
        countBytes = [(bytes(for: mostInLeaf), 0)]
        for _ in 1 ..< depth {
            let pointer = UInt64(8 + (countBytes.last?.own ?? 0) + (countBytes.last?.all ?? 0))
            let (own, underflow) = nodeBytes.subtractingReportingOverflow(overhead + pointer)
            let most = own / (recordBytes + pointer)
            let (product, overflow) = (most + 1).multipliedReportingOverflow(by: all)
            let (sum, second) = product.addingReportingOverflow(most)
            guard !underflow, !overflow, !second else {
                throw file.malformed(at: address, "\(what) has nodes of \(nodeBytes) bytes at depth \(depth)")
            }
            all = sum
            countBytes.append((bytes(for: mostInLeaf), bytes(for: all)))
        }
    }

    private mutating func readNode(
        at address: UInt64, count: UInt64, depth: Int, _ claims: inout HDF5Claims
    ) throws(ArtifactError) {
        var cursor = try file.rest(from: address, of: what).cursor
        try cursor.expect(depth == 0 ? "BTLF" : "BTIN", version: 0)
        let found = try cursor.integer(UInt8.self)
        guard found == type else { throw file.malformed(at: address, "\(what): a node of type \(found), not \(type)") }
        for _ in 0 ..< count { records.append(try cursor.take(recordBytes)) }
        var children: [(address: UInt64, count: UInt64)] = []
        if depth > 0 {
            let widths = countBytes[depth - 1]
            for _ in 0 ... count {
                children.append((try cursor.integer(UInt64.self), try cursor.integer(bytes: widths.own)))
                try cursor.skip(UInt64(widths.all))
            }
        }
        try cursor.verifyChecksum()
        try claims.claim(file.region(at: address, length: cursor.offset, of: what))
        for child in children { try readNode(at: child.address, count: child.count, depth: depth - 1, &claims) }
    }
}
