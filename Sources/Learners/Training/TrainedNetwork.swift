public import ModelGraph
public import TensorCore

/// What training gives back: a network, its weights and how it came to them.
public struct TrainedNetwork: Sendable, Equatable {
    public var network: SequentialNetwork
    /// Those of `bestEpoch`.
    public var weights: NetworkWeights
    public var history: [EpochRecord]
    /// From 1; the last epoch when nothing was kept.
    public var bestEpoch: Int

    public init(network: SequentialNetwork, weights: NetworkWeights, history: [EpochRecord] = [], bestEpoch: Int = 0) {
        self.network = network
        self.weights = weights
        self.history = history
        self.bestEpoch = bestEpoch
    }

    /// The layers as a chain of nodes named as Keras names them (`lstm`, `lstm_1`, `dense` …); the first reads `input`.
    public func nodes(input: String) throws -> [ModelGraph.Node] { try weights.nodes(of: network, input: input) }

    /// The network's outputs for `samples`, `[sample, output]` or `[sample, time, output]`, dropout off, moving statistics
    /// in use. A sample's result does not depend on the others.
    /// - Throws: `NetworkError` when the samples do not fit the network.
    public func predict(_ samples: WindowedRows, threads: ThreadBudget = 1) throws -> [Float] {
        let compiled = try CompiledNetwork(network)
        let store = try SampleStore(samples, for: compiled)
        let engine = StepEngine(
            compiled, loss: .meanSquaredError, batchSize: min(Self.predictionBatch, samples.sampleCount), threads: threads)
        try engine.load(weights)
        let size = compiled.outputShape.count
        let order = (0 ..< Int32(store.count)).map { $0 }
        return [Float](unsafeUninitializedCapacity: store.count * size) { outputs, initializedCount in
            order.withUnsafeBufferPointer { order in
                for first in stride(from: 0, to: order.count, by: Self.predictionBatch) {
                    let batch = order[first ..< min(first + Self.predictionBatch, order.count)]
                    if let base = outputs.baseAddress {
                        engine.outputs(of: UnsafeBufferPointer(rebasing: batch), in: store, into: base + first * size)
                    }
                }
            }
            initializedCount = store.count * size
        }
    }

    private static let predictionBatch = 256
}

extension StepEngine {
    /// Takes over weights of the same architecture.
    func load(_ weights: NetworkWeights) throws {
        try weights.checkFits(network)
        for (index, layer) in weights.layers.enumerated() {
            Self.copy(layer.variables, to: parameters.base + network.parameters.offsets[index])
            Self.copy(layer.statistics, to: statistics.base + network.statistics.offsets[index])
        }
        prepare()
    }

    var hasFiniteParameters: Bool { parameters.numbers.allSatisfy(\.isFinite) }

    var weights: NetworkWeights {
        NetworkWeights(
            layers: network.layers.enumerated().map { index, layer in
                NetworkWeights.LayerWeights(
                    variables: Self.split(parameters.base + network.parameters.offsets[index], layer.variables),
                    statistics: Self.split(statistics.base + network.statistics.offsets[index], layer.statistics))
            })
    }

    private static func copy(_ tensors: [[Float]], to base: UnsafeMutablePointer<Float>) {
        var place = base
        for tensor in tensors {
            place.update(from: tensor, count: tensor.count)
            place += tensor.count
        }
    }

    private static func split(_ base: UnsafePointer<Float>, _ variables: [Variable]) -> [[Float]] {
        var place = base
        return variables.map { variable in
            defer { place += variable.count }
            return Array(UnsafeBufferPointer(start: place, count: variable.count))
        }
    }
}
