public import Failures
public import Telemetry

/// A model that cannot be trained from what it was given.
public enum TrainerError: ExplainedError, Equatable {
    case missingHyperparameter(ModelKind, String)
    case invalidHyperparameter(ModelKind, String, Double)
    case windowLength(ModelKind, Int)
    case missingFeature(ModelKind, String)
    case noSamples(ModelKind, part: String, why: String)
    case notFitted(ModelKind, String)

    public var category: FailureCategory {
        switch self {
        case .missingHyperparameter, .invalidHyperparameter, .windowLength, .missingFeature, .noSamples: .invalidData
        case .notFitted: .failure
        }
    }

    public var description: String {
        switch self {
        case .missingHyperparameter(let model, let name):
            "cannot train the \(model.rawValue) model: the schema gives no hyperparameter \(name); add it under "
                + "models.\(model.rawValue).hyperparameters"
        case .invalidHyperparameter(let model, let name, let value):
            "cannot train the \(model.rawValue) model: \(name) is \(value), expected a whole number of at least 1; correct "
                + "the flag or the schema"
        case .windowLength(let model, let length):
            "cannot train the \(model.rawValue) model: its window has \(length) steps, expected "
                + "\(model.windowLengths.lowerBound) to \(model.windowLengths.upperBound); correct the flag or the schema's "
                + "window_length"
        case .missingFeature(let model, let name):
            "cannot train the \(model.rawValue) model: the schema defines no feature \(name), which its output is built on; "
                + "add it under models.\(model.rawValue).features"
        case .noSamples(let model, let part, let why):
            "cannot train the \(model.rawValue) model: the \(part) part holds no sample (\(why)); record for longer, or leave "
                + "the model out with --models"
        case .notFitted(let model, let what):
            "cannot train the \(model.rawValue) model: \(what) could not be fitted because a value is not finite; validate "
                + "the data with `dwcp validate`"
        }
    }
}
