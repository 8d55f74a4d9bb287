import Foundation

/// Writes a pickle of protocol 4, without frames, which Python's unpicklers treat as optional. Equal calls give equal bytes.
struct PickleEncoder {
    private(set) var data = Data([PickleOpcode.protocolVersion.rawValue, 4])
    /// What was written before, by a key of its own, and its place in the unpickler's memo.
    private var memo: [String: Int] = [:]

    /// Ends the pickle and returns its bytes.
    mutating func finish() -> Data {
        put(.stop)
        return data
    }

    // MARK: Plain values

    mutating func none() { put(.none) }
    mutating func bool(_ value: Bool) { put(value ? .newTrue : .newFalse) }

    mutating func int(_ value: Int) {
        if let small = UInt8(exactly: value) {
            put(.uint8, [small])
        } else if let number = Int32(exactly: value) {
            put(.int32, number.littleEndianBytes)
        } else {
            put(.long8, [8] + value.littleEndianBytes)
        }
    }

    mutating func double(_ value: Double) { put(.float64, value.bitPattern.littleEndianBytes.reversed()) }

    /// - Precondition: less than 4 GiB.
    mutating func text(_ value: String) {
        shared("text \(value)") { encoder in
            let bytes = Array(value.utf8)
            if let count = UInt8(exactly: bytes.count) {
                encoder.put(.text8, [count] + bytes)
            } else {
                encoder.put(.text32, UInt32(bytes.count).littleEndianBytes + bytes)
            }
        }
    }

    /// - Precondition: less than 4 GiB.
    mutating func bytes(_ value: [UInt8]) {
        if let count = UInt8(exactly: value.count) {
            put(.bytes8, [count] + value)
        } else {
            put(.bytes32, UInt32(value.count).littleEndianBytes + value)
        }
    }

    // MARK: Containers and objects

    mutating func tuple(_ elements: (inout PickleEncoder) -> Void) {
        put(.mark)
        elements(&self)
        put(.tuple)
    }

    mutating func list(_ elements: (inout PickleEncoder) -> Void) {
        put(.emptyList)
        put(.mark)
        elements(&self)
        put(.appends)
    }

    /// `entries` writes keys and values in turn.
    mutating func dictionary(_ entries: (inout PickleEncoder) -> Void) {
        put(.emptyDictionary)
        put(.mark)
        entries(&self)
        put(.setItems)
    }

    /// One entry of a dictionary with a text as key.
    mutating func field(_ key: String, _ value: (inout PickleEncoder) -> Void) {
        text(key)
        value(&self)
    }

    mutating func global(_ type: PickleClass) {
        shared(type.rawValue) { encoder in
            let parts = type.writtenName.split(separator: ".")
            encoder.text(parts.dropLast().joined(separator: "."))
            encoder.text(String(parts[parts.count - 1]))
            encoder.put(.stackGlobal)
        }
    }

    /// `type.__new__(type)` with its attributes.
    mutating func instance(_ type: PickleClass, state: (inout PickleEncoder) -> Void) {
        global(type)
        put(.emptyTuple)
        put(.newObject)
        self.state { $0.dictionary(state) }
    }

    /// `type(arguments)`.
    mutating func call(_ type: PickleClass, _ arguments: (inout PickleEncoder) -> Void) {
        global(type)
        tuple(arguments)
        put(.reduce)
    }

    /// Hands a state to the object just made.
    mutating func state(_ state: (inout PickleEncoder) -> Void) {
        state(&self)
        put(.build)
    }

    // MARK: NumPy

    /// An array in C order; `type` writes the type of its values, `data` the bytes.
    mutating func array(
        _ shape: [Int], type: (inout PickleEncoder) -> Void, data: (inout PickleEncoder) -> Void
    ) {
        call(.reconstruct) { encoder in
            encoder.global(.array)
            encoder.tuple { $0.int(0) }
            encoder.bytes(Array("b".utf8))
        }
        state { encoder in
            encoder.tuple { encoder in
                encoder.int(1)
                encoder.tuple { encoder in shape.forEach { encoder.int($0) } }
                type(&encoder)
                encoder.bool(false)
                data(&encoder)
            }
        }
    }

    mutating func array(_ values: [Int]) {
        array([values.count]) { $0.dataType("i8") } data: { $0.bytes(values.flatMap(\.littleEndianBytes)) }
    }

    mutating func array(_ values: [Double]) {
        array([values.count]) { $0.dataType("f8") } data: { $0.bytes(values.flatMap(\.bitPattern.littleEndianBytes)) }
    }

    mutating func array(_ texts: [String]) {
        array([texts.count]) { $0.dataType("O8", order: "|", flags: 63) } data: { encoder in
            encoder.list { encoder in texts.forEach { encoder.text($0) } }
        }
    }

    /// The type of values `code`, such as `f8`; for records (`V64`) with names, types and offsets of the fields.
    mutating func dataType(
        _ code: String, order: String = "<", fields: [(name: String, code: String, offset: Int)] = [], size: Int = -1,
        alignment: Int = -1, flags: Int = 0
    ) {
        shared("type \(code)") { encoder in
            encoder.call(.dataType) { encoder in
                encoder.text(code)
                encoder.bool(false)
                encoder.bool(true)
            }
            encoder.state { encoder in
                encoder.tuple { encoder in
                    encoder.int(3)
                    encoder.text(order)
                    encoder.none()
                    encoder.fields(fields)
                    encoder.int(size)
                    encoder.int(alignment)
                    encoder.int(flags)
                }
            }
        }
    }

    /// The names, and the table of types and offsets; both None for plain values.
    private mutating func fields(_ fields: [(name: String, code: String, offset: Int)]) {
        guard !fields.isEmpty else {
            none()
            none()
            return
        }
        tuple { encoder in fields.forEach { encoder.text($0.name) } }
        dictionary { encoder in
            for field in fields {
                encoder.text(field.name)
                encoder.tuple { encoder in
                    encoder.dataType(field.code, order: field.code == "u1" ? "|" : "<")
                    encoder.int(field.offset)
                }
            }
        }
    }

    // MARK: Bytes

    /// Writes a value once and refers to it from then on.
    private mutating func shared(_ key: String, _ write: (inout PickleEncoder) -> Void) {
        if let index = memo[key] {
            let small = UInt8(exactly: index)
            put(small == nil ? .get32 : .get8, small.map { [$0] } ?? UInt32(index).littleEndianBytes)
            return
        }
        write(&self)
        put(.memoize)
        memo[key] = memo.count
    }

    private mutating func put(_ opcode: PickleOpcode, _ bytes: [UInt8] = []) {
        data.append(opcode.rawValue)
        data.append(contentsOf: bytes)
    }
}

extension FixedWidthInteger {
    var littleEndianBytes: [UInt8] { withUnsafeBytes(of: littleEndian, Array.init) }
}
