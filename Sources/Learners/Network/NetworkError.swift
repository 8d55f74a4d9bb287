public import Failures

/// A network that cannot be built, or data that does not fit it.
public struct NetworkError: ExplainedError, Equatable {
    public let description: String
    public var category: FailureCategory { .usage }

    /// `layer` names the layer as `SequentialNetwork.layerNames` does.
    init(layer: String, found: String, advice: String) {
        description = "cannot build the network: layer \(layer) \(found); \(advice)"
    }

    init(_ description: String) { self.description = description }
}
