import Testing

@testable import Randomness
@testable import TensorCore

/// The kernels' generator against the independent one of `Randomness`.
@Suite struct KernelRandomTests {
    @Test("element 16 j + l of a run of 64 is decided by word j of block l")
    func order() {
        let key: UInt64 = 0xFEED_BEEF_1234_5678
        let stream = DropoutStream(key: key, part: 5, step: 9)
        for rate in [0.1, 0.5, 0.9] as [Float] {
            var scales = [Float](repeating: 9, count: 200)
            Kernels.best.dropoutScales(rate: rate, from: stream, count: 200, into: &scales)
            for (index, scale) in scales.enumerated() {
                let block = UInt32(index / 64 * 16 + index % 16)
                let pairs = RandomStream.philox(
                    counter: UInt64(block) | 5 << 32, part: SIMD2(9, 0), key: key)
                let word = index % 64 / 16
                let bits = UInt32(truncatingIfNeeded: pairs[word / 2] >> (word % 2 == 0 ? 0 : 32))
                let isDropped = bits < UInt32(Double(rate) * 0x1p32)
                #expect((scale == 0) == isDropped)
            }
        }
    }

    /// More numbers than are computed at a time.
    @Test("a stream's numbers are the same from the kernels", arguments: Kernels.InstructionSet.allCases)
    func words(_ set: Kernels.InstructionSet) {
        guard let kernels = Kernels(set) else { return }
        var stream = RandomStream(seed: 11).child("order")
        var words = RandomWords(of: stream, kernels: kernels)
        for _ in 0 ..< 1000 { #expect(words.next() == stream.next()) }
    }
}
