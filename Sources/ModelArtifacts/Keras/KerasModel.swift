import ModelGraph

/// A Keras model without its weights: layers with their settings, connections and shapes. Both directions pass through
/// it, so what is written and what is read follow the same rules.
struct KerasModel: Equatable {
    var name: String
    var inputs: [ModelGraph.Input]
    /// Each layer after those that it reads.
    var layers: [Layer]
    /// Each with the layer that computes it. Keras names an output after its layer or, in a dictionary, by its key.
    var outputs: [ModelGraph.Output]

    struct Layer: Equatable {
        var name: String
        var kind: KerasLayer
        /// Names of the input or of earlier layers.
        var sources: [String]
        /// Without the batch axis.
        var inputShapes: [[Int]]
        var outputShape: [Int]

        var variables: [KerasVariable] { kind.variables(input: inputShapes[0]) }
    }

    /// The names of inputs and layers in the order of Keras' own list, whatever their order in the configuration: by falling
    /// distance to the outputs, then in the order in which a depth-first search from the outputs meets them (`map_graph` in
    /// `keras/src/ops/function.py`, the same in Keras 2). For a chain this is the order of the layers.
    func order() -> [String] {
        let visits = visitOrder()
        let distances = distancesToOutputs()
        // Inputs that lead nowhere come before all that is met.
        func rank(_ name: String) -> (Int, Int) { (-(distances[name] ?? 0), visits[name] ?? -1) }
        return (inputs.map(\.name) + layers.map(\.name)).sorted { rank($0) < rank($1) }
    }

    /// The layers in the order of Keras' own list.
    func orderedLayers() -> [Layer] {
        let byName = Dictionary(uniqueKeysWithValues: layers.map { ($0.name, $0) })
        return order().compactMap { byName[$0] }
    }

    /// Where in Keras 3's tree of weights the variables of each layer are, by layer name, for example `layers/lstm_1`: Keras
    /// numbers the layers of a class in the order of its list.
    func weightGroups() -> [String: String] {
        var counts: [String: Int] = [:]
        var groups: [String: String] = [:]
        for layer in orderedLayers() {
            let base = layer.kind.snakeCaseName
            let number = counts[base, default: 0]
            groups[layer.name] = number == 0 ? "layers/\(base)" : "layers/\(base)_\(number)"
            counts[base] = number + 1
        }
        return groups
    }

    /// When a depth-first search from the outputs first meets each input and each layer.
    private func visitOrder() -> [String: Int] {
        var sources = Dictionary(uniqueKeysWithValues: layers.map { ($0.name, $0.sources) })
        for input in inputs { sources[input.name] = [] }
        var order: [String: Int] = [:]
        var pending = Array(outputs.map(\.source).reversed())
        while let name = pending.popLast() {
            guard order[name] == nil, let next = sources[name] else { continue }
            order[name] = order.count
            pending.append(contentsOf: next.reversed())
        }
        return order
    }

    /// The number of layers on the longest way from each input and each layer to an output.
    private func distancesToOutputs() -> [String: Int] {
        var distances: [String: Int] = [:]
        for layer in layers.reversed() {
            let distance = distances[layer.name] ?? 0
            for source in layer.sources { distances[source] = max(distances[source] ?? 0, distance + 1) }
        }
        return distances
    }

    /// Names of layers that do not contribute to an output, which Keras would leave out of its model.
    func unusedLayers() -> [String] {
        let visited = visitOrder()
        return layers.map(\.name).filter { visited[$0] == nil }
    }
}
