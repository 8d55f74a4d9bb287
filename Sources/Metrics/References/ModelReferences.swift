/// What judging a model needs to know of the train and validation parts: scales of each link, simple answers fitted there,
/// thresholds chosen there. Written beside the artifact, so that judging needs no training file.

/// One link's throughput in the train part.
public struct LinkThroughput: Sendable, Codable, Equatable {
    /// Mbit/s.
    public var scale: GroupScale
    /// Mbit/s.
    public var median: Double

    public init(scale: GroupScale, median: Double) {
        self.scale = scale
        self.median = median
    }

    /// Nil for no values or one that is not finite.
    public init?(_ values: [Double]) {
        guard let scale = GroupScale(values), let median = quantile(ofSorted: values.sorted(), 0.5) else { return nil }
        self.init(scale: scale, median: median)
    }
}

/// The bandwidth predictor's reference.
public struct BandwidthReference: Sendable, Codable, Equatable {
    /// By link, as `node→peer`.
    public var links: [String: LinkThroughput]
    /// Over all links, for one that the train part does not know.
    public var overall: LinkThroughput
    /// AR(10) over throughput standardised per link; nil where it could not be fitted.
    public var autoregression: AutoregressiveRidge?

    public init(links: [String: LinkThroughput], overall: LinkThroughput, autoregression: AutoregressiveRidge?) {
        self.links = links
        self.overall = overall
        self.autoregression = autoregression
    }

    public func link(_ name: String) -> LinkThroughput { links[name] ?? overall }
}

/// The compression selector's reference.
public struct CompressionReference: Sendable, Codable, Equatable {
    /// The most frequent best level of the train part.
    public var majorityLevel: Int
    /// The level with the least total time on validation when always taken; nil where times are unknown.
    public var bestFixedLevel: Int?
    public var neighbours: NearestNeighbours?

    public init(majorityLevel: Int, bestFixedLevel: Int?, neighbours: NearestNeighbours?) {
        self.majorityLevel = majorityLevel
        self.bestFixedLevel = bestFixedLevel
        self.neighbours = neighbours
    }
}

/// The node reliability model's reference.
public struct ReliabilityReference: Sendable, Codable, Equatable {
    /// Robust z-scores of the features, fitted on the train part.
    public var columns: RobustColumns
    /// The feature whose |z| alone ranks validation rows best; nil without labels there.
    public var bestColumn: Int?
    /// Thresholds on validation by the model's own rule, by score name (`max z`, `sum z²`, `best column`).
    public var thresholds: [String: AlarmThreshold]

    public init(columns: RobustColumns, bestColumn: Int?, thresholds: [String: AlarmThreshold]) {
        self.columns = columns
        self.bestColumn = bestColumn
        self.thresholds = thresholds
    }
}

/// The consensus latency model's reference.
public struct LatencyReference: Sendable, Codable, Equatable {
    /// Median and robust deviation of consensus latency by link, ms.
    public var links: [String: GroupScale]
    public var overall: GroupScale
    /// Thresholds on validation by the model's own rule, by score name (`robust z`, `moving quantile`).
    public var thresholds: [String: AlarmThreshold]

    public init(links: [String: GroupScale], overall: GroupScale, thresholds: [String: AlarmThreshold]) {
        self.links = links
        self.overall = overall
        self.thresholds = thresholds
    }

    public func link(_ name: String) -> GroupScale { links[name] ?? overall }
}
