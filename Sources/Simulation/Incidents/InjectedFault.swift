/// An injected fault: where, when, how strong.
struct InjectedFault {
    var id: Int
    var type: IncidentType
    var severity: IncidentSeverity
    var node: Int
    /// The receiving end, for faults of one link.
    var peer: Int?
    /// First struck step, and how many steps are struck.
    var firstStep: Int
    var duration: Int
    /// Strength in the first step (the fault begins within it), in the steps between, and in the last one.
    var onset: Double
    var peak: Double
    var recovery: Double
    /// Seconds after the last struck step until the injector has logged the end.
    var loggedAfter: Double

    static let linkDurations = 4 ... 6
    static let nodeDurations = 4 ... 6

    static func durations(of type: IncidentType) -> ClosedRange<Int> { type.strikesNode ? nodeDurations : linkDurations }

    func strikes(step: Int) -> Bool { step >= firstStep && step < firstStep + duration }

    func strikes(_ link: Topology.Link) -> Bool {
        if let peer { return link.node == node && link.peer == peer }
        return link.node == node || link.peer == node
    }

    /// The fault's strength in `step`, 0 outside.
    func strength(step: Int) -> Double {
        guard strikes(step: step) else { return 0 }
        if step == firstStep { return peak * onset }
        return step == firstStep + duration - 1 ? peak * recovery : peak
    }

    /// What it does to `link` in `step`.
    func effect(on link: Topology.Link, step: Int) -> FaultEffect {
        effect(on: link, strength: strength(step: step))
    }

    /// What it does to `link` at `strength`. Only the node that starves computes slowly.
    func effect(on link: Topology.Link, strength: Double) -> FaultEffect {
        var effect = type.effect(rtt: link.rtt).scaled(by: strength)
        if link.node != node {
            effect.computeFactor = 1
            effect.diskFactor = 1
        }
        return effect
    }

    /// How likely a fault that struck `step` is over in the next step, to someone who knows the law of durations but not
    /// the draw.
    func chanceOfEnd(after step: Int) -> Double {
        let elapsed = step - firstStep + 1
        let law = Self.durations(of: type)
        return elapsed < law.lowerBound ? 0 : 1 / Double(max(law.upperBound - elapsed, 0) + 1)
    }

    /// Seconds since the recording began. A row is stamped with the end of its step, so the fault begins inside the first
    /// row's step and rows stamped from `start` to `end` are exactly the struck ones.
    var start: Double { Double((firstStep + 1) * Simulation.stepSeconds) - onset * Double(Simulation.stepSeconds) }
    var end: Double { Double((firstStep + duration) * Simulation.stepSeconds) + loggedAfter }
}

/// A line of the incident file.
public struct LabeledIncident: Sendable, Equatable {
    public let incidentID: Int
    /// ISO 8601, UTC, milliseconds.
    public let start: String
    public let end: String
    public let nodeID: Int
    /// The receiving end of the struck link; nil when the whole node is struck.
    public let peerID: Int?
    public let type: IncidentType
    public let severity: IncidentSeverity
    /// Whether it was over before the recording ended.
    public let resolved: Bool

    init(_ incident: InjectedFault, steps: Int) {
        incidentID = incident.id
        start = Clock.text(seconds: incident.start)
        end = Clock.text(seconds: incident.end)
        nodeID = incident.node
        peerID = incident.peer
        type = incident.type
        severity = incident.severity
        resolved = incident.firstStep + incident.duration < steps
    }
}
