/// A one-dimensional NumPy array, or a scalar, as a pickle holds it.
struct PickledArray {
    /// How one value, or one field of a record, is stored.
    struct Element {
        /// NumPy's kind: `i`, `u`, `f`, `b`, `O`, `V`.
        let kind: Character
        let size: Int
    }

    struct Field {
        let element: Element
        let offset: Int
    }

    let place: PicklePlace
    let element: Element
    /// Of records only, by name.
    private let fields: [String: Field]
    let count: Int
    /// `count` values of `element.size` bytes; empty for objects.
    let bytes: ArraySlice<UInt8>
    /// Values of kind `O`.
    let objects: [PickleValue]

    /// Record fields and dimensions that a forest needs.
    private static let mostFields = 64

    /// - Throws: `ArtifactError` for what is no array, has another number of dimensions than one, or does not hold the bytes
    ///   that its shape and type need.
    init(_ place: PicklePlace) throws(ArtifactError) {
        let (shape, type, data): (PickleValue, PickleValue, PickleValue)
        if place.type == .fromBuffer {
            let arguments = try place.arguments(of: .fromBuffer)
            guard arguments.count == 4 else { throw place.malformed("an array of \(arguments.count) parts") }
            (shape, type, data) = (arguments[2], arguments[1], arguments[0])
        } else {
            let state = try place.state(of: .reconstruct).tuple()
            guard state.count == 5 else { throw place.malformed("an array of \(state.count) parts") }
            (shape, type, data) = (state[1], state[2], state[4])
        }
        let extents = try place.child(shape, "shape").tuple()
        guard extents.count == 1 else { throw place.malformed("an array of \(extents.count) dimensions, expected one") }
        count = try place.child(extents[0], "shape[0]").int()
        self.place = place
        (element, fields) = try Self.type(place.child(type, "dtype"))
        if element.kind == "O" {
            (bytes, objects) = ([], try place.child(data, "data").list())
            guard objects.count == count else { throw place.malformed("\(objects.count) values of \(count)") }
        } else {
            (bytes, objects) = (try place.child(data, "data").rawBytes(), [])
            guard count >= 0, bytes.count.quotientAndRemainder(dividingBy: element.size) == (count, 0) else {
                throw place.malformed("\(bytes.count) bytes for \(count) values of \(element.size) bytes")
            }
        }
    }

    /// A NumPy scalar: one value.
    init(scalar place: PicklePlace) throws(ArtifactError) {
        let arguments = try place.arguments(of: .scalar)
        guard arguments.count == 2 else { throw place.malformed("a scalar of \(arguments.count) parts") }
        self.place = place
        (element, fields) = try Self.type(place.child(arguments[0], "dtype"))
        (count, objects) = (1, [])
        bytes = try place.child(arguments[1], "data").rawBytes()
        guard bytes.count == element.size else { throw place.malformed("\(bytes.count) bytes for \(element.size)") }
    }

    private static func type(
        _ place: PicklePlace
    ) throws(ArtifactError) -> (element: Element, fields: [String: Field]) {
        let element = try scalarType(place)
        guard element.kind == "V" else { return (element, [:]) }
        let state = try place.state(of: .dataType).tuple()
        let names = try place.child(state[3], "names").tuple()
        guard names.count <= mostFields else { throw place.malformed("records of \(names.count) fields") }
        let table = place.child(state[4], "fields")
        var fields: [String: Field] = [:]
        for name in names {
            let name = try place.child(name, "names").text()
            let parts = try table.field(name).tuple()
            guard parts.count >= 2 else { throw table.malformed("the field `\(name)` has \(parts.count) parts") }
            let field = Field(
                element: try scalarType(table.child(parts[0], name)), offset: try table.child(parts[1], name).int())
            guard field.offset >= 0, field.offset <= element.size - field.element.size else {
                throw table.malformed("the field `\(name)` lies outside its record of \(element.size) bytes")
            }
            fields[name] = field
        }
        return (element, fields)
    }

    /// `numpy.dtype("i8", False, True)` with a state that tells the order of the bytes.
    private static func scalarType(_ place: PicklePlace) throws(ArtifactError) -> Element {
        let arguments = try place.arguments(of: .dataType), state = try place.state(of: .dataType).tuple()
        guard let first = arguments.first, state.count >= 8 else { throw place.malformed("an incomplete type of values") }
        let code = try place.child(first, "code").text(), order = try place.child(state[1], "order").text()
        guard order == "<" || order == "|" else {
            throw place.unsupported(
                "the values are not little-endian", advice: "pickle the forest on a little-endian machine")
        }
        guard let kind = code.first, let size = Int(code.dropFirst()), (1 ... 4096).contains(size) else {
            throw place.malformed("the type of values `\(code.prefix(20))` is not known")
        }
        return Element(kind: kind, size: size)
    }

    // MARK: Values

    /// Bytes that reading the values takes, for budgets.
    var cost: Int { count * 8 }

    func integers() throws(ArtifactError) -> [Int] { try integers(Field(element: element, offset: 0)) }
    func floats() throws(ArtifactError) -> [Double] { try floats(Field(element: element, offset: 0)) }

    /// One field of every record.
    func integers(field name: String) throws(ArtifactError) -> [Int] { try integers(field(name)) }
    func floats(field name: String) throws(ArtifactError) -> [Double] { try floats(field(name)) }

    private func field(_ name: String) throws(ArtifactError) -> Field {
        guard let field = fields[name] else { throw place.malformed("its records have no field `\(name)`") }
        return field
    }

    private func integers(_ field: Field) throws(ArtifactError) -> [Int] {
        switch (field.element.kind, field.element.size) {
        case ("i", 8): return map(field) { Int(Int64(truncatingIfNeeded: $0)) }
        case ("i", 4): return map(field) { Int(Int32(truncatingIfNeeded: $0)) }
        case ("u", 4), ("u", 2), ("u", 1): return map(field) { Int(truncatingIfNeeded: $0) }
        default: throw place.malformed("values of type \(field.element.kind)\(field.element.size), expected whole numbers")
        }
    }

    private func floats(_ field: Field) throws(ArtifactError) -> [Double] {
        switch (field.element.kind, field.element.size) {
        case ("f", 8): return map(field) { Double(bitPattern: $0) }
        case ("f", 4): return map(field) { Double(Float(bitPattern: UInt32(truncatingIfNeeded: $0))) }
        default: throw place.malformed("values of type \(field.element.kind)\(field.element.size), expected real numbers")
        }
    }

    /// Each value's little-endian bits. In bounds: `init` counted the bytes and checked the offsets, and no type that is
    /// read has more than eight.
    private func map<Value>(_ field: Field, _ convert: (UInt64) -> Value) -> [Value] {
        (0 ..< count).map { index in
            let start = bytes.startIndex + index * element.size + field.offset
            return convert(bytes[start ..< start + field.element.size].reversed().reduce(0) { $0 << 8 | UInt64($1) })
        }
    }
}
