import ModelGraph

extension KerasModel {
    /// Reads `config.json`: a Sequential or Functional model with one input and one output.
    /// - Throws: `ArtifactError` that names the place in the file, an unknown layer with its configuration and position.
    init(_ root: JSONPlace) throws(ArtifactError) {
        let skeleton = try KerasSkeleton(root)
        name = skeleton.name
        input = skeleton.input
        output = skeleton.output
        layers = []
        var shapes = [input.name: input.shape]
        for (position, entry) in try skeleton.sorted().enumerated() {
            // `sorted` puts every source first, so all shapes are known.
            let inputs = entry.sources.compactMap { shapes[$0] }
            let kind = try KerasLayer(entry.object, position: position + 1, inputs: inputs)
            let shape: [Int]
            do {
                shape = try kind.outputShape(inputs: inputs)
            } catch {
                throw entry.object.error(.malformed, "the layer \(entry.name) does not fit its input: \(error.description)")
            }
            _ = try TensorShape.count(shape) {
                entry.object.error(
                    .tooLarge, "the layer \(entry.name) makes \(shape), more than \(ArtifactLimits.tensorValues) values")
            }
            shapes[entry.name] = shape
            layers.append(Layer(
                name: entry.name, kind: kind, sources: entry.sources, inputShapes: inputs, outputShape: shape))
        }
        let unused = unusedLayers()
        guard unused.isEmpty else {
            throw root.error(.unsupported, "layers that do not lead to the output: \(unused.joined(separator: ", "))")
        }
    }
}
