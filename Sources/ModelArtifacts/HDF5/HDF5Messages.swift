/// The messages of one object header (version 1) that matter here.
struct HDF5Messages {
    struct SymbolTable {
        var tree: UInt64
        var heap: UInt64
    }

    /// Where a message's data lies.
    struct Extent {
        var address: UInt64
        var length: UInt64
    }

    private(set) var symbolTable: SymbolTable?
    private(set) var layout: Extent?
    private var dataspace: Extent?
    private var datatype: Extent?
    private let file: HDF5Bytes
    private let header: UInt64

    /// Numbers of the format's message types.
    private enum Kind {
        static let dataspace: UInt16 = 0x01, linkInformation: UInt16 = 0x02, datatype: UInt16 = 0x03, link: UInt16 = 0x06
        static let externalFiles: UInt16 = 0x07, layout: UInt16 = 0x08, filters: UInt16 = 0x0B
        static let continuation: UInt16 = 0x10, symbolTable: UInt16 = 0x11
    }

    init(file: HDF5Bytes, header: UInt64) throws(ArtifactError) {
        self.file = file
        self.header = header
        let what = "an object header"
        let version = try file.byte(at: header, of: what)
        guard version == 1 else { throw file.unsupported(at: header, "an object header of version \(version), not 1") }
        var left = Int(try file.integer(UInt16.self, at: header + 2, of: what))
        let first = Extent(
            address: header + 16, length: UInt64(try file.integer(UInt32.self, at: header + 8, of: what)))
        // Continuations are themselves messages, so the count of messages bounds this queue as well.
        var blocks = [first]
        while let block = blocks.popLast() {
            _ = try file.index(block.address, length: block.length, of: "a block of messages")
            var address = block.address
            let end = block.address + block.length
            while left > 0, address + 8 <= end {
                left -= 1
                let kind = try file.integer(UInt16.self, at: address, of: "a message")
                let length = UInt64(try file.integer(UInt16.self, at: address + 2, of: "a message"))
                let flags = try file.byte(at: address + 4, of: "a message")
                let data = Extent(address: address + 8, length: length)
                guard data.address + length <= end else {
                    throw file.malformed(at: address, "a message of \(length) bytes passes the end of its block at \(end)")
                }
                if kind == Kind.continuation {
                    blocks.append(Extent(
                        address: try field(UInt64.self, 0, of: data), length: try field(UInt64.self, 8, of: data)))
                } else {
                    try take(kind, data, shared: flags & 2 != 0)
                }
                address = data.address + length
            }
        }
    }

    private mutating func take(_ kind: UInt16, _ data: Extent, shared: Bool) throws(ArtifactError) {
        guard !shared || ![Kind.dataspace, Kind.datatype, Kind.layout, Kind.symbolTable].contains(kind) else {
            throw file.unsupported(at: data.address, "a description that is shared between objects")
        }
        switch kind {
        case Kind.symbolTable:
            symbolTable = SymbolTable(tree: try field(UInt64.self, 0, of: data), heap: try field(UInt64.self, 8, of: data))
        case Kind.dataspace: dataspace = data
        case Kind.datatype: datatype = data
        case Kind.layout: layout = data
        case Kind.linkInformation, Kind.link: throw file.unsupported(at: data.address, "a group of the newer kind")
        case Kind.externalFiles: throw file.unsupported(at: data.address, "values that lie in another file")
        case Kind.filters: throw file.unsupported(at: data.address, "compressed or otherwise filtered values")
        default: break  // Fill values, times, attributes: nothing that changes the values read.
        }
    }

    /// A field of a message, which must lie inside the message.
    private func field<Integer: FixedWidthInteger & UnsignedInteger>(
        _ type: Integer.Type, _ offset: UInt64, of data: Extent
    ) throws(ArtifactError) -> Integer {
        guard offset + UInt64(MemoryLayout<Integer>.size) <= data.length else {
            throw file.malformed(at: data.address, "a message of \(data.length) bytes is too short")
        }
        return try file.integer(type, at: data.address + offset, of: "a message")
    }
}

// MARK: - Data sets

extension HDF5Messages {
    /// The data set that this header describes.
    func dataset(path: String) throws(ArtifactError) -> HDF5Decoder.Dataset {
        guard let dataspace, let datatype, let layout else {
            throw file.malformed(at: header, "\(path) lacks its shape, its element type or its place")
        }
        let shape = try shape(dataspace, path)
        let element = try element(datatype, path)
        let bytes = UInt64(shape.reduce(1, *) * element.bytes)
        return HDF5Decoder.Dataset(
            path: path, shape: shape, element: element, address: try address(layout, holding: bytes, path))
    }

    private func shape(_ data: Extent, _ path: String) throws(ArtifactError) -> [Int] {
        let version = try field(UInt8.self, 0, of: data)
        let rank = try field(UInt8.self, 1, of: data)
        let isNull = version == 2 ? try field(UInt8.self, 3, of: data) == 2 : false
        guard version == 1 || version == 2, rank <= 32, !isNull else {
            throw file.unsupported(at: data.address, "\(path) has a shape of version \(version) with \(rank) axes")
        }
        var shape: [Int] = []
        var count = 1
        for axis in 0 ..< UInt64(rank) {
            let extent = try field(UInt64.self, (version == 1 ? 8 : 4) + 8 * axis, of: data)
            // At most 2²⁸ each, so neither their product nor its bytes can overflow.
            guard extent <= UInt64(ArtifactLimits.tensorValues) else { throw tooLarge(data, path) }
            shape.append(Int(extent))
            count *= max(1, Int(extent))
            guard count <= ArtifactLimits.tensorValues else { throw tooLarge(data, path) }
        }
        return shape
    }

    private func tooLarge(_ data: Extent, _ path: String) -> ArtifactError {
        ArtifactError(
            .tooLarge, .read, file.path, at: "byte \(data.address)",
            "\(path) claims more than the \(ArtifactLimits.tensorValues) values that one tensor may have",
            advice: "the file is damaged or not a model of this kind")
    }

    private func element(_ data: Extent, _ path: String) throws(ArtifactError) -> HDF5Decoder.Element {
        let kind = try field(UInt8.self, 0, of: data) & 0x0F
        let bits = try field(UInt8.self, 1, of: data)
        let size = Int(try field(UInt32.self, 4, of: data))
        let bitOffset = kind <= 1 ? try field(UInt16.self, 8, of: data) : 0
        let precision = kind <= 1 ? Int(try field(UInt16.self, 10, of: data)) : 0
        let isPlain = bits & 1 == 0 && bitOffset == 0 && precision == 8 * size
        if kind == 0, isPlain, [1, 2, 4, 8].contains(size) {
            return .integer(bytes: size, signed: bits & 8 != 0)
        }
        if kind == 1, isPlain, bits & 0x40 == 0 {
            // Exponent location and size, mantissa location and size, exponent bias of IEEE 754.
            let fields = [
                Int(try field(UInt8.self, 12, of: data)), Int(try field(UInt8.self, 13, of: data)),
                Int(try field(UInt8.self, 14, of: data)), Int(try field(UInt8.self, 15, of: data)),
                Int(try field(UInt32.self, 16, of: data)),
            ]
            let known = [2: [10, 5, 0, 10, 15], 4: [23, 8, 0, 23, 127], 8: [52, 11, 0, 52, 1023]]
            if fields == known[size] { return .float(bytes: size) }
        }
        throw ArtifactError(
            .unsupported, .read, file.path, at: "byte \(data.address)",
            "\(path) has elements of class \(kind), \(size) bytes; little-endian float16 to float64 and integers are read",
            advice: "save the model in float32 again")
    }

    private func address(_ data: Extent, holding bytes: UInt64, _ path: String) throws(ArtifactError) -> UInt64 {
        let version = try field(UInt8.self, 0, of: data)
        guard version == 3 else { throw file.unsupported(at: data.address, "\(path) has a layout of version \(version)") }
        let address: UInt64
        let stored: UInt64
        switch try field(UInt8.self, 1, of: data) {
        case 0:
            stored = UInt64(try field(UInt16.self, 2, of: data))
            address = data.address + 4
            guard 4 + stored <= data.length else {
                throw file.malformed(at: data.address, "\(path) holds \(stored) bytes in a message of \(data.length)")
            }
        case 1:
            address = try field(UInt64.self, 2, of: data)
            stored = try field(UInt64.self, 10, of: data)
        default:
            throw file.unsupported(at: data.address, "\(path) is stored in chunks")
        }
        guard bytes > 0 else { return 0 }
        guard stored == bytes, address != HDF5Bytes.undefined else {
            throw file.malformed(at: data.address, "\(path) needs \(bytes) bytes, but \(stored) are stored")
        }
        _ = try file.index(address, length: bytes, of: "the values of \(path)")
        return address
    }
}
