import CKernels
public import Randomness

/// The numbers of a `RandomStream` from its first one on (whatever was drawn from it already), 256 at a time by the kernels: for
/// those who draw one for every sample.
public struct RandomWords: RandomNumberGenerator {
    private static let blocks = 128

    private let kernels: Kernels
    private let key: UInt64
    /// The next Philox block to compute.
    private var block: UInt32 = 0
    @usableFromInline
    var numbers: [UInt64]
    /// The next of `numbers` to hand out.
    @usableFromInline
    var place: Int

    /// - Precondition: no more than 2³³ numbers are drawn.
    public init(of stream: RandomStream, kernels: Kernels) {
        (self.kernels, key) = (kernels, stream.key)
        numbers = [UInt64](repeating: 0, count: 2 * Self.blocks)
        place = numbers.count
    }

    @inlinable
    public mutating func next() -> UInt64 {
        if place == numbers.count { refill() }
        defer { place += 1 }
        return numbers[place]
    }

    @usableFromInline
    mutating func refill() {
        numbers.withUnsafeMutableBufferPointer { kernels.table.pointee.random_words(key, block, Self.blocks, $0.baseAddress) }
        block &+= UInt32(Self.blocks)
        place = 0
    }
}
