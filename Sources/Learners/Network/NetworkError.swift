public import Failures

/// A network that cannot be built, or data that does not fit it.
public struct NetworkError: ExplainedError, Equatable {
    public let description: String
    public let category: FailureCategory

    /// `layer` names the layer as `SequentialNetwork.layerNames` does.
    init(layer: String, found: String, advice: String) {
        category = .usage
        description = "cannot build the network: layer \(layer) \(found); \(advice)"
    }

    /// `purpose` says what the data is for: `training`, `validation`, `input`.
    init(data purpose: String, _ found: String) {
        category = .invalidData
        description = "cannot use the \(purpose) data: \(found)"
    }

    init(_ description: String) {
        category = .usage
        self.description = description
    }
}
