import ModelGraph

/// Turns the trained trunk, which predicts a change relative to the recent scale of its link, into the bandwidth predictor in
/// physical units: `next = last + scale · trunk(window)`.
///
/// Fast and slow links differ by a factor of a thousand, so a network that predicted Mbit/s directly would learn the fast ones
/// only. The last value and the scale are picked from the window's last step by fixed one-hot `Dense` layers, so that stock
/// Keras and ONNX Runtime need no custom code.
enum BandwidthGraph {
    /// - Parameters:
    ///   - trunk: nodes from the input `input` `[windowLength, featureCount]` to one unit, in topological order.
    ///   - lastValue, scale: positions of those features in a row.
    static func compose(
        name: String, trunk: [ModelGraph.Node], windowLength: Int, featureCount: Int, lastValue: Int, scale: Int,
        metadata: [String: String]
    ) -> ModelGraph {
        let lastStep = (windowLength - 1) * featureCount
        func selection(_ name: String, of feature: Int) -> ModelGraph.Node {
            var kernel = Tensor(repeating: 0, shape: [windowLength * featureCount, 1])
            kernel.values[lastStep + feature] = 1
            let selection = DenseParameters(kernel: kernel, bias: nil, activation: .linear, trainable: false)
            return .init(name: name, operation: .dense(selection), sources: ["window"])
        }
        let head: [ModelGraph.Node] = [
            .init(name: "window", operation: .flatten, sources: ["input"]),
            selection("last_value", of: lastValue),
            selection("recent_scale", of: scale),
            .init(name: "change", operation: .multiply, sources: [trunk[trunk.count - 1].name, "recent_scale"]),
            .init(name: "output", operation: .add, sources: ["last_value", "change"]),
        ]
        return ModelGraph(
            name: name, inputs: [.init(name: "input", shape: [windowLength, featureCount])], nodes: trunk + head,
            outputs: [.init(name: "output", source: "output")], metadata: metadata)
    }
}
