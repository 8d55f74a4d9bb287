/// A block of float32 memory, aligned to a cache line and zero at first. It owns the memory; whoever takes `base` must keep
/// the block alive and stay below `count`.
///
/// Unchecked sendable: the holder says which thread may touch which part at which time.
public final class FloatBlock: @unchecked Sendable {
    public let base: UnsafeMutablePointer<Float>
    public let count: Int

    public init(count: Int) {
        precondition(count >= 0, "a block cannot hold \(count) floats")
        let bytes = max(count, 1) * MemoryLayout<Float>.stride
        base = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64).bindMemory(
            to: Float.self, capacity: max(count, 1))
        base.initialize(repeating: 0, count: count)
        self.count = count
    }

    public convenience init(_ values: [Float]) {
        self.init(count: values.count)
        values.withUnsafeBufferPointer { if let source = $0.baseAddress { base.update(from: source, count: values.count) } }
    }

    deinit { UnsafeMutableRawPointer(base).deallocate() }

    /// Valid as long as the block is.
    public var numbers: UnsafeBufferPointer<Float> { UnsafeBufferPointer(start: base, count: count) }

    /// A copy.
    public var values: [Float] { Array(numbers) }

    /// - Precondition: `values` is as long as the block.
    public func assign(_ values: [Float]) {
        precondition(values.count == count, "\(values.count) values do not fill a block of \(count)")
        values.withUnsafeBufferPointer { if let source = $0.baseAddress { base.update(from: source, count: count) } }
    }
}

/// Adds up the parts of a block before it is allocated; each part starts on a cache line of its own.
public struct BlockLayout: Sendable {
    public private(set) var count = 0

    public init() {}

    /// The offset of a new part of `size` floats.
    public mutating func reserve(_ size: Int) -> Int {
        defer { count += (size + 15) & ~15 }
        return count
    }
}
