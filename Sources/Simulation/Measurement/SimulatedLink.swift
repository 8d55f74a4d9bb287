import Foundation
import Randomness

/// One link with everything on it: the flow, the payload, and the instruments that measure a row.
struct SimulatedLink {
    let link: Topology.Link
    private var flow: LinkFlow
    private var payload: PayloadStream
    private var mode: DWCPMode
    private var minimumRTT = Double.infinity
    private var instruments: RandomStream

    init(link: Topology.Link, parameters: ScenarioParameters, random: RandomStream) {
        self.link = link
        flow = LinkFlow(link: link, parameters: parameters, random: random)
        payload = PayloadStream(random: random.child("payload"))
        instruments = random.child("instruments")
        mode = DWCPMode.allCases[instruments.below(DWCPMode.allCases.count)]
    }

    /// Advances one step and measures it; `judged` asks for the truth behind the sample as well.
    mutating func advance(
        step: Int, fault: LinkFault, node: NodeState, peer: NodeState, judged: Bool
    ) -> SimulatedSample {
        var truth = SampleTruth(incident: fault.incident)
        let block = payload.nextBlock(blockBytes: mode.blockBytes)
        if judged { foresee(&truth, step: step, fault: fault, block: block, node: node) }

        let moved = flow.advance(step: step, effect: fault.effect)
        let outcome = payload.compress(block, computeFactor: node.computeFactor * fault.effect.computeFactor)
        let rates = FailureRates(link: link, overflow: moved.overflow, effect: fault.effect)
        let commit = CommitPath.latency(
            link: link, leaderFsync: node.fsync, peerFsync: peer.fsync, occupancy: moved.occupancy, loss: rates.loss,
            effect: fault.effect)

        var row = TelemetryRow(step: step, link: link, mode: mode)
        measureTransport(&row, moved, effect: fault.effect)
        measureCompression(&row, block: block, outcome: outcome, moved: moved)
        let counts = countFailures(row, rates: rates, effect: fault.effect)
        row.fill(from: counts)
        measureMachine(&row, node: node, effect: fault.effect)
        measureConsensus(&row, expected: commit)
        row.bandwidthClass = BandwidthClass(packetLoss: row.packetLoss, availableShare: row.availableRate / link.capacity)
        row.isAnomaly = fault.incident != nil
        truth.totalTimes = CompressionOracle.totalTimes(outcome, bytes: Double(row.blockBytes), rate: row.availableRate)
        if judged {
            let scene = DetectionScene(link: link, moved: moved, node: node, peer: peer)
            truth.reliabilityScore = IdealDetector.reliabilityScore(scene, counts: counts, rtt: row.rtt)
            truth.consensusScore = IdealDetector.consensusScore(scene, latency: row.commitLatency)
        }
        if moved.jobBegan { beginJob() }
        return SimulatedSample(row: row, truth: truth)
    }

    private mutating func beginJob() {
        payload.beginJob()
        if instruments.chance(0.5) { mode = DWCPMode.allCases[instruments.below(DWCPMode.allCases.count)] }
    }

    /// What someone who knows the state after the step before expects of this step.
    private func foresee(
        _ truth: inout SampleTruth, step: Int, fault: LinkFault, block: PayloadStream.Block, node: NodeState
    ) {
        let over = flow.expectation(step: step, effect: .none)
        let continuing = fault.chanceOfEnd < 1 ? flow.expectation(step: step, effect: fault.continuing) : over
        let likely = fault.chanceOfEnd < 0.5
        truth.expectedRate = fault.chanceOfEnd * over.rate + (1 - fault.chanceOfEnd) * continuing.rate
        truth.expectedBestLevel = PayloadStream.bestExpectedLevel(
            block, computeFactor: node.computeFactor * (likely ? fault.continuing.computeFactor : 1),
            inverseRate: (likely ? continuing : over).inverseAvailableRate)
    }

    private mutating func measureTransport(_ row: inout TelemetryRow, _ moved: LinkFlow.Step, effect: FaultEffect) {
        let queued = link.rtt * (1 + BottleneckQueue.fullDelay * moved.occupancy)
        row.rtt = instruments.scattered(queued, 0.004) + instruments.scattered(effect.delay, 0.05)
        let jitter = link.rtt * link.type.jitterShare * (1 + 2 * moved.occupancy)
        row.jitter = instruments.scattered(jitter + 0.15 * effect.delay, 0.1)
        minimumRTT = min(minimumRTT, row.rtt)
        row.minimumRTT = minimumRTT
        row.throughput = moved.rate
        row.streams = moved.streamsNext
        row.streamRate = moved.rate / Double(moved.streams)
        // Packet trains see what the link has left, whatever the flow's mean rate is.
        row.deliveryRate = max(instruments.scattered(0.95 * moved.availableRate, 0.04), moved.rate)
        row.pacingRate = moved.pacingRate
        let windowSegments = moved.windowAtEnd * link.bandwidthDelaySegments
        row.congestionWindow = Int(windowSegments.rounded())
        row.bufferUtilization = moved.occupancy
        row.queueDepth = moved.occupancy * link.bandwidthDelaySegments
        row.sendQueueBytes = Int(instruments.scattered(1.5 * windowSegments * Topology.segmentBytes, 0.05))
    }

    private mutating func measureCompression(
        _ row: inout TelemetryRow, block: PayloadStream.Block, outcome: PayloadStream.Outcome, moved: LinkFlow.Step
    ) {
        row.payload = block.payload
        row.blockBytes = Int(block.bytes)
        row.entropy = outcome.entropy
        row.ratios = outcome.ratios
        row.compressTimes = outcome.times
        row.availableRate = FixedPoint.rounded(moved.availableRate, places: 3)
        row.compressionLevel = mode.compressionLevel
        row.deltaHitRate = outcome.deltaHitRate
        // Half of what the delta store recognises needs no bytes on the wire.
        row.compressionRatio = outcome.ratios[mode.compressionLevel] / (1 - 0.5 * outcome.deltaHitRate)
        let totals = CompressionOracle.totalTimes(outcome, bytes: block.bytes, rate: row.availableRate)
        row.optimalCompression = CompressionOracle.best(totals)

        let wireBits = block.bytes * 8 / row.compressionRatio
        let sending = wireBits / (row.streamRate * 1e3) + outcome.times[mode.compressionLevel] / 1e3
        row.medianLatency = row.rtt + instruments.scattered(sending, 0.08)
        row.tailLatency = row.medianLatency * instruments.uniform(1.6, 2.1)
        row.backlogBlocks = Int(moved.backlog * 1e6 / 8 * row.compressionRatio / mode.blockBytes)
    }

    private mutating func countFailures(_ row: TelemetryRow, rates: FailureRates, effect: FaultEffect) -> FailureCounts {
        let bytes = row.throughput * 1e6 / 8 * Double(Simulation.stepSeconds)
        let segments = Int((bytes / Topology.segmentBytes).rounded())
        let requests = Int(bytes * row.compressionRatio / mode.blockBytes)
        let loss = instruments.scattered(rates.loss, 0.2)
        let failed = instruments.poisson(mean: Double(requests) * rates.failedRequests)
        let missed = instruments.poisson(mean: Double(FailureRates.heartbeats) * rates.missedHeartbeats)
        let failedPuts = instruments.poisson(mean: Double(CommitPath.puts) * (0.00001 + effect.failedCommits))
        return FailureCounts(
            segments: segments, retransmits: min(instruments.poisson(mean: Double(segments) * loss), segments),
            missedHeartbeats: min(missed, FailureRates.heartbeats), requests: requests,
            failedRequests: min(failed, requests), puts: CommitPath.puts, failedPuts: min(failedPuts, CommitPath.puts))
    }

    private mutating func measureMachine(_ row: inout TelemetryRow, node: NodeState, effect: FaultEffect) {
        let starving = effect.computeFactor > 1
        let busy = node.load + 0.15 * row.throughput / link.capacity
        row.cpuUsage = starving ? instruments.uniform(95, 100) : min(100 * instruments.scattered(busy, 0.02), 100)
        row.memoryUsage = min(instruments.scattered(node.memory, 0.005), 100)
        row.diskRate = instruments.scattered(node.diskRate * effect.diskFactor, 0.05)
    }

    private mutating func measureConsensus(_ row: inout TelemetryRow, expected: Double) {
        row.commitLatency = instruments.scattered(expected, CommitPath.deviation)
        row.commitTail = row.commitLatency * (1 + 0.5 * instruments.scattered(1, 0.05))
        row.commitMaximum = row.commitTail * (1 + 0.3 * instruments.scattered(1, 0.1))
    }
}
