/// Walks the groups of an HDF5 file and collects its data sets.
///
/// No structure may be reached twice, so the work is bounded by the file's size and cycles cannot occur.
struct HDF5Walk {
    private let file: HDF5Bytes
    private(set) var datasets: [HDF5Decoder.Dataset] = []
    private var visited: Set<UInt64> = []
    /// Bytes that the data sets have claimed so far: those of an honest file do not overlap.
    private var claimedBytes = 0

    /// The deepest nesting of groups and of B-tree nodes.
    private static let deepest = 16
    private static let longestName = 1024

    init(file: HDF5Bytes) { self.file = file }

    /// Checks the superblock and tells where the root group's header is.
    static func rootAddress(_ file: HDF5Bytes) throws(ArtifactError) -> UInt64 {
        let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
        guard file.bytes.starts(with: signature) else { throw file.malformed(at: 0, "an HDF5 file should begin there") }
        let version = try file.byte(at: 8, of: "the superblock")
        guard version == 0 else { throw file.unsupported(at: 8, "superblock version \(version), not 0") }
        let sizes = try file.slice(at: 13, length: 2, of: "the superblock")
        guard sizes.elementsEqual([8, 8]) else { throw file.unsupported(at: 13, "addresses or lengths not of 8 bytes") }
        let base = try file.integer(UInt64.self, at: 24, of: "the superblock")
        guard base == 0 else { throw file.unsupported(at: 24, "a base address of \(base), not 0") }
        return try file.integer(UInt64.self, at: 64, of: "the superblock")
    }

    /// Reads the object whose header is at `address`: a group's members, or a data set's description.
    mutating func visit(object address: UInt64, path: String, depth: Int = 0) throws(ArtifactError) {
        guard depth <= Self.deepest else {
            throw file.malformed(at: address, "groups are nested more than \(Self.deepest) deep at \(path)")
        }
        try visitOnce(address, path)
        let messages = try HDF5Messages(file: file, header: address)
        if let table = messages.symbolTable {
            try visitGroup(table, path: path, depth: depth)
        } else if messages.layout != nil {
            let dataset = try messages.dataset(path: path)
            claimedBytes += dataset.shape.reduce(1, *) * dataset.element.bytes
            guard claimedBytes <= file.count else {
                throw file.malformed(at: address, "data sets up to \(path) claim more than the file's \(file.count) bytes")
            }
            datasets.append(dataset)
        } else {
            throw file.unsupported(
                at: address, "\(path.isEmpty ? "the root" : path) is neither a group with a symbol table nor a data set")
        }
    }

    private mutating func visitOnce(_ address: UInt64, _ path: String) throws(ArtifactError) {
        guard visited.insert(address).inserted else {
            throw file.malformed(at: address, "reached a second time, at \(path.isEmpty ? "the root" : path)")
        }
    }

    private mutating func visitGroup(
        _ table: HDF5Messages.SymbolTable, path: String, depth: Int
    ) throws(ArtifactError) {
        let what = "the name heap of \(path.isEmpty ? "the root" : path)"
        try file.expectSignature("HEAP", at: table.heap, of: what)
        let size = try file.integer(UInt64.self, at: table.heap &+ 8, of: what)
        let address = try file.integer(UInt64.self, at: table.heap &+ 24, of: what)
        let names = try file.slice(at: address, length: size, of: what)
        try visitTree(table.tree, names: names, path: path, depth: depth, level: nil)
    }

    /// A node of a group's B-tree (version 1). Levels go down by one, so its depth is bounded.
    private mutating func visitTree(
        _ address: UInt64, names: ArraySlice<UInt8>, path: String, depth: Int, level expected: UInt8?
    ) throws(ArtifactError) {
        let what = "a B-tree node of \(path.isEmpty ? "the root" : path)"
        try visitOnce(address, path)
        try file.expectSignature("TREE", at: address, of: what)
        let type = try file.byte(at: address + 4, of: what)
        let level = try file.byte(at: address + 5, of: what)
        guard type == 0, level <= Self.deepest, expected == nil || level == expected else {
            throw file.malformed(at: address, "\(what) has type \(type) and level \(level)")
        }
        let entries = try file.integer(UInt16.self, at: address + 6, of: what)
        for entry in 0 ..< UInt64(entries) {
            // After 24 bytes of header, keys and children alternate, 8 bytes each, a key first.
            let child = try file.integer(UInt64.self, at: address + 32 + 16 * entry, of: what)
            if level == 0 {
                try visitSymbols(child, names: names, path: path, depth: depth)
            } else {
                try visitTree(child, names: names, path: path, depth: depth, level: level - 1)
            }
        }
    }

    /// A leaf with up to 2K members of a group.
    private mutating func visitSymbols(
        _ address: UInt64, names: ArraySlice<UInt8>, path: String, depth: Int
    ) throws(ArtifactError) {
        let what = "a symbol table node of \(path.isEmpty ? "the root" : path)"
        try visitOnce(address, path)
        try file.expectSignature("SNOD", at: address, of: what)
        let entries = try file.integer(UInt16.self, at: address + 6, of: what)
        for entry in 0 ..< UInt64(entries) {
            let start = address + 8 + 40 * entry
            let name = try name(at: file.integer(UInt64.self, at: start, of: what), in: names, start)
            let header = try file.integer(UInt64.self, at: start + 8, of: what)
            let cache = try file.integer(UInt32.self, at: start + 16, of: what)
            guard cache <= 1 else {
                throw file.unsupported(at: start, "\(name) is a symbolic link, which may lead out of the file")
            }
            try visit(object: header, path: path.isEmpty ? name : "\(path)/\(name)", depth: depth + 1)
        }
    }

    private func name(
        at offset: UInt64, in names: ArraySlice<UInt8>, _ entry: UInt64
    ) throws(ArtifactError) -> String {
        guard offset < UInt64(names.count) else {
            throw file.malformed(at: entry, "a name at \(offset) of a heap of \(names.count) bytes")
        }
        let rest = names.dropFirst(Int(offset)).prefix(Self.longestName + 1)
        guard let end = rest.firstIndex(of: 0), end > rest.startIndex,
            let name = String(validating: rest[..<end], as: UTF8.self), !name.contains("/")
        else {
            throw file.malformed(at: entry, "the name there is empty, unreadable or longer than \(Self.longestName) bytes")
        }
        return name
    }
}
