import Randomness

/// Rows in which no column depends on another, on the link, on the past or on an incident. Only the layout is that of the
/// network: the same links and instants, cells of a plausible size, and `optimal_compression` computed from its row's
/// compression columns (which are exchangeable between levels, so that no level is better than another).
struct NoiseRowSource: RowSource {
    private let schedule: IncidentSchedule
    private var random: RandomStream
    private var step = 0

    private static let rates = 20.0 ..< 400.0

    init(seed: UInt64, schedule: IncidentSchedule) {
        self.schedule = schedule
        random = RandomStream(seed: seed).child("noise")
    }

    mutating func nextStep() -> [SimulatedSample] {
        defer { step += 1 }
        return Topology.links.indices.map { index in
            var row = TelemetryRow(step: step, link: Topology.links[index], mode: pick(DWCPMode.allCases))
            fillTransport(&row)
            fillCompression(&row)
            fillHealth(&row)
            var truth = SampleTruth(incident: schedule.incident(link: index, step: step))
            row.isAnomaly = truth.incident != nil
            truth.expectedRate = (Self.rates.lowerBound + Self.rates.upperBound) / 2
            truth.expectedBestLevel = 0
            let outcome = PayloadStream.Outcome(ratios: row.ratios, times: row.compressTimes, entropy: 0, deltaHitRate: 0)
            truth.totalTimes = CompressionOracle.totalTimes(outcome, bytes: Double(row.blockBytes), rate: row.availableRate)
            row.optimalCompression = CompressionOracle.best(truth.totalTimes)
            return SimulatedSample(row: row, truth: truth)
        }
    }

    private mutating func fillTransport(_ row: inout TelemetryRow) {
        row.rtt = random.uniform(5, 150)
        row.jitter = random.uniform(0.1, 10)
        row.minimumRTT = random.uniform(2, 100)
        row.medianLatency = random.uniform(5, 200)
        row.tailLatency = random.uniform(50, 500)
        row.throughput = random.uniform(Self.rates.lowerBound, Self.rates.upperBound)
        row.sentBytes = random.below(1_000_000_000)
        row.receivedBytes = random.below(1_000_000_000)
        row.deliveryRate = random.uniform(20, 400)
        row.pacingRate = random.uniform(20, 400)
        row.packetLoss = random.uniform(0, 0.02)
        row.retransmits = random.below(5000)
        row.congestionWindow = 50 + random.below(2000)
        row.queueDepth = random.uniform(0, 500)
        row.bufferUtilization = random.uniform()
        row.sendQueueBytes = random.below(4_000_000)
        row.backlogBlocks = random.below(100_000)
        row.streams = 1 + random.below(9)
        row.streamRate = random.uniform(5, 100)
    }

    private mutating func fillCompression(_ row: inout TelemetryRow) {
        row.compressionLevel = random.below(PayloadStream.levels.count)
        row.compressionRatio = random.uniform(1, 8)
        row.deltaHitRate = random.uniform()
        row.payload = pick(PayloadClass.allCases)
        row.blockBytes = 16_384 + random.below(245_760)
        row.entropy = random.uniform(1, 8)
        row.ratios = PayloadStream.levels.map { _ in FixedPoint.rounded(random.uniform(1, 6), places: 4) }
        row.compressTimes = PayloadStream.levels.map { _ in FixedPoint.rounded(random.uniform(50, 2000), places: 1) }
        row.availableRate = FixedPoint.rounded(random.uniform(Self.rates.lowerBound, Self.rates.upperBound), places: 3)
    }

    private mutating func fillHealth(_ row: inout TelemetryRow) {
        row.uptime = random.uniform(99, 100)
        row.failureRate = random.uniform(0, 0.01)
        row.burnRate = random.uniform(0, 10)
        row.errorRate = random.uniform(0, 0.01)
        row.timeoutRate = random.uniform(0, 0.01)
        row.compliance = random.uniform(99, 100)
        row.cpuUsage = random.uniform(10, 90)
        row.memoryUsage = random.uniform(20, 80)
        row.diskRate = random.uniform(1, 40)
        row.commitLatency = random.uniform(3, 200)
        row.commitMaximum = random.uniform(10, 600)
        row.commitTail = random.uniform(5, 400)
        row.commitFailures = random.below(3)
        row.bandwidthClass = pick(BandwidthClass.allCases)
    }

    private mutating func pick<Value>(_ values: [Value]) -> Value { values[random.below(values.count)] }
}
