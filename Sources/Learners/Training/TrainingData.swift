/// Samples as views into one long frame: sample `i` is the `windowLength` rows that end with row `windowEnds[i]`.
/// Overlapping windows share their rows; nothing is copied per window.
public struct WindowedRows: Sendable, Equatable {
    /// `[row, feature]`, row-major, unscaled: a network's normalization scales them.
    public var rows: [Float]
    public var featureCount: Int
    /// 1 for plain rows.
    public var windowLength: Int
    /// The last row of each sample, in the caller's order.
    public var windowEnds: [Int32]

    public init(rows: [Float], featureCount: Int, windowLength: Int, windowEnds: [Int32]) {
        self.rows = rows
        self.featureCount = featureCount
        self.windowLength = windowLength
        self.windowEnds = windowEnds
    }

    /// Each row is a sample.
    public init(rows: [Float], featureCount: Int) {
        let count = featureCount > 0 ? rows.count / featureCount : 0
        self.init(rows: rows, featureCount: featureCount, windowLength: 1, windowEnds: (0 ..< count).map(Int32.init))
    }

    public var sampleCount: Int { windowEnds.count }
}

/// Samples with what a network should answer to them.
public struct TrainingData: Sendable, Equatable {
    public var samples: WindowedRows
    public var targets: Targets
    /// One factor per sample's loss; nil is 1 for all.
    public var sampleWeights: [Float]?

    public init(samples: WindowedRows, targets: Targets, sampleWeights: [Float]? = nil) {
        self.samples = samples
        self.targets = targets
        self.sampleWeights = sampleWeights
    }

    public enum Targets: Sendable, Equatable {
        /// `[sample, target]`, row-major; for outputs `[time, feature]` a sample's targets are in that order.
        case values([Float])
        /// The sample's own window, after the network's normalization: all features, or the given columns in that order.
        case inputs(columns: [Int]? = nil)
    }
}
