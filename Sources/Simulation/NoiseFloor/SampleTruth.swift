/// What the simulator knows about a row beyond its columns. Never written to the telemetry file.
struct SampleTruth {
    var incident: InjectedFault?
    /// E[throughput of this row | state after the row before], Mbit/s.
    var expectedRate: Double?
    /// The level that minimises the expected transfer time, given what is known before the block is compressed.
    var expectedBestLevel: Int?
    /// Microseconds until the block has arrived, by level.
    var totalTimes: [Double] = []
    /// Log likelihood ratios of the ideal detectors.
    var reliabilityScore = 0.0
    var consensusScore = 0.0
}
