import Randomness

/// The simulated network: advances nodes and links, and measures them.
struct NetworkRowSource: RowSource {
    private let schedule: IncidentSchedule
    private let judgedFrom: Int
    private var nodes: [NodeState]
    private var links: [SimulatedLink]
    private var step = 0

    init(scenario: SimulationScenario, seed: UInt64, schedule: IncidentSchedule) {
        self.schedule = schedule
        judgedFrom = NoiseFloorMeter.firstJudgedStep(steps: schedule.steps)
        let random = RandomStream(seed: seed)
        nodes = Topology.nodes.map { NodeState(random: random.child("node", $0.id)) }
        links = Topology.links.enumerated().map { index, link in
            SimulatedLink(link: link, parameters: scenario.parameters, random: random.child("link", index))
        }
    }

    mutating func nextStep() -> [SimulatedSample] {
        defer { step += 1 }
        for node in nodes.indices { nodes[node].advance(step: step) }
        return links.indices.map { index in
            let link = Topology.links[index]
            let fault = LinkFault(
                current: schedule.incident(link: index, step: step),
                previous: schedule.incident(link: index, step: step - 1), link: link, step: step)
            return links[index].advance(
                step: step, fault: fault, node: nodes[link.node - 1], peer: nodes[link.peer - 1], judged: step >= judgedFrom)
        }
    }
}

/// The fault on a link in one step, and what could be known of it a step earlier.
struct LinkFault {
    var incident: InjectedFault?
    var effect = FaultEffect.none
    /// What the fault of the step before does if it goes on, and how likely it has ended.
    var continuing = FaultEffect.none
    var chanceOfEnd = 1.0

    init(current: InjectedFault?, previous: InjectedFault?, link: Topology.Link, step: Int) {
        incident = current
        if let current { effect = current.effect(on: link, step: step) }
        if let previous {
            continuing = previous.effect(on: link, strength: previous.peak)
            chanceOfEnd = previous.chanceOfEnd(after: step - 1)
        }
    }
}
