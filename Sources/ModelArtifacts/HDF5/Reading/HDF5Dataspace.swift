/// The shape of a data set or an attribute, now and at most.
struct HDF5Dataspace {
    /// Empty for a single value.
    var shape: [Int]
    /// As `shape`, but as far as each axis may grow; nil for an axis without limit.
    var limits: [Int?]
    /// Whether there is no value at all, not even an empty list.
    var isNull = false

    /// The number of values.
    var count: Int { isNull ? 0 : shape.reduce(1, *) }

    /// Reads a data space message.
    /// - Parameter owner: what has this shape, for errors.
    init(_ message: HDF5Region, of owner: String) throws(ArtifactError) {
        var cursor = message.cursor
        let version = try cursor.integer(UInt8.self)
        let rank = try cursor.integer(UInt8.self)
        let flags = try cursor.integer(UInt8.self)
        guard version == 1 || version == 2, rank <= 32 else {
            throw message.unsupported("\(owner) has a shape of version \(version) with \(rank) axes")
        }
        if version == 2 {
            isNull = try cursor.integer(UInt8.self) == 2
        } else {
            try cursor.skip(5)
        }
        shape = []
        limits = []
        var count = 1
        for _ in 0 ..< rank {
            let extent = try cursor.integer(UInt64.self)
            // At most 2²⁸ each and together, so neither the product nor its bytes can overflow.
            guard let length = Self.bounded(extent) else { throw Self.tooLarge(message, owner) }
            shape.append(length)
            count *= max(1, length)
            guard count <= ArtifactLimits.tensorValues else { throw Self.tooLarge(message, owner) }
        }
        guard flags & 1 != 0 else {
            limits = shape
            return
        }
        for _ in 0 ..< rank { limits.append(Self.bounded(try cursor.integer(UInt64.self))) }
    }

    private static func bounded(_ extent: UInt64) -> Int? {
        extent <= UInt64(ArtifactLimits.tensorValues) ? Int(extent) : nil
    }

    private static func tooLarge(_ message: HDF5Region, _ owner: String) -> ArtifactError {
        message.file.tooLarge(
            at: message.address,
            "\(owner) claims more than the \(ArtifactLimits.tensorValues) values that one tensor may have")
    }
}
