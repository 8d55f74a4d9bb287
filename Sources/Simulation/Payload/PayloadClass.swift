/// What a replicated block holds, and how it compresses on average.
enum PayloadClass: String, CaseIterable {
    case text, json, binary, compressed, vmimage, database

    /// Original size over compressed size at level 1.
    var ratio: Double {
        switch self {
        case .text: 2.4
        case .json: 4.6
        case .binary: 1.8
        case .compressed: 1.004
        case .vmimage: 3.2
        case .database: 2.9
        }
    }

    /// Natural log of what level 9 adds to the ratio of level 1, as a factor.
    var gain: Double {
        switch self {
        case .text: 0.30
        case .json: 0.32
        case .binary: 0.22
        case .compressed: 0.004
        case .vmimage: 0.26
        case .database: 0.28
        }
    }

    /// Nanoseconds per byte at level 1, on an idle node.
    var cost: Double {
        switch self {
        case .text: 1.3
        case .json: 0.9
        case .binary: 1.6
        case .compressed: 0.8
        case .vmimage: 1.0
        case .database: 1.2
        }
    }

    /// Mean byte entropy, bits per byte.
    var entropy: Double {
        switch self {
        case .text: 4.7
        case .json: 5.0
        case .binary: 6.1
        case .compressed: 7.95
        case .vmimage: 4.3
        case .database: 5.3
        }
    }

    /// How much the ratio varies: compressed data has nothing left to vary.
    var variation: Double { self == .compressed ? 0.005 : 1 }
}
