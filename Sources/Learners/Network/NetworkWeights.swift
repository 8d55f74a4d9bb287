public import ModelGraph
public import Randomness

/// The numbers of a network: per layer after a leading normalization, its variables and statistics in Keras' order.
public struct NetworkWeights: Sendable, Equatable, Codable {
    public var layers: [LayerWeights]

    public struct LayerWeights: Sendable, Equatable, Codable {
        /// Trained tensors: kernel and bias; kernel, recurrent kernel and bias; gamma and beta.
        public var variables: [[Float]]
        /// Moving mean and variance, or none.
        public var statistics: [[Float]]

        public init(variables: [[Float]], statistics: [[Float]] = []) {
            self.variables = variables
            self.statistics = statistics
        }
    }

    public init(layers: [LayerWeights]) { self.layers = layers }

    /// The start of training: each variable from its own stream, named by layer and variable.
    /// - Throws: `NetworkError` if the layers do not fit each other.
    public init(initial network: SequentialNetwork, from stream: RandomStream) throws {
        self.init(initial: try CompiledNetwork(network), from: stream)
    }

    init(initial network: CompiledNetwork, from stream: RandomStream) {
        layers = zip(network.layers, network.names).map { layer, name in
            let layerStream = stream.child(name)
            func values(_ variable: Variable) -> [Float] {
                variable.initializer.values(shape: variable.shape, from: layerStream.child(variable.name))
            }
            return LayerWeights(variables: layer.variables.map(values), statistics: layer.statistics.map(values))
        }
    }

    /// How many trained numbers there are.
    public var parameterCount: Int { layers.reduce(0) { $0 + $1.variables.reduce(0) { $0 + $1.count } } }

    func checkFits(_ network: CompiledNetwork) throws {
        let expected = network.layers.map { $0.variables.map(\.count) + $0.statistics.map(\.count) }
        let found = layers.map { $0.variables.map(\.count) + $0.statistics.map(\.count) }
        guard expected == found else {
            throw NetworkError(
                "cannot use the given weights: the network has tensors of \(expected) numbers per layer, the weights "
                    + "\(found); use weights of the same architecture")
        }
    }
}

extension NetworkWeights {
    /// The network with these weights as a chain of model-graph nodes named as Keras names layers; the first node reads
    /// `input`.
    /// - Throws: `NetworkError` if the weights belong to another architecture.
    public func nodes(of network: SequentialNetwork, input: String) throws -> [ModelGraph.Node] {
        let compiled = try CompiledNetwork(network)
        try checkFits(compiled)
        var operations: [LayerOperation] = []
        if case .normalization(let mean, let variance) = network.layers.first {
            operations.append(.normalization(mean: Tensor(mean), variance: Tensor(variance)))
        }
        for (layer, weights) in zip(compiled.layers, layers) {
            operations.append(
                layer.operation(
                    variables: zip(layer.variables, weights.variables).map { Tensor(shape: $0.shape, values: $1) },
                    statistics: zip(layer.statistics, weights.statistics).map { Tensor(shape: $0.shape, values: $1) }))
        }
        let names = network.layerNames
        return zip(names.indices, operations).map { index, operation in
            ModelGraph.Node(name: names[index], operation: operation, sources: [index == 0 ? input : names[index - 1]])
        }
    }
}
