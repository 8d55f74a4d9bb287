import Randomness

/// The faults of a simulation: evenly many per stretch of time, never two at once on a link, with quiet steps in between.
struct IncidentSchedule {
    let steps: Int
    /// By first step.
    let incidents: [InjectedFault]
    /// Per link, indices into `incidents`, by first step.
    private let ofLink: [[Int]]

    /// The mix of types. Faults of links are three times as frequent as faults of nodes, each of which strikes four links.
    private static let deck: [IncidentType] = IncidentType.allCases.flatMap { type in
        Array(repeating: type, count: type.strikesNode ? 1 : 5)
    }

    init(scenario: SimulationScenario, seed: UInt64, steps: Int) {
        var random = RandomStream(seed: seed).child("incidents")
        let parameters = scenario.parameters
        var freeFrom = [Int](repeating: 0, count: Topology.links.count)
        var deck: [IncidentType] = []
        var found: [InjectedFault] = []
        let count = Int((Double(steps) * parameters.incidentsPerStep).rounded())
        for slot in 0 ..< count {
            if deck.isEmpty {
                deck = Self.deck
                random.shuffle(&deck)
            }
            let first = min(Int((Double(slot) + random.uniform()) / parameters.incidentsPerStep), steps - 1)
            guard var incident = Self.place(deck.removeLast(), at: first, freeFrom: freeFrom, random: &random) else {
                continue
            }
            incident.id = found.count + 1
            for link in Topology.links.indices where incident.strikes(Topology.links[link]) {
                freeFrom[link] = first + incident.duration + parameters.quietSteps
            }
            found.append(incident)
        }
        found.sort { ($0.firstStep, $0.id) < ($1.firstStep, $1.id) }
        for index in found.indices { found[index].id = index + 1 }
        self.steps = steps
        incidents = found
        ofLink = Topology.links.map { link in found.indices.filter { found[$0].strikes(link) } }
    }

    /// The incident that strikes `link` in `step`, if any.
    func incident(link: Int, step: Int) -> InjectedFault? {
        let candidates = ofLink[link]
        var (low, high) = (0, candidates.count)
        while low < high {
            let middle = (low + high) / 2
            if incidents[candidates[middle]].firstStep <= step { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return nil }
        let latest = incidents[candidates[low - 1]]
        return latest.strikes(step: step) ? latest : nil
    }

    /// An incident of `type` at a random place whose links are free, or nil if none is.
    private static func place(
        _ type: IncidentType, at first: Int, freeFrom: [Int], random: inout RandomStream
    ) -> InjectedFault? {
        let places: [(node: Int, peer: Int?, links: [Int])] = type.strikesNode
            ? Topology.nodes.map { ($0.id, nil, Topology.links(of: $0.id)) }
            : Topology.links.indices.map { (Topology.links[$0].node, Topology.links[$0].peer, [$0]) }
        let free = places.filter { $0.links.allSatisfy { freeFrom[$0] <= first } }
        let severity = [IncidentSeverity.low, .low, .medium, .medium, .medium, .high][random.below(6)]
        let law = InjectedFault.durations(of: type)
        let duration = law.lowerBound + random.below(law.count)
        let peak = severity.strength * random.uniform(0.92, 1.15)
        let (onset, recovery, logged) = (random.uniform(0.6, 0.97), random.uniform(0.5, 0.8), random.uniform(0.1, 0.9))
        guard !free.isEmpty else { return nil }
        let place = free[random.below(free.count)]
        return InjectedFault(
            id: 0, type: type, severity: severity, node: place.node, peer: place.peer, firstStep: first, duration: duration,
            onset: onset, peak: peak, recovery: recovery, loggedAfter: logged)
    }
}
