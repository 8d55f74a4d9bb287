// Groups of the newer kind: each link a message, or, when there are many, an object in a fractal heap.

extension HDF5Walk {
    mutating func visitLink(_ message: HDF5Region, of group: HDF5Object, _ depth: Int) throws(ArtifactError) {
        var cursor = message.cursor
        let version = try cursor.integer(UInt8.self)
        let flags = try cursor.integer(UInt8.self)
        guard version == 1 else { throw message.unsupported("a link of version \(version) in \(group.name)") }
        let kind = flags & 8 != 0 ? try cursor.integer(UInt8.self) : 0
        if flags & 4 != 0 { try cursor.skip(8) }  // The order of creation.
        if flags & 16 != 0 { try cursor.skip(1) }  // ASCII or UTF-8, which is the same for us.
        let length = try cursor.integer(bytes: 1 << Int(flags & 3))
        let name = try name(cursor.take(length).bytes, at: message.address)
        guard kind == 0 else { throw linkLeadsElsewhere(name, at: message.address) }
        try visit(member: name, at: cursor.integer(UInt64.self), of: group, depth, place: message.address)
    }

    mutating func visitLinks(_ message: HDF5Region, of group: HDF5Object, _ depth: Int) throws(ArtifactError) {
        var cursor = message.cursor
        let version = try cursor.integer(UInt8.self)
        let flags = try cursor.integer(UInt8.self)
        guard version == 0 else { throw message.unsupported("links of version \(version) in \(group.name)") }
        if flags & 1 != 0 { try cursor.skip(8) }
        guard let links = try HDF5DenseStorage(
            at: &cursor, in: file, recordType: 5, what: "the links of \(group.name)", claims: &claims)
        else { return }
        for record in links.records {
            // A hash of the name, then the link's place in the heap.
            var cursor = record.cursor
            try cursor.skip(4)
            let link = try links.heap.object(cursor.take(links.heap.identifierBytes))
            try claims.count(link)
            try visitLink(link, of: group, depth)
        }
    }
}
