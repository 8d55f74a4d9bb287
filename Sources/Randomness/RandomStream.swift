//  Randomness owns every pseudo-random number of the program: counter-based streams that are keyed by name, so that adding a
//  consumer never shifts another's numbers and no thread order can change them. It must import nothing.

/// A counter-based stream of random numbers (Philox 4x32-10: Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy as
/// 1, 2, 3", SC 2011).
///
/// The key is derived from a seed and a path of names: `RandomStream(seed: 42).child("latency").child("dropout")` is the
/// same stream on every machine, whatever else was drawn before. A stream is a value: copies continue independently.
public struct RandomStream: RandomNumberGenerator, Sendable {
    /// Its words are those of the Philox blocks 0, 1, 2, … under this key.
    public let key: UInt64
    /// Of the next block to compute.
    private var counter: UInt64 = 0
    /// The words of several blocks, two in each element, the first in its lower half: computing blocks side by side hides the
    /// latency of their rounds.
    private var pairs = SIMD8<UInt64>()
    /// Words of `pairs` that were not handed out yet.
    private var unused = 0

    /// The root stream of a run.
    public init(seed: UInt64) {
        self.init(key: Self.mixed(seed))
    }

    private init(key: UInt64) {
        self.key = key
    }

    /// The stream named `name` below this one. It depends on the seed and the path of names only, never on what was drawn.
    public func child(_ name: String) -> RandomStream {
        var hash = Self.mixed(key)
        for byte in name.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
        }
        return RandomStream(key: Self.mixed(hash))
    }

    /// The numbered stream below this one, for epochs, trees and shards.
    public func child(_ name: String, _ index: Int) -> RandomStream { child("\(name) \(index)") }

    public mutating func next() -> UInt64 {
        if unused == 0 { refill() }
        guard unused % 2 == 0 else { return UInt64(nextWord()) | UInt64(nextWord()) << 32 }
        unused -= 2
        return pairs[(14 - unused) / 2]
    }

    /// The next 32 random bits.
    public mutating func nextWord() -> UInt32 {
        if unused == 0 { refill() }
        unused -= 1
        return UInt32(truncatingIfNeeded: pairs[(15 - unused) / 2] >> (unused % 2 == 0 ? 32 : 0))
    }

    private mutating func refill() {
        pairs = Self.philox(counter: counter, part: SIMD2(), key: key)
        counter &+= 4
        unused = 16
    }

    /// Uniform in [0, 1), with 53 random bits.
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Uniform in [low, high).
    public mutating func uniform(_ low: Double, _ high: Double) -> Double { low + (high - low) * uniform() }

    /// SplitMix64's finaliser (Steele, Lea, Flood 2014): spreads close seeds over the key space.
    private static func mixed(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// The Philox 4x32 bijection, ten rounds, of four counters in a row: their upper 64 bits are `part`, their lower ones
    /// `counter`, `counter + 1`, … Elements 2 i and 2 i + 1 are the four words of block i, lower halves first.
    static func philox(counter: UInt64, part: SIMD2<UInt32>, key: UInt64) -> SIMD8<UInt64> {
        // Lane i belongs to block i. Lanes hold 32 bits each, so that no product overflows.
        typealias Lanes = SIMD4<UInt64>
        let low = Lanes(repeating: 0xFFFF_FFFF)
        let counters = Lanes(repeating: counter) &+ Lanes(0, 1, 2, 3)
        var (x, y) = (counters & low, counters &>> 32)
        var (z, w) = (Lanes(repeating: UInt64(part.x)), Lanes(repeating: UInt64(part.y)))
        var k = SIMD2(UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32))
        for _ in 0 ..< 10 {
            // The mask tells the compiler what it cannot see across rounds: that a 32-bit product is enough.
            let a = (x & low) &* Lanes(repeating: 0xD251_1F53)
            let b = (z & low) &* Lanes(repeating: 0xCD9E_8D57)
            x = (b &>> 32) ^ y ^ Lanes(repeating: UInt64(k.x))
            y = b & low
            z = (a &>> 32) ^ w ^ Lanes(repeating: UInt64(k.y))
            w = a & low
            k = SIMD2(k.x &+ 0x9E37_79B9, k.y &+ 0xBB67_AE85)
        }
        let (first, second) = (x | y &<< 32, z | w &<< 32)
        return SIMD8(first[0], second[0], first[1], second[1], first[2], second[2], first[3], second[3])
    }
}
