import Foundation
import Randomness

/// The replication flow of one link: what its window, its stream plan and the other traffic make of each step.
struct LinkFlow {
    let link: Topology.Link
    private(set) var control = WindowControl()
    private(set) var plan: TransferPlan
    private(set) var cross: CrossTraffic
    private var random: RandomStream

    /// Deviation of the log of the measured rate around the model's: transfers straddle the edges of a step.
    private static let measurementDeviation = 0.014

    init(link: Topology.Link, parameters: ScenarioParameters, random: RandomStream) {
        self.link = link
        plan = TransferPlan(random: random.child("plan"))
        cross = CrossTraffic(parameters: parameters, random: random.child("cross traffic"))
        self.random = random.child("flow")
    }

    /// One step of the flow. Rates in Mbit/s.
    struct Step {
        var rate: Double
        /// Rate the bottleneck could have given to replication.
        var availableRate: Double
        /// Mean share of the buffer in use.
        var occupancy: Double
        /// Share of segments dropped by a full buffer.
        var overflow: Double
        /// Streams open during the step, and those planned for the next.
        var streams: Int
        var streamsNext: Int
        /// Window of all streams planned for the next step, before it reacts to this step's marks (share of the BDP).
        var windowAtEnd: Double
        var pacingRate: Double
        /// Work waiting, Mbit on the wire.
        var backlog: Double
        var jobBegan: Bool
    }

    /// What the flow will do in a step with other traffic `share` and fault `effect`, without measurement noise.
    private func outcome(share: Double, effect: FaultEffect) -> (rate: Double, available: Double, load: Double) {
        let capacity = effect.capacityFactor
        let window = control.nextWindow * Double(plan.streams) / capacity
        let rate = BottleneckQueue.rate(window: window, cross: share)
        let available = max(1 - share, 0.05)
        return (rate * capacity * effect.goodput * link.capacity, available * capacity * link.capacity, share + rate)
    }

    /// Advances one step.
    mutating func advance(step: Int, effect: FaultEffect) -> Step {
        let share = cross.next(step: step)
        let model = outcome(share: share, effect: effect)
        let rate = model.rate * exp(Self.measurementDeviation * random.normal())
        let occupancy = max(BottleneckQueue.occupancy(load: model.load), effect.standingQueue)
        let streams = plan.streams
        control.advance(occupancy: occupancy)
        plan.advance(sent: rate / link.capacity)
        return Step(
            rate: rate, availableRate: model.available, occupancy: occupancy,
            overflow: BottleneckQueue.overflow(load: model.load), streams: streams, streamsNext: plan.streams,
            windowAtEnd: control.window * Double(plan.streams),
            pacingRate: 1.2 * control.window * Double(streams) * link.capacity,
            backlog: plan.backlog * link.capacity * Double(Simulation.stepSeconds), jobBegan: plan.jobBegan)
    }

    /// Expectations about the next step of someone who knows the whole state.
    struct Expectation {
        /// E[rate], Mbit/s.
        var rate: Double
        /// E[1 / available rate], s/Mbit.
        var inverseAvailableRate: Double
    }

    /// The expected next step under fault `effect`, by Gauss–Hermite quadrature over the innovations of the other traffic.
    func expectation(step: Int, effect: FaultEffect) -> Expectation {
        let forecast = cross.forecast(step: step)
        var expectation = Expectation(rate: 0, inverseAvailableRate: 0)
        for (z, weight) in Self.quadrature {
            let model = outcome(share: forecast.share(z: z), effect: effect)
            expectation.rate += weight * model.rate
            expectation.inverseAvailableRate += weight / model.available
        }
        expectation.rate *= exp(Self.measurementDeviation * Self.measurementDeviation / 2)
        return expectation
    }

    /// Nodes and weights for the standard normal distribution, five points (exact to degree nine).
    private static let quadrature: [(Double, Double)] = [
        (-2.8569700138728, 0.0112574113277), (-1.3556261799743, 0.2220759220056), (0, 0.5333333333333),
        (1.3556261799743, 0.2220759220056), (2.8569700138728, 0.0112574113277),
    ]
}
