/// A group or a data set, by the messages of its header.
struct HDF5Object {
    let path: String
    let file: HDF5Bytes
    let address: UInt64
    private let all: [HDF5Message]

    init(_ messages: [HDF5Message], file: HDF5Bytes, address: UInt64, path: String) {
        all = messages
        self.file = file
        self.address = address
        self.path = path
    }

    /// What to call it in errors.
    var name: String { path.isEmpty ? "the root" : path }

    var isDataset: Bool { all.contains { $0.kind == HDF5Message.Kind.layout } }

    var isGroup: Bool {
        let kinds = [
            HDF5Message.Kind.symbolTable, HDF5Message.Kind.linkInformation, HDF5Message.Kind.link,
            HDF5Message.Kind.groupInformation,
        ]
        return all.contains { kinds.contains($0.kind) }
    }

    func messages(_ kind: UInt16) -> [HDF5Region] { all.filter { $0.kind == kind }.map(\.data) }

    /// The one message of a kind.
    private func message(_ kind: UInt16) throws(ArtifactError) -> HDF5Region? {
        guard let message = all.first(where: { $0.kind == kind }) else { return nil }
        guard !message.isShared else {
            throw message.data.unsupported("\(name) has a description that is shared between objects")
        }
        return message.data
    }

    // MARK: - Attributes

    func attributes(_ claims: inout HDF5Claims) throws(ArtifactError) -> [HDF5AttributeMessage] {
        var attributes: [HDF5AttributeMessage] = []
        for message in all where message.kind == HDF5Message.Kind.attribute {
            attributes.append(try HDF5AttributeMessage(message.data, isShared: message.isShared, owner: name))
        }
        if let information = try message(HDF5Message.Kind.attributeInformation) {
            try appendDense(information, to: &attributes, &claims)
        }
        var names: Set<String> = []
        for attribute in attributes where !names.insert(attribute.name).inserted {
            throw attribute.message.malformed("\(name) has two attributes called \(attribute.name)")
        }
        return attributes
    }

    /// Many attributes lie in a heap, with a tree of their places.
    private func appendDense(
        _ message: HDF5Region, to attributes: inout [HDF5AttributeMessage], _ claims: inout HDF5Claims
    ) throws(ArtifactError) {
        var cursor = message.cursor
        try cursor.skip(1)
        if try cursor.integer(UInt8.self) & 1 != 0 { try cursor.skip(2) }
        guard let stored = try HDF5DenseStorage(
            at: &cursor, in: file, recordType: 8, what: "the attributes of \(name)", claims: &claims)
        else { return }
        for record in stored.records {
            var cursor = record.cursor
            let attribute = try stored.heap.object(cursor.take(stored.heap.identifierBytes))
            let flags = try cursor.integer(UInt8.self)
            try claims.count(attribute)
            attributes.append(try HDF5AttributeMessage(attribute, isShared: flags & 2 != 0, owner: name))
        }
    }

    // MARK: - Data sets

    func dataset(
        _ attributes: [HDF5AttributeMessage], _ claims: inout HDF5Claims
    ) throws(ArtifactError) -> HDF5Decoder.Dataset {
        typealias Kind = HDF5Message.Kind
        guard let dataspace = try message(Kind.dataspace), let datatype = try message(Kind.datatype),
            let layout = try message(Kind.layout)
        else {
            throw file.malformed(at: address, "\(name) lacks its shape, its element type or its place")
        }
        if let external = try message(Kind.externalFiles) { throw external.unsupported("values that lie in another file") }
        let space = try HDF5Dataspace(dataspace, of: name)
        var type = try HDF5Datatype(datatype)
        // Keras stores bfloat16 as two bytes without a meaning, and their meaning as an attribute.
        if type.isOpaquePair, try attributes.first(where: { $0.name == "dtype" })?.read() == .strings(["bfloat16"]) {
            type.kind = .number(.brainFloat)
        }
        guard !space.isNull, let element = type.element else {
            throw ArtifactError(
                .unsupported, .read, file.path, at: "byte \(datatype.address)",
                "\(name) holds \(space.isNull ? "nothing, not even a shape" : type.name); floats of 2, 4 or 8 bytes and "
                    + "integers are read",
                advice: "save the model in float32 again")
        }
        var filters: [HDF5Filter] = []
        if let message = try message(Kind.filters) { filters = try HDF5Filter.pipeline(message, of: name) }
        let storage = try HDF5Layout(path: name, space: space, type: type, filters: filters, fill: fill(type))
            .storage(layout, &claims)
        return HDF5Decoder.Dataset(path: path, shape: space.shape, element: element, type: type, storage: storage)
    }

    /// The value where none was written; empty for zero.
    private func fill(_ type: HDF5Datatype) throws(ArtifactError) -> [UInt8] {
        var value: HDF5Region?
        if let message = try message(HDF5Message.Kind.fill) {
            var cursor = message.cursor
            let version = try cursor.integer(UInt8.self)
            guard (1 ... 3).contains(version) else {
                throw message.unsupported("\(name) has a fill value of version \(version)")
            }
            let isDefined: Bool
            if version == 3 {
                isDefined = try cursor.integer(UInt8.self) & 0x20 != 0
            } else {
                try cursor.skip(2)
                isDefined = try cursor.integer(UInt8.self) != 0 || version == 1
            }
            if isDefined { value = try cursor.take(UInt64(cursor.integer(UInt32.self))) }
        } else if let message = try message(HDF5Message.Kind.oldFill) {
            var cursor = message.cursor
            value = try cursor.take(UInt64(cursor.integer(UInt32.self)))
        }
        guard let value, value.length > 0 else { return [] }
        guard value.length == UInt64(type.bytes) else {
            throw value.malformed("\(name) has a fill value of \(value.length) bytes, but elements of \(type.bytes)")
        }
        return Array(value.bytes)
    }
}
