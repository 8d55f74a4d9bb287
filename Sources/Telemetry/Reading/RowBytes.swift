/// A buffer for bytes that begin where a row begins.
///
/// Its memory goes on for `margin` bytes behind `capacity`, so that whole words can be loaded from any place of the text; what
/// the bytes behind it hold means nothing, but for one: see `text`.
final class RowBytes {
    static let margin = 64

    private var memory: UnsafeMutablePointer<UInt8>
    private(set) var capacity: Int
    private(set) var count = 0

    init(capacity: Int) {
        self.capacity = max(1, capacity)
        memory = Self.allocate(self.capacity)
    }

    deinit { memory.deallocate() }

    private static func allocate(_ capacity: Int) -> UnsafeMutablePointer<UInt8> {
        let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity + margin)
        memory.initialize(repeating: 0, count: capacity + margin)
        return memory
    }

    /// Valid until bytes are added or removed.
    var bytes: UnsafeMutableBufferPointer<UInt8> { UnsafeMutableBufferPointer(start: memory, count: count) }

    /// The bytes, and a line feed if the last row lacks one.
    var text: UnsafeMutableBufferPointer<UInt8> {
        guard let last = bytes.last, last != UInt8(ascii: "\n") else { return bytes }
        // Within the margin.
        memory[count] = UInt8(ascii: "\n")
        return UnsafeMutableBufferPointer(start: memory, count: count + 1)
    }

    /// Lets `body` write bytes behind the last; it returns how many.
    func fill(_ body: (UnsafeMutableRawBufferPointer) throws -> Int) rethrows {
        let free = UnsafeMutableRawBufferPointer(start: memory + count, count: capacity - count)
        let added = try body(free)
        precondition(added >= 0 && added <= free.count)
        count += added
    }

    func append(_ added: some Collection<UInt8>) {
        while capacity - count < added.count { grow() }
        fill { free in
            free.copyBytes(from: added)
            return added.count
        }
    }

    /// Doubles the capacity.
    func grow() {
        let larger = Self.allocate(2 * capacity)
        larger.update(from: memory, count: count)
        memory.deallocate()
        memory = larger
        capacity *= 2
    }

    /// Removes the bytes from `end` on.
    func cut(at end: Int) {
        precondition(end >= 0 && end <= count)
        count = end
    }

    /// Removes the first bytes.
    func removeFirst(_ removed: Int) {
        precondition(removed >= 0 && removed <= count)
        memory.update(from: memory + removed, count: count - removed)
        count -= removed
    }
}
