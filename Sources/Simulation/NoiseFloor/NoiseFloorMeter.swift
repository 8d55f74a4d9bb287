import Telemetry

/// Collects what the noise floor needs while the rows pass by.
struct NoiseFloorMeter {
    private let steps: Int
    private let trainSteps: Int
    private let judgedFrom: Int
    private var series: [Series]

    init(links: Int, steps: Int) {
        self.steps = steps
        trainSteps = Int(0.7 * Double(steps))
        judgedFrom = Self.firstJudgedStep(steps: steps)
        series = Array(repeating: Series(), count: links)
    }

    /// The first step of the last 15 % of the time span.
    static func firstJudgedStep(steps: Int) -> Int { Int((0.85 * Double(steps - 1)).rounded(.up)) }

    mutating func add(_ sample: SimulatedSample, link: Int, step: Int) {
        if step < trainSteps { series[link].train.add(sample.row.throughput) }
        if step >= judgedFrom { series[link].add(sample) }
        series[link].lastThroughput = sample.row.throughput
    }

    func noiseFloor(scenario: SimulationScenario, seed: UInt64, samples: Int) -> NoiseFloor {
        var floor = NoiseFloor()
        floor.scenario = scenario
        floor.seed = seed
        floor.samples = samples
        floor.models = [
            .bandwidth: BandwidthFloor.measure(series), .compression: CompressionFloor.measure(series),
            .reliability: DetectionFloor.reliability(series), .latency: DetectionFloor.consensus(series),
        ]
        return floor
    }

    /// The judged rows of one link, column by column, and the moments of its training part.
    struct Series {
        var train = Moments()
        var lastThroughput: Double?
        var actual: [Double] = []
        var expected: [Double] = []
        var last: [Double] = []
        var chosen: [Int] = []
        var oracle: [Int] = []
        var totalTimes: [[Double]] = []
        var incident: [InjectedFault?] = []
        var reliabilityScore: [Double] = []
        var consensusScore: [Double] = []

        mutating func add(_ sample: SimulatedSample) {
            if let expectedRate = sample.truth.expectedRate, let lastThroughput {
                actual.append(sample.row.throughput)
                expected.append(expectedRate)
                last.append(lastThroughput)
            }
            if let level = sample.truth.expectedBestLevel {
                chosen.append(level)
                oracle.append(sample.row.optimalCompression)
                totalTimes.append(sample.truth.totalTimes)
            }
            incident.append(sample.truth.incident)
            reliabilityScore.append(sample.truth.reliabilityScore)
            consensusScore.append(sample.truth.consensusScore)
        }
    }

    /// Running mean and deviation (Welford 1962).
    struct Moments {
        private(set) var count = 0
        private(set) var mean = 0.0
        private var squares = 0.0

        mutating func add(_ value: Double) {
            count += 1
            let difference = value - mean
            mean += difference / Double(count)
            squares += difference * (value - mean)
        }

        var deviation: Double { count == 0 ? 0 : (squares / Double(count)).squareRoot() }
    }
}
