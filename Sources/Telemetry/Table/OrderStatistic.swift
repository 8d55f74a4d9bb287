extension [Float] {
    /// The value that sorting would put at `rank`, of values none of which is NaN; -0 counts as less than 0. Takes linear time
    /// whatever the values: a histogram of their leading bits tells which bits that value begins with, a histogram of the next
    /// bits of those that begin so tells its next ones (radix selection).
    func orderStatistic(_ rank: Int) -> Float {
        precondition(indices.contains(rank), "rank \(rank) of \(count) values")
        var candidates = map { $0.bitPattern ^ ($0.sign == .minus ? .max : signBit) }
        var rank = rank
        for bits in [21 ..< 32, 10 ..< 21, 0 ..< 10] where candidates.count > 1 {
            candidates.keep(agreeingIn: bits, withRank: &rank)
        }
        let bits = candidates[0]
        return Float(bitPattern: bits ^ (bits < signBit ? .max : signBit))
    }
}

private let signBit: UInt32 = 1 << 31

extension [UInt32] {
    /// Keeps the values that agree in some bits with the one of a rank, when all agree in the bits above. The rank becomes that
    /// among the kept ones.
    fileprivate mutating func keep(agreeingIn bits: Range<Int>, withRank rank: inout Int) {
        let mask: UInt32 = 1 << bits.count - 1
        let kept = withUnsafeMutableBufferPointer { values in
            withUnsafeTemporaryAllocation(of: Int.self, capacity: 1 << bits.count) { counts in
                counts.initialize(repeating: 0)
                for value in values { counts[Int(value >> bits.lowerBound & mask)] += 1 }
                var digit = 0
                while rank >= counts[digit] {
                    rank -= counts[digit]
                    digit += 1
                }
                var kept = 0
                for value in values {
                    // Written in any case, for a branch could not be foretold: `kept` is never ahead of what is read.
                    values[kept] = value
                    kept += value >> bits.lowerBound & mask == digit ? 1 : 0
                }
                return kept
            }
        }
        removeLast(count - kept)
    }
}
