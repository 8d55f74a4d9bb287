public import Failures

/// A simulation that cannot be set up.
public enum SimulationError: ExplainedError, Equatable {
    /// Fewer than one row was asked for.
    case tooFewSamples(Int)

    public var category: FailureCategory { .usage }

    public var description: String {
        switch self {
        case .tooFewSamples(let samples):
            "cannot simulate \(samples) samples: at least 1 is needed; give --samples a positive number, for example 100000"
        }
    }
}
