//  Randomness owns every pseudo-random number of the program: counter-based streams that are keyed by name, so that adding a
//  consumer never shifts another's numbers and no thread order can change them. It must import nothing.

/// A counter-based stream of random numbers (Philox 4x32-10: Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy as
/// 1, 2, 3", SC 2011).
///
/// The key is derived from a seed and a path of names: `RandomStream(seed: 42).child("latency").child("dropout")` is the
/// same stream on every machine, whatever else was drawn before. A stream is a value: copies continue independently.
public struct RandomStream: RandomNumberGenerator, Sendable {
    private let key: SIMD2<UInt32>
    private var counter: UInt64 = 0
    private var block = SIMD4<UInt32>()
    private var unused = 0

    /// The root stream of a run.
    public init(seed: UInt64) {
        self.init(key: Self.mixed(seed))
    }

    private init(key: UInt64) {
        self.key = SIMD2(UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32))
    }

    /// The stream named `name` below this one. It depends on the seed and the path of names only, never on what was drawn.
    public func child(_ name: String) -> RandomStream {
        var hash = Self.mixed(UInt64(key.x) | UInt64(key.y) << 32)
        for byte in name.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
        }
        return RandomStream(key: Self.mixed(hash))
    }

    /// The numbered stream below this one, for epochs, trees and shards.
    public func child(_ name: String, _ index: Int) -> RandomStream { child("\(name) \(index)") }

    public mutating func next() -> UInt64 {
        UInt64(nextWord()) | UInt64(nextWord()) << 32
    }

    /// The next 32 random bits.
    public mutating func nextWord() -> UInt32 {
        if unused == 0 {
            block = Self.philox(counter: SIMD4(UInt32(truncatingIfNeeded: counter), UInt32(truncatingIfNeeded: counter >> 32), 0, 0), key: key)
            counter &+= 1
            unused = 4
        }
        unused -= 1
        return block[3 - unused]
    }

    /// Uniform in [0, 1), with 53 random bits.
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Uniform in [low, high).
    public mutating func uniform(_ low: Double, _ high: Double) -> Double { low + (high - low) * uniform() }

    /// Uniform integer in 0 ..< `bound`, without modulo bias (Lemire 2019).
    public mutating func below(_ bound: Int) -> Int {
        precondition(bound > 0, "an integer below \(bound) does not exist")
        let range = UInt64(bound)
        var product = next().multipliedFullWidth(by: range)
        if product.low < range {
            let threshold = (0 &- range) % range
            while product.low < threshold { product = next().multipliedFullWidth(by: range) }
        }
        return Int(product.high)
    }

    /// Shuffles in place (Fisher–Yates from the end).
    @inlinable
    public mutating func shuffle<Element>(_ elements: inout [Element]) {
        guard elements.count > 1 else { return }
        for last in stride(from: elements.count - 1, to: 0, by: -1) {
            elements.swapAt(last, below(last + 1))
        }
    }

    /// SplitMix64's finaliser (Steele, Lea, Flood 2014): spreads close seeds over the key space.
    private static func mixed(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// The Philox 4x32 bijection, ten rounds.
    static func philox(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
        var (c, k) = (counter, key)
        for _ in 0 ..< 10 {
            let a = UInt64(c.x) &* 0xD251_1F53
            let b = UInt64(c.z) &* 0xCD9E_8D57
            c = SIMD4(
                UInt32(truncatingIfNeeded: b >> 32) ^ c.y ^ k.x, UInt32(truncatingIfNeeded: b),
                UInt32(truncatingIfNeeded: a >> 32) ^ c.w ^ k.y, UInt32(truncatingIfNeeded: a))
            k = SIMD2(k.x &+ 0x9E37_79B9, k.y &+ 0xBB67_AE85)
        }
        return c
    }
}
