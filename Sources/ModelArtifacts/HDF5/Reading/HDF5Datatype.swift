/// What one element of a data set or an attribute is.
struct HDF5Datatype: Equatable {
    enum Kind: Equatable {
        case number(HDF5Decoder.Element)
        case fixedString(padding: UInt8)
        /// A length and a place in a global heap.
        case variableString
        /// A class that is known by its number only.
        case other(UInt8)
    }

    var kind: Kind
    /// Bytes per element.
    var bytes: Int
    var isBigEndian = false

    /// The parts of a float: from the lowest bit up the mantissa, the exponent, the sign.
    private struct FloatLayout: Equatable {
        var size: Int, exponentBits: UInt8, mantissaBits: UInt8, bias: UInt32
    }

    /// IEEE 754, and bfloat16.
    private static let floats: [(FloatLayout, HDF5Decoder.Element)] = [
        (FloatLayout(size: 2, exponentBits: 5, mantissaBits: 10, bias: 15), .float(bytes: 2)),
        (FloatLayout(size: 2, exponentBits: 8, mantissaBits: 7, bias: 127), .brainFloat),
        (FloatLayout(size: 4, exponentBits: 8, mantissaBits: 23, bias: 127), .float(bytes: 4)),
        (FloatLayout(size: 8, exponentBits: 11, mantissaBits: 52, bias: 1023), .float(bytes: 8)),
    ]

    /// Reads a data type message.
    /// - Parameter isBase: whether this is what an enumeration counts with.
    init(_ message: HDF5Region, isBase: Bool = false) throws(ArtifactError) {
        var cursor = message.cursor
        let number = try cursor.integer(UInt8.self) & 0x0F
        let bits = try cursor.integer(bytes: 3)
        bytes = Int(try cursor.integer(UInt32.self))
        kind = .other(number)
        guard bytes > 0 else { throw message.malformed("elements of class \(number) with no bytes") }
        switch number {
        case 0, 1:
            let offset = try cursor.integer(UInt16.self)
            let precision = Int(try cursor.integer(UInt16.self))
            // Bit 6 of a float says that its bytes are in the order of a VAX.
            guard offset == 0, precision == 8 * bytes, number == 0 || bits & 0x40 == 0 else { return }
            isBigEndian = bits & 1 != 0
            if number == 0 {
                guard [1, 2, 4, 8].contains(bytes) else { return }
                kind = .number(.integer(bytes: bytes, signed: bits & 8 != 0))
            } else {
                let exponentBegin = try cursor.integer(UInt8.self)
                let exponentBits = try cursor.integer(UInt8.self)
                let mantissaBegin = try cursor.integer(UInt8.self)
                let layout = FloatLayout(
                    size: bytes, exponentBits: exponentBits, mantissaBits: try cursor.integer(UInt8.self),
                    bias: try cursor.integer(UInt32.self))
                guard mantissaBegin == 0, exponentBegin == layout.mantissaBits,
                    let known = Self.floats.first(where: { $0.0 == layout })
                else { return }
                kind = .number(known.1)
            }
        case 3: kind = .fixedString(padding: UInt8(bits & 0x0F))
        case 8 where !isBase:
            // An enumeration, which is how h5py stores booleans: its base type follows.
            let base = try HDF5Datatype(cursor.take(cursor.remaining), isBase: true)
            if case .number(.integer) = base.kind, base.bytes == bytes { self = base }
        case 9 where bits & 0x0F == 1 && bytes == 16: kind = .variableString
        default: break
        }
    }

    /// The element of a data set; nil when it is one that is not read at all.
    var element: HDF5Decoder.Element? {
        switch kind {
        case let .number(element): element
        case .fixedString, .variableString: .text(bytes: bytes)
        case .other: nil
        }
    }

    /// Whether an element is two bytes of which the file does not tell the meaning.
    var isOpaquePair: Bool { kind == .other(5) && bytes == 2 }

    /// What the class is called, for errors.
    var name: String {
        switch kind {
        case .number: "numbers of \(bytes) bytes"
        case .fixedString, .variableString: "strings"
        case let .other(number):
            [
                "numbers of an unusual kind", "numbers of an unusual kind", "times", "strings", "bit fields", "opaque bytes",
                "compounds", "references", "an enumeration", "sequences of variable length", "arrays", "complex numbers",
            ][min(Int(number), 11)] + " (class \(number), \(bytes) bytes)"
        }
    }
}

// MARK: - Numbers

extension HDF5Datatype {
    /// The numbers in `bytes`, which must be a whole number of elements; nil when the elements are no numbers. Rounded to
    /// nearest where `Number` cannot hold them.
    func numbers<Number: BinaryFloatingPoint>(_: Number.Type, in bytes: [UInt8]) -> [Number]? {
        guard case let .number(element) = kind else { return nil }
        precondition(bytes.count % self.bytes == 0)
        return bytes.withUnsafeBytes { raw -> [Number]? in
            func convert<Stored: FixedWidthInteger>(_: Stored.Type, _ value: (Stored) -> Number) -> [Number] {
                // In bounds: the bytes are a whole number of elements of `Stored`'s size.
                let size = MemoryLayout<Stored>.size
                return (0 ..< raw.count / size).map {
                    let stored = raw.loadUnaligned(fromByteOffset: $0 * size, as: Stored.self)
                    return value(isBigEndian ? Stored(bigEndian: stored) : Stored(littleEndian: stored))
                }
            }
            return switch element {
            case .float(bytes: 2): convert(UInt16.self) { Number(Float(Float16(bitPattern: $0))) }
            case .float(bytes: 4): convert(UInt32.self) { Number(Float(bitPattern: $0)) }
            case .float: convert(UInt64.self) { Number(Double(bitPattern: $0)) }
            case .brainFloat: convert(UInt16.self) { Number(Float(bitPattern: UInt32($0) << 16)) }
            case .integer(bytes: 1, signed: true): convert(Int8.self) { Number($0) }
            case .integer(bytes: 1, signed: false): convert(UInt8.self) { Number($0) }
            case .integer(bytes: 2, signed: true): convert(Int16.self) { Number($0) }
            case .integer(bytes: 2, signed: false): convert(UInt16.self) { Number($0) }
            case .integer(bytes: 4, signed: true): convert(Int32.self) { Number($0) }
            case .integer(bytes: 4, signed: false): convert(UInt32.self) { Number($0) }
            case .integer(bytes: _, signed: true): convert(Int64.self) { Number($0) }
            case .integer(bytes: _, signed: false): convert(UInt64.self) { Number($0) }
            case .text: nil
            }
        }
    }
}
