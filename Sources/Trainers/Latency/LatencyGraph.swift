import ModelGraph

/// Turns the trained autoencoder, which reconstructs scaled values, into one that reconstructs the features' own units.
enum LatencyGraph {
    /// - Parameters:
    ///   - trunk: nodes from the input `input` `[windowLength, featureCount]` to scaled values of the same shape.
    ///   - mean, deviation: of the training windows' features, `[featureCount]` each.
    static func compose(
        name: String, trunk: [ModelGraph.Node], windowLength: Int, mean: [Float], deviation: [Float],
        metadata: [String: String]
    ) -> ModelGraph {
        let count = mean.count
        var kernel = Tensor(repeating: 0, shape: [count, count])
        for feature in 0 ..< count { kernel.values[feature * count + feature] = deviation[feature] }
        let unscale = DenseParameters(kernel: kernel, bias: Tensor(mean), activation: .linear, trainable: false)
        let output = ModelGraph.Node(
            name: "output", operation: .timeDistributed(.dense(unscale)), sources: [trunk[trunk.count - 1].name])
        return ModelGraph(
            name: name, inputs: [.init(name: "input", shape: [windowLength, count])], nodes: trunk + [output],
            outputs: [.init(name: "output", source: "output")], metadata: metadata)
    }
}
