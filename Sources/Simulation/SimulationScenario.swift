/// What kind of network and how much trouble a simulation shows.
public enum SimulationScenario: String, Sendable, Codable, CaseIterable {
    /// Medium load and enough incidents for a verdict in 100,000 rows.
    case reference
    /// Light load and few incidents.
    case calm
    /// Heavy load and many incidents.
    case stormy
    /// Every column is independent noise and incidents change nothing: a control that no model may pass.
    case noise

    var parameters: ScenarioParameters {
        switch self {
        case .reference, .noise:
            ScenarioParameters(crossMean: 0.34, crossSwing: 0.20, incidentsPerStep: 0.084, quietSteps: 30)
        case .calm:
            ScenarioParameters(crossMean: 0.22, crossSwing: 0.12, incidentsPerStep: 0.015, quietSteps: 30)
        case .stormy:
            ScenarioParameters(crossMean: 0.44, crossSwing: 0.24, incidentsPerStep: 0.16, quietSteps: 12)
        }
    }
}

/// The numbers in which the scenarios differ.
struct ScenarioParameters {
    /// Mean share of a link's capacity that other traffic takes.
    var crossMean: Double
    /// Amplitude of that share's several-minute swing.
    var crossSwing: Double
    /// Incidents that begin per step, over the whole network.
    var incidentsPerStep: Double
    /// Least number of steps without an incident between two incidents of one link.
    var quietSteps: Int
}
