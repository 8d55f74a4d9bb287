public import Foundation
public import Randomness

/// Seeded damage to bytes, for fuzz tests.
public enum Mutation {
    /// Changes a byte or a bit, swaps two stretches, or rarely cuts the end off.
    public static func apply(to data: inout Data, _ random: inout RandomStream) {
        guard !data.isEmpty else { return }
        let place = data.startIndex + random.below(data.count)
        switch random.below(6) {
        case 0: data[place] = UInt8(random.below(256))
        case 1: data[place] ^= 1 << UInt8(random.below(8))
        case 2: data[place] = 0xFF
        case 3: data[place] = 0
        case 4:
            // Swaps two stretches, which keeps structures intact but puts them in the wrong place.
            let other = data.startIndex + random.below(data.count)
            let length = min(1 + random.below(16), data.endIndex - max(place, other))
            let (first, second) = (data[place ..< place + length], data[other ..< other + length])
            data.replaceSubrange(place ..< place + length, with: second)
            data.replaceSubrange(other ..< other + length, with: first)
        default:
            if random.below(8) == 0 { data = data.prefix(place - data.startIndex) }
        }
    }
}
