/// An attribute as it lies in the file; its value is read when somebody asks for it.
struct HDF5AttributeMessage {
    let name: String
    let message: HDF5Region
    private let owner: String
    private let type: HDF5Region
    private let space: HDF5Region
    private let value: HDF5Region
    /// Whether the message, its type or its shape is only a pointer to one that several objects share.
    private let isShared: Bool

    init(_ message: HDF5Region, isShared: Bool, owner: String) throws(ArtifactError) {
        self.message = message
        self.owner = owner
        var cursor = message.cursor
        let version = try cursor.integer(UInt8.self)
        guard (1 ... 3).contains(version), !isShared else {
            throw message.unsupported(
                "\(owner) has an attribute \(isShared ? "shared between objects" : "of version \(version)")")
        }
        let flags = try cursor.integer(UInt8.self)
        self.isShared = version > 1 && flags & 3 != 0
        let nameLength = UInt64(try cursor.integer(UInt16.self))
        let typeLength = UInt64(try cursor.integer(UInt16.self))
        let spaceLength = UInt64(try cursor.integer(UInt16.self))
        if version == 3 { try cursor.skip(1) }
        // Version 1 pads its parts, and the eight bytes before them are a multiple of the unit.
        let unit: UInt64 = version == 1 ? 8 : 1
        let nameBytes = try cursor.take(nameLength).bytes.prefix { $0 != 0 }
        guard !nameBytes.isEmpty, let name = String(validating: nameBytes, as: UTF8.self) else {
            throw message.malformed("\(owner) has an attribute whose name is empty or not UTF-8")
        }
        self.name = name
        try cursor.align(to: unit)
        type = try cursor.take(typeLength)
        try cursor.align(to: unit)
        space = try cursor.take(spaceLength)
        try cursor.align(to: unit)
        value = try cursor.take(cursor.remaining)
    }

    /// What the attribute holds.
    func read() throws(ArtifactError) -> HDF5Attribute {
        let title = "the attribute \(name) of \(owner)"
        guard !isShared else { throw message.unsupported("\(title) has a type that is shared between objects") }
        let type = try HDF5Datatype(type)
        let count = try HDF5Dataspace(space, of: title).count
        guard UInt64(count * type.bytes) <= value.length else {
            throw message.malformed(
                "\(title) claims \(count) elements of \(type.bytes) bytes, but has \(value.length) bytes")
        }
        var cursor = value.cursor
        if let numbers = type.numbers(Double.self, in: Array(value.bytes.prefix(count * type.bytes))) {
            return .numbers(numbers)
        }
        var strings: [String] = []
        switch type.kind {
        case let .fixedString(padding):
            for _ in 0 ..< count {
                strings.append(try text(Self.trimmed(cursor.take(UInt64(type.bytes)).bytes, padding), title))
            }
        case .variableString:
            var heaps = HDF5GlobalHeaps(file: message.file)
            for _ in 0 ..< count { strings.append(try text(heaps.string(&cursor).prefix { $0 != 0 }, title)) }
        case .number, .other: throw message.unsupported("\(title) holds \(type.name), neither strings nor plain numbers")
        }
        return .strings(strings)
    }

    /// A string of fixed length without what fills it up: 0 for a zero at the end, 1 for zeros, 2 for spaces.
    private static func trimmed(_ bytes: ArraySlice<UInt8>, _ padding: UInt8) -> ArraySlice<UInt8> {
        guard padding != 0 else { return bytes.prefix { $0 != 0 } }
        let filler: UInt8 = padding == 2 ? 0x20 : 0
        return bytes.lastIndex { $0 != filler }.map { bytes.prefix(through: $0) } ?? []
    }

    private func text(_ bytes: ArraySlice<UInt8>, _ title: String) throws(ArtifactError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw message.malformed("\(title) holds a string that is not UTF-8")
        }
        return text
    }
}

/// The heaps that the strings of variable length of one attribute lie in.
struct HDF5GlobalHeaps {
    private let file: HDF5Bytes
    private var heaps: [UInt64: [UInt16: HDF5Region]] = [:]
    private var claims: HDF5Claims
    /// Bytes of all strings together: several places may tell of the same one.
    private var total: UInt64 = 0

    init(file: HDF5Bytes) {
        self.file = file
        claims = HDF5Claims(file: file)
    }

    /// The bytes of a string, given the length and the place that stand for it.
    mutating func string(_ cursor: inout HDF5Cursor) throws(ArtifactError) -> ArraySlice<UInt8> {
        let place = cursor.address
        let length = UInt64(try cursor.integer(UInt32.self))
        let address = try cursor.integer(UInt64.self)
        let index = try cursor.integer(UInt32.self)
        guard length > 0 else { return [] }
        if heaps[address] == nil { heaps[address] = try objects(of: address) }
        guard let object = heaps[address]?[UInt16(truncatingIfNeeded: index)], index <= UInt16.max,
            length <= object.length
        else {
            throw file.malformed(
                at: place, "a string of \(length) bytes should be object \(index) of the heap at byte \(address)")
        }
        total += length
        guard total <= file.count else {
            throw file.malformed(at: place, "strings claim more than the file's \(file.count) bytes")
        }
        return object.bytes.prefix(Int(length))
    }

    private mutating func objects(of address: UInt64) throws(ArtifactError) -> [UInt16: HDF5Region] {
        let what = "a global heap"
        var cursor = try file.rest(from: address, of: what).cursor
        try cursor.expect("GCOL", version: 1)
        try cursor.skip(3)
        let length = try cursor.integer(UInt64.self)
        let collection = try file.region(at: address, length: length, of: what)
        try claims.claim(collection)
        cursor = collection.cursor
        try cursor.skip(16)
        var objects: [UInt16: HDF5Region] = [:]
        while cursor.remaining >= 16 {
            let index = try cursor.integer(UInt16.self)
            try cursor.skip(6)
            let length = try cursor.integer(UInt64.self)
            // What follows is free.
            guard index > 0 else { break }
            objects[index] = try cursor.take(length)
            try cursor.align(to: 8)
        }
        return objects
    }
}
