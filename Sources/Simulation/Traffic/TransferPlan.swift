import Randomness

/// The replication work of a link: a backlog filled by jobs, and the number of streams that the planner opens for it.
///
/// The planner decides at the end of a step for the next one, one stream at a time: towards a number that grows with the
/// backlog, and now and then a probe of one stream more or less. New streams start with their siblings' window (RFC
/// 9040).
struct TransferPlan {
    /// Compressed work waiting, in steps of the full link.
    private(set) var backlog: Double
    /// Streams of the next step.
    private(set) var streams: Int
    /// Whether a job began at the end of the last step.
    private(set) var jobBegan = true
    private var random: RandomStream

    static let streamRange = 2 ... 9
    private static let fullBacklog = 20.0
    private static let changeChance = 0.30
    private static let probeChance = 0.5

    init(random: RandomStream) {
        self.random = random
        backlog = Self.fullBacklog * self.random.uniform(0.2, 1.2)
        streams = Self.streamRange.lowerBound + self.random.below(Self.streamRange.count)
    }

    /// Accounts for `sent` (steps of the full link) and plans the next step.
    mutating func advance(sent: Double) {
        backlog = max(0, backlog - sent)
        jobBegan = backlog < 0.06 * Self.fullBacklog || random.chance(0.012)
        if jobBegan { backlog += Self.fullBacklog * random.uniform(0.25, 1.3) }
        backlog = min(backlog, 2.2 * Self.fullBacklog)
        guard random.chance(Self.changeChance) else { return }
        let wanted = 2 + Int((7 * min(1, backlog / Self.fullBacklog)).rounded())
        var change = (wanted - streams).signum()
        if random.chance(Self.probeChance) { change += random.chance(0.5) ? 1 : -1 }
        streams = min(max(streams + change, Self.streamRange.lowerBound), Self.streamRange.upperBound)
    }
}
