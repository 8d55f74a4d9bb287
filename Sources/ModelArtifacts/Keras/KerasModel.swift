import ModelGraph

/// A Keras model without its weights: layers with their settings, connections and shapes. Both directions pass through
/// it, so what is written and what is read follow the same rules.
struct KerasModel: Equatable {
    var name: String
    var input: ModelGraph.Input
    /// Each layer after those that it reads.
    var layers: [Layer]
    /// The layer that computes the result.
    var output: String

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

    /// Where in the weights file the variables of each layer are, by layer name, for example `layers/lstm_1`.
    ///
    /// Keras numbers the layers of a class in the order of its own list, whatever their names or their order in
    /// `config.json`: by falling distance to the output, then in the order in which a depth-first search from the output
    /// meets them (`map_graph` in `keras/src/ops/function.py`). For a chain this is the order of the layers.
    func weightGroups() -> [String: String] {
        let visits = visitOrder()
        let distances = distancesToOutput()
        let ordered = layers.sorted {
            let (first, second) = (distances[$0.name] ?? 0, distances[$1.name] ?? 0)
            return first != second ? first > second : (visits[$0.name] ?? 0) < (visits[$1.name] ?? 0)
        }
        var counts: [String: Int] = [:]
        var groups: [String: String] = [:]
        for layer in ordered {
            let base = layer.kind.snakeCaseName
            let number = counts[base, default: 0]
            groups[layer.name] = number == 0 ? "layers/\(base)" : "layers/\(base)_\(number)"
            counts[base] = number + 1
        }
        return groups
    }

    /// When a depth-first search from the output first meets each layer.
    private func visitOrder() -> [String: Int] {
        let sources = Dictionary(uniqueKeysWithValues: layers.map { ($0.name, $0.sources) })
        var order: [String: Int] = [:]
        var pending = [output]
        while let name = pending.popLast() {
            guard order[name] == nil, let next = sources[name] else { continue }
            order[name] = order.count
            pending.append(contentsOf: next.reversed())
        }
        return order
    }

    /// The number of layers on the longest way from each layer to the output.
    private func distancesToOutput() -> [String: Int] {
        var distances = [output: 0]
        for layer in layers.reversed() {
            let distance = distances[layer.name] ?? 0
            for source in layer.sources { distances[source] = max(distances[source] ?? 0, distance + 1) }
        }
        return distances
    }

    /// Names of layers that do not contribute to the output, which Keras would leave out of its model.
    func unusedLayers() -> [String] {
        let visited = visitOrder()
        return layers.map(\.name).filter { visited[$0] == nil }
    }
}
