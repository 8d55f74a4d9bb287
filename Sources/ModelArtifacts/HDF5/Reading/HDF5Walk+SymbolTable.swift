// Groups of the older kind: a B-tree (version 1) of symbol table nodes, and a heap of names.

extension HDF5Walk {
    mutating func visitSymbolTable(
        _ message: HDF5Region, _ group: HDF5Object, _ depth: Int
    ) throws(ArtifactError) {
        var cursor = message.cursor
        let tree = try cursor.integer(UInt64.self)
        let heap = try cursor.integer(UInt64.self)
        let what = "the name heap of \(group.name)"
        var heapCursor = try file.rest(from: heap, of: what).cursor
        try heapCursor.expect("HEAP", version: 0)
        try heapCursor.skip(3)
        let length = try heapCursor.integer(UInt64.self)
        try heapCursor.skip(8)
        let address = try heapCursor.integer(UInt64.self)
        try claims.claim(file.region(at: heap, length: heapCursor.offset, of: what))
        let names = try file.region(at: address, length: length, of: what)
        try claims.claim(names)
        try visitTree(tree, names: names.bytes, group, depth, level: nil)
    }

    /// A node of the B-tree. Levels go down by one, so its depth is bounded.
    private mutating func visitTree(
        _ address: UInt64, names: ArraySlice<UInt8>, _ group: HDF5Object, _ depth: Int, level expected: UInt8?
    ) throws(ArtifactError) {
        let what = "a B-tree node of \(group.name)"
        var cursor = try file.rest(from: address, of: what).cursor
        try cursor.expect("TREE")
        let type = try cursor.integer(UInt8.self)
        let level = try cursor.integer(UInt8.self)
        guard type == 0, level <= Self.deepest, expected == nil || level == expected else {
            throw file.malformed(at: address, "\(what) has type \(type) and level \(level)")
        }
        let entries = try cursor.integer(UInt16.self)
        try cursor.skip(16)
        try claims.claim(file.region(at: address, length: 24 + 16 * UInt64(entries), of: what))
        for _ in 0 ..< entries {
            // Keys and children alternate, a key first.
            try cursor.skip(8)
            let child = try cursor.integer(UInt64.self)
            if level == 0 {
                try visitSymbols(child, names: names, group, depth)
            } else {
                try visitTree(child, names: names, group, depth, level: level - 1)
            }
        }
    }

    /// A leaf with up to 2K members of a group.
    private mutating func visitSymbols(
        _ address: UInt64, names: ArraySlice<UInt8>, _ group: HDF5Object, _ depth: Int
    ) throws(ArtifactError) {
        let what = "a symbol table node of \(group.name)"
        var cursor = try file.rest(from: address, of: what).cursor
        try cursor.expect("SNOD")
        try cursor.skip(2)
        let entries = try cursor.integer(UInt16.self)
        try claims.claim(file.region(at: address, length: 8 + 40 * UInt64(entries), of: what))
        for _ in 0 ..< entries {
            let place = cursor.address
            let offset = try cursor.integer(UInt64.self)
            guard offset < UInt64(names.count) else {
                throw file.malformed(at: place, "a name at \(offset) of a heap of \(names.count) bytes")
            }
            let bytes = names.dropFirst(Int(offset)).prefix(Self.longestPath + 1).prefix { $0 != 0 }
            let name = try name(bytes, at: place)
            let header = try cursor.integer(UInt64.self)
            let cache = try cursor.integer(UInt32.self)
            try cursor.skip(20)
            guard cache <= 1 else { throw linkLeadsElsewhere(name, at: place) }
            try visit(member: name, at: header, of: group, depth, place: place)
        }
    }

    func linkLeadsElsewhere(_ name: String, at place: UInt64) -> ArtifactError {
        file.unsupported(at: place, "\(name) is a symbolic link, which may lead out of the file")
    }
}
