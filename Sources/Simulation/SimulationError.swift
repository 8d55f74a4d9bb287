public import Failures

/// A simulation that cannot be set up, or what one wrote that cannot be read back.
public enum SimulationError: ExplainedError, Equatable {
    /// Fewer than one row was asked for.
    case tooFewSamples(Int)
    /// There is no readable file at the path.
    case missingNoiseFloor(path: String)
    /// The file's content is not that of a noise floor.
    case brokenNoiseFloor(path: String, detail: String)

    public var category: FailureCategory {
        switch self {
        case .tooFewSamples: .usage
        case .missingNoiseFloor: .missingInput
        case .brokenNoiseFloor: .invalidData
        }
    }

    public var description: String {
        switch self {
        case .tooFewSamples(let samples):
            "cannot simulate \(samples) samples: at least 1 is needed; give --samples a positive number, for example 100000"
        case .missingNoiseFloor(let path):
            "cannot read the noise floor \(path): no readable file is there; generate the recording again, which writes it"
        case .brokenNoiseFloor(let path, let detail):
            """
            cannot read the noise floor \(path): expected the JSON that generating a recording writes, found something else \
            (\(detail)); generate the recording again
            """
        }
    }
}
