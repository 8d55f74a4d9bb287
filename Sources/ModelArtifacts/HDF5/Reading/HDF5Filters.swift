import Deflate

/// What is done to the bytes of each chunk on the way to the file.
enum HDF5Filter: Equatable {
    /// zlib.
    case deflate
    /// All first bytes of the elements, then all second bytes, and so on.
    case shuffle(elementBytes: Int)
    /// Four bytes of check sum behind the content.
    case fletcher32

    /// Those that are known by name and not read.
    private static let otherNames: [UInt16: String] = [
        4: "szip", 5: "nbit", 6: "scaleoffset", 32_000: "lzf", 32_001: "blosc", 32_004: "lz4", 32_008: "bitshuffle",
        32_015: "zstd", 32_026: "blosc2",
    ]

    /// Reads a filter pipeline message: the filters in the order of writing.
    static func pipeline(_ message: HDF5Region, of dataset: String) throws(ArtifactError) -> [HDF5Filter] {
        var cursor = message.cursor
        let version = try cursor.integer(UInt8.self)
        guard version == 1 || version == 2 else { throw message.unsupported("filters of version \(version), not 1 or 2") }
        let count = try cursor.integer(UInt8.self)
        if version == 1 { try cursor.skip(6) }
        var filters: [HDF5Filter] = []
        for _ in 0 ..< count {
            let place = cursor.address
            let number = try cursor.integer(UInt16.self)
            let isNamed = version == 1 || number >= 256
            let nameLength = isNamed ? UInt64(try cursor.integer(UInt16.self)) : 0
            try cursor.skip(2)  // Flags: whether a writer may leave the filter out. The chunks tell whether it did.
            let parameters = UInt64(try cursor.integer(UInt16.self))
            try cursor.skip(version == 1 ? (nameLength + 7) / 8 * 8 : nameLength)
            let values = try cursor.take(4 * parameters)
            if version == 1, parameters % 2 == 1 { try cursor.skip(4) }
            let filter = try filter(number, parameters: values, of: dataset, at: place)
            guard !filters.contains(filter) else { throw message.unsupported("\(dataset) is filtered twice by \(filter)") }
            filters.append(filter)
        }
        return filters
    }

    private static func filter(
        _ number: UInt16, parameters: HDF5Region, of dataset: String, at place: UInt64
    ) throws(ArtifactError) -> HDF5Filter {
        switch number {
        case 1: return .deflate
        case 2:
            var cursor = parameters.cursor
            let bytes = Int(try cursor.integer(UInt32.self))
            guard bytes > 0 else { throw parameters.malformed("\(dataset) is shuffled by elements of no bytes") }
            return .shuffle(elementBytes: bytes)
        case 3: return .fletcher32
        default:
            let name = otherNames[number].map { "\($0) (filter \(number))" } ?? "filter \(number)"
            throw ArtifactError(
                .unsupported, .read, parameters.file.path, at: "byte \(place)",
                "\(dataset) is compressed by \(name); gzip, shuffle and fletcher32 are read",
                advice: "write the file again with h5py's compression=\"gzip\" or with none")
        }
    }

    /// How many bytes a chunk of `stored` bytes can hold at most.
    static func mostBytes(_ stored: UInt64, through filters: [HDF5Filter]) -> UInt64 {
        filters.contains(.deflate) ? stored * UInt64(ArtifactLimits.deflateRatio) : stored
    }

    /// The content of a chunk as it was before writing.
    /// - Parameters:
    ///   - filters: those that this chunk went through, in the order of writing.
    ///   - count: the bytes of a whole chunk. The caller has compared them with `mostBytes`.
    static func decode(
        _ chunk: HDF5Region, through filters: [HDF5Filter], count: Int, of dataset: String
    ) throws(ArtifactError) -> [UInt8] {
        var content = chunk.bytes
        for (place, filter) in filters.enumerated().reversed() {
            switch filter {
            case .deflate:
                // Check sums that were appended before compressing are in there as well.
                let sums = filters[..<place].count { $0 == .fletcher32 }
                do throws(DeflateError) {
                    content = try ZlibBlock.decompress(content, count: count + 4 * sums)[...]
                } catch {
                    throw chunk.file.malformed(
                        at: chunk.address + UInt64(error.offset), "a compressed chunk of \(dataset): \(error.finding)")
                }
            case let .shuffle(elementBytes): content = unshuffled(content, elementBytes: elementBytes)[...]
            case .fletcher32: content = try verified(content, chunk, of: dataset)
            }
        }
        guard content.count == count else {
            throw chunk.malformed("a chunk of \(dataset) holds \(content.count) bytes, not \(count)")
        }
        return Array(content)
    }

    /// Undoes the shuffling of whole elements; a rest that is shorter than an element was never moved.
    private static func unshuffled(_ bytes: ArraySlice<UInt8>, elementBytes: Int) -> [UInt8] {
        var result = Array(bytes)
        let count = bytes.count / elementBytes
        for byte in 0 ..< (count > 1 ? elementBytes : 0) {
            let plane = bytes.startIndex + byte * count
            for element in 0 ..< count { result[element * elementBytes + byte] = bytes[plane + element] }
        }
        return result
    }

    private static func verified(
        _ bytes: ArraySlice<UInt8>, _ chunk: HDF5Region, of dataset: String
    ) throws(ArtifactError) -> ArraySlice<UInt8> {
        let content = bytes.dropLast(4)
        let stored = bytes.suffix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let computed = HDF5Checksum.fletcher32(content)
        guard bytes.count >= 4, stored == computed else {
            throw chunk.malformed(
                "a chunk of \(dataset) has the check sum \(stored), but its bytes give \(computed)")
        }
        return content
    }
}
