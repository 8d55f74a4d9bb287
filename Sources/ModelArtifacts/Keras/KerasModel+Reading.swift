import ModelGraph

extension KerasModel {
    /// Reads a configuration: a Sequential or Functional model.
    /// - Throws: `ArtifactError` that names the place in the file, an unknown layer with its configuration and position.
    init(_ root: JSONPlace, _ dialect: KerasDialect) throws(ArtifactError) {
        let skeleton = try KerasSkeleton(root, dialect)
        name = skeleton.name
        inputs = skeleton.inputs
        outputs = skeleton.outputs
        layers = []
        var shapes = Dictionary(uniqueKeysWithValues: inputs.map { ($0.name, $0.shape) })
        for (position, entry) in try skeleton.sorted().enumerated() {
            // `sorted` puts every source first, so all shapes are known.
            let inputs = entry.sources.compactMap { shapes[$0] }
            let kind = try KerasLayer(entry.object, position: position + 1, inputs: inputs, dialect: dialect)
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
            throw root.error(.unsupported, "layers that do not lead to an output: \(unused.joined(separator: ", "))")
        }
    }
}
