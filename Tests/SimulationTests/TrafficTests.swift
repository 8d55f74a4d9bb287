import Foundation
import Randomness
@testable import Simulation
import Testing

@Suite struct TrafficTests {
    @Test("queue occupancy and overflow are those of the stationary distribution of M/M/1/K")
    func queue() {
        let places = Int(BottleneckQueue.places)
        for load in [0.2, 0.7, 0.9, 0.97, 1.0, 1.1] {
            let weights = (0 ... places).map { pow(load, Double($0)) }
            let total = weights.reduce(0, +)
            let mean = weights.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element } / total / Double(places)
            // The closed form is taken a millionth beside its pole at 1.
            #expect(abs(BottleneckQueue.occupancy(load: load) - mean) < 1e-4, "load \(load)")
            #expect(abs(BottleneckQueue.overflow(load: load) - weights[places] / total) < 1e-5, "load \(load)")
        }
    }

    @Test("a window-limited flow sends its window once per stretched round trip, and never more than the link has left")
    func rate() {
        for cross in stride(from: 0.05, to: 0.9, by: 0.17) {
            for window in stride(from: 0.05, to: 1.3, by: 0.12) {
                let rate = BottleneckQueue.rate(window: window, cross: cross)
                let limit = max(1 - cross, 0.05)
                #expect(rate <= min(window, limit) + 1e-9)
                guard rate < limit - 1e-6 else { continue }
                #expect(abs(rate * (1 + BottleneckQueue.occupancy(load: cross + rate)) - window) < 1e-6)
            }
        }
    }

    @Test("more other traffic never leaves more, a larger window never takes less")
    func monotone() {
        let rates = stride(from: 0.05, through: 0.9, by: 0.05).map { BottleneckQueue.rate(window: 0.6, cross: $0) }
        #expect(zip(rates, rates.dropFirst()).allSatisfy { $0 >= $1 - 1e-9 })
        let wider = stride(from: 0.1, through: 1.2, by: 0.05).map { BottleneckQueue.rate(window: $0, cross: 0.4) }
        #expect(zip(wider, wider.dropFirst()).allSatisfy { $0 <= $1 + 1e-9 })
    }

    @Test("windows grow by a tenth without marks, fall by 45 % when all packets are marked, and keep their bounds")
    func window() {
        var control = WindowControl(window: 0.05)
        control.advance(occupancy: 0)
        #expect(abs(control.window - 0.055) < 1e-12)
        control.advance(occupancy: 1)
        #expect(abs(control.window - 0.0605) < 1e-12, "marks act one step later")
        #expect(abs(control.nextWindow - 0.55 * 0.0605) < 1e-12)
        for _ in 0 ..< 20 { control.advance(occupancy: 1) }
        #expect(control.window == WindowControl.smallest)
        for _ in 0 ..< 40 { control.advance(occupancy: 0) }
        #expect(control.window == WindowControl.largest)
    }

    @Test("the planner moves at most two streams a step, within its range, and never runs out of work")
    func plan() {
        var plan = TransferPlan(random: RandomStream(seed: 3))
        var seen = Set<Int>()
        for _ in 0 ..< 3000 {
            let before = plan.streams
            plan.advance(sent: 0.4)
            #expect(abs(plan.streams - before) <= 2)
            #expect(TransferPlan.streamRange.contains(plan.streams) && plan.backlog > 0)
            seen.insert(plan.streams)
        }
        #expect(seen == Set(TransferPlan.streamRange))
    }

    @Test("the forecast of other traffic has the mean and the deviation of what comes")
    func forecast() {
        var cross = CrossTraffic(parameters: SimulationScenario.reference.parameters, random: RandomStream(seed: 9))
        var surprises: [Double] = []
        for step in 0 ..< 20_000 {
            let forecast = cross.forecast(step: step)
            let share = cross.next(step: step)
            if (0.05 ... 0.85).contains(share) { surprises.append((share - forecast.mean) / forecast.deviation) }
        }
        let mean = surprises.reduce(0, +) / Double(surprises.count)
        let variance = surprises.reduce(0) { $0 + $1 * $1 } / Double(surprises.count)
        // 20,000 draws: the mean is known to 0.007, the variance to 0.01; the curvature of tanh adds a little.
        #expect(abs(mean) < 0.04 && abs(variance - 1) < 0.06)
    }

    @Test("the expected rate is unbiased: what it misses is not predicted by it")
    func expectation() {
        var flow = LinkFlow(
            link: Topology.links[6], parameters: SimulationScenario.reference.parameters, random: RandomStream(seed: 5))
        var (expected, errors) = ([Double](), [Double]())
        for step in 0 ..< 4000 {
            let forecast = flow.expectation(step: step, effect: .none).rate
            let moved = flow.advance(step: step, effect: .none)
            expected.append(forecast)
            errors.append((moved.rate - forecast) / forecast)
        }
        let mean = errors.reduce(0, +) / Double(errors.count)
        // One step's error deviates by about 2 %, so the mean of 4,000 is known to 0.03 %.
        #expect(abs(mean) < 0.0015)
        #expect(abs(correlation(expected, errors)) < 0.06)
    }

    @Test("Poisson counts have the mean and variance of their law", arguments: [0.3, 4, 35, 60, 5000])
    func poisson(mean: Double) {
        var random = RandomStream(seed: 21)
        let counts = (0 ..< 20_000).map { _ in Double(random.poisson(mean: mean)) }
        let sampleMean = counts.reduce(0, +) / 20_000
        let variance = counts.reduce(0) { $0 + ($1 - sampleMean) * ($1 - sampleMean) } / 20_000
        // Five standard errors of mean and variance.
        #expect(abs(sampleMean - mean) < 5 * (mean / 20_000).squareRoot())
        #expect(abs(variance / mean - 1) < 5 * ((2 + 1 / mean) / 20_000).squareRoot())
    }
}
