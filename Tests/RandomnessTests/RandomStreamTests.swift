@testable import Randomness
import Testing

@Suite struct RandomStreamTests {
    @Test("Philox 4x32-10 gives the known answers of the authors' test vectors")
    func knownAnswers() {
        func block(_ counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
            RandomStream.firstBlock(
                counter: UInt64(counter.x) | UInt64(counter.y) << 32, part: counter.highHalf, key: key)
        }
        #expect(
            block(SIMD4(0, 0, 0, 0), key: SIMD2(0, 0)) == SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
        let ones = UInt32.max
        #expect(
            block(SIMD4(ones, ones, ones, ones), key: SIMD2(ones, ones))
                == SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
        #expect(
            block(SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), key: SIMD2(0xa409_3822, 0x299f_31d0))
                == SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
    }

    @Test("four blocks computed side by side are those of four counters in a row, across a carry too")
    func fourBlocks() {
        let (part, key) = (SIMD2<UInt32>(5, 9), 0x2A_DEAD_BEEF as UInt64)
        for counter in [0, 7, 0xFFFF_FFFE] as [UInt64] {
            let words = RandomStream.philox(counter: counter, part: part, key: key)
            for block in 0 ..< 4 {
                let alone = RandomStream.philox(counter: counter + UInt64(block), part: part, key: key)
                #expect(words[2 * block] == alone[0] && words[2 * block + 1] == alone[1])
            }
        }
    }

    @Test("a child stream depends on the seed and the path of names only")
    func children() {
        var root = RandomStream(seed: 42)
        var early = root.child("latency").child("dropout", 3)
        for _ in 0 ..< 1000 { _ = root.next() }
        var late = root.child("latency").child("dropout", 3)
        #expect((0 ..< 8).map { _ in early.next() } == (0 ..< 8).map { _ in late.next() })
        var other = root.child("latency").child("dropout", 4)
        #expect(other.next() != late.next())
    }

    @Test("uniform, bounded and normal draws have the moments of their distributions")
    func moments() {
        var stream = RandomStream(seed: 7)
        let count = 200_000
        var sum = 0.0, squares = 0.0, cells = [Int](repeating: 0, count: 7)
        for _ in 0 ..< count {
            let value = stream.normal()
            sum += value
            squares += value * value
            cells[stream.below(7)] += 1
        }
        // Five standard errors: mean 1/√n, variance √(2/n), a cell's share √(p(1−p)/n).
        #expect(abs(sum / Double(count)) < 0.0112)
        #expect(abs(squares / Double(count) - 1) < 0.0158)
        #expect(cells.allSatisfy { abs(Double($0) / Double(count) - 1.0 / 7) < 0.0040 })
    }

    @Test("a shuffle keeps every element, and every place is reached")
    func shuffle() {
        var stream = RandomStream(seed: 1)
        var first = Set<Int>()
        for _ in 0 ..< 200 {
            var elements = Array(0 ..< 10)
            stream.shuffle(&elements)
            #expect(elements.sorted() == Array(0 ..< 10))
            first.insert(elements[0])
        }
        #expect(first.count == 10)
    }

    /// Up to 64 partners are drawn before their swaps.
    @Test("shuffling swaps every place from the last on with one drawn below it", arguments: [0, 1, 2, 64, 65, 66, 129, 700])
    func shuffling(count: Int) {
        var stream = RandomStream(seed: 9), twin = stream
        var shuffled = Array(0 ..< count), expected = shuffled
        stream.shuffle(&shuffled)
        for last in stride(from: count - 1, to: 0, by: -1) { expected.swapAt(last, twin.below(last + 1)) }
        #expect(shuffled == expected)
        #expect(stream.next() == twin.next())
    }
}

extension RandomStream {
    /// The four words of one counter's block.
    static func firstBlock(counter: UInt64, part: SIMD2<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
        let pairs = philox(counter: counter, part: part, key: UInt64(key.x) | UInt64(key.y) << 32)
        return SIMD4(
            UInt32(truncatingIfNeeded: pairs[0]), UInt32(pairs[0] >> 32), UInt32(truncatingIfNeeded: pairs[1]),
            UInt32(pairs[1] >> 32))
    }
}
