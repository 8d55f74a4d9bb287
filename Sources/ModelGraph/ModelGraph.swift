/// A trained model as a value: nodes in topological order, from named inputs to named outputs.
///
/// Sequential models are graphs in which each node reads the one before. Shapes leave the batch axis out.
public struct ModelGraph: Sendable, Equatable {
    /// The model's name, for example `bandwidth_predictor`.
    public var name: String
    public var inputs: [Input]
    public var nodes: [Node]
    public var outputs: [Output]
    /// Feature names, units, window, thresholds, schema hash, seed …: written into every artifact, sorted by key.
    public var metadata: [String: String]

    public init(name: String, inputs: [Input], nodes: [Node], outputs: [Output], metadata: [String: String] = [:]) {
        self.name = name
        self.inputs = inputs
        self.nodes = nodes
        self.outputs = outputs
        self.metadata = metadata
    }

    /// A named input; `shape` without the batch axis: `[feature]` or `[time, feature]`.
    public struct Input: Sendable, Equatable {
        public var name: String
        public var shape: [Int]

        public init(name: String, shape: [Int]) {
            self.name = name
            self.shape = shape
        }
    }

    /// One layer applied to the results of the named inputs or earlier nodes.
    public struct Node: Sendable, Equatable {
        /// Unique in the graph, for example `lstm_1`.
        public var name: String
        public var operation: LayerOperation
        /// Names of inputs or earlier nodes, in the operation's order.
        public var sources: [String]

        public init(name: String, operation: LayerOperation, sources: [String]) {
            self.name = name
            self.operation = operation
            self.sources = sources
        }
    }

    /// A named result; `source` is the node that computes it.
    public struct Output: Sendable, Equatable {
        public var name: String
        public var source: String

        public init(name: String, source: String) {
            self.name = name
            self.source = source
        }
    }
}
