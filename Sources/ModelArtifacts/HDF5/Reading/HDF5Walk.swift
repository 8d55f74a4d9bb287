/// Walks the groups of an HDF5 file and collects its groups, data sets and attributes. `HDF5Claims` bounds the work.
struct HDF5Walk {
    let file: HDF5Bytes
    private(set) var datasets: [HDF5Decoder.Dataset] = []
    /// The members of each group, by the group's path.
    private(set) var members: [String: [String]] = [:]
    /// The attributes of each object, by the object's path.
    private(set) var attributes: [String: [HDF5AttributeMessage]] = [:]
    var claims: HDF5Claims

    /// The deepest nesting of groups and of B-tree nodes.
    static let deepest = 16
    /// The longest path from the root, in bytes.
    static let longestPath = 1024

    init(file: HDF5Bytes) {
        self.file = file
        claims = HDF5Claims(file: file)
    }

    /// Checks the superblock and tells where the root group's header is.
    static func rootAddress(_ file: HDF5Bytes) throws(ArtifactError) -> UInt64 {
        let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
        guard file.bytes.starts(with: signature) else { throw file.malformed(at: 0, "an HDF5 file should begin there") }
        var cursor = try file.rest(from: 0, of: "the superblock").cursor
        try cursor.skip(8)
        let version = try cursor.integer(UInt8.self)
        guard version <= 3 else { throw file.unsupported(at: 8, "superblock version \(version), not 0 to 3") }
        // Versions 2 and 3 leave out what nobody needs.
        if version < 2 { try cursor.skip(4) }
        let sizes = cursor.address
        guard try cursor.take(2).bytes.elementsEqual([8, 8]) else {
            throw file.unsupported(at: sizes, "addresses or lengths not of 8 bytes")
        }
        try cursor.skip([9, 13, 1, 1][Int(version)])
        let place = cursor.address
        let base = try cursor.integer(UInt64.self)
        guard base == 0 else { throw file.unsupported(at: place, "a base address of \(base), not 0") }
        try cursor.skip(8)  // Free space, or an extension.
        let end = try cursor.integer(UInt64.self)
        guard end <= file.count else {
            throw file.malformed(at: place, "the file was written with \(end) bytes, but ends at byte \(file.count)")
        }
        if version < 2 { try cursor.skip(16) }  // A driver, and the name of the root.
        let root = try cursor.integer(UInt64.self)
        if version >= 2 { try cursor.verifyChecksum() }
        return root
    }

    /// Reads the object whose header is at `address`: a group with its members, or a data set's description.
    mutating func visit(object address: UInt64, path: String, depth: Int = 0) throws(ArtifactError) {
        guard depth <= Self.deepest else {
            throw file.malformed(at: address, "groups are nested more than \(Self.deepest) deep at \(path)")
        }
        let object = HDF5Object(
            try HDF5ObjectHeader(file: file, address: address, claims: &claims).messages, file: file, address: address,
            path: path)
        guard attributes.updateValue(try object.attributes(&claims), forKey: path) == nil else {
            throw file.malformed(at: address, "two objects are called \(object.name)")
        }
        if object.isDataset {
            let dataset = try object.dataset(attributes[path] ?? [], &claims)
            try claims.claimMemory(dataset.memory, path, at: address)
            datasets.append(dataset)
        } else if object.isGroup {
            members[path] = []
            for message in object.messages(HDF5Message.Kind.symbolTable) { try visitSymbolTable(message, object, depth) }
            for message in object.messages(HDF5Message.Kind.link) { try visitLink(message, of: object, depth) }
            for message in object.messages(HDF5Message.Kind.linkInformation) { try visitLinks(message, of: object, depth) }
        } else {
            throw file.unsupported(at: address, "\(object.name) is neither a group nor a data set")
        }
    }

    /// Visits a member of a group.
    /// - Parameter place: where the file names it.
    mutating func visit(
        member name: String, at address: UInt64, of group: HDF5Object, _ depth: Int, place: UInt64
    ) throws(ArtifactError) {
        let path = group.path.isEmpty ? name : "\(group.path)/\(name)"
        guard path.utf8.count <= Self.longestPath else {
            throw file.malformed(at: place, "a path is longer than \(Self.longestPath) bytes")
        }
        members[group.path, default: []].append(name)
        try visit(object: address, path: path, depth: depth + 1)
    }

    /// Checks the name of a member.
    func name(_ bytes: ArraySlice<UInt8>, at place: UInt64) throws(ArtifactError) -> String {
        guard !bytes.isEmpty, bytes.count <= Self.longestPath, !bytes.contains(0),
            let name = String(validating: bytes, as: UTF8.self), !name.contains("/")
        else {
            throw file.malformed(at: place, "the name there is empty, unreadable or longer than \(Self.longestPath) bytes")
        }
        return name
    }
}
