extension RandomNumberGenerator {
    /// Uniform integer in 0 ..< `bound`, without modulo bias (Lemire 2019).
    @inlinable
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
        elements.withUnsafeMutableBufferPointer { shuffle($0) }
    }

    // A partner is drawn below the number of elements that are left, so every place lies inside.
    @inlinable
    mutating func shuffle<Element>(_ elements: UnsafeMutableBufferPointer<Element>) {
        // Some partners are drawn before their swaps: drawing each just before its own would wait for the swap before it.
        withUnsafeTemporaryAllocation(of: Int.self, capacity: 64) { partners in
            var rest = elements.count
            while rest > 1 {
                let count = Swift.min(rest - 1, partners.count)
                for index in 0 ..< count { partners[index] = below(rest - index) }
                for index in 0 ..< count { elements.swapAt(rest - 1 - index, partners[index]) }
                rest -= count
            }
        }
    }
}
