extension [Float] {
    /// The value that sorting would put at `rank`, in linear time (Hoare, "Algorithm 65: Find", 1961). Reorders the values,
    /// none of which is NaN.
    /// - Parameter first: where to begin to look; no value before it is larger than one behind it, as after selecting that
    ///   rank.
    mutating func select(_ rank: Int, from first: Int = 0) -> Float {
        withUnsafeMutableBufferPointer { values in
            var (low, high) = (first, values.count - 1)
            while low < high {
                let pivot = values[(low + high) / 2]
                var (left, right) = (low, high)
                // The pivot's value stops either walk inside of low...high.
                repeat {
                    while values[left] < pivot { left += 1 }
                    while values[right] > pivot { right -= 1 }
                    if left <= right {
                        values.swapAt(left, right)
                        left += 1
                        right -= 1
                    }
                } while left <= right
                if rank <= right { high = right } else if rank >= left { low = left } else { break }
            }
            return values[rank]
        }
    }
}
