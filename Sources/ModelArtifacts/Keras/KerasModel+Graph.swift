import ModelGraph

extension KerasModel {
    /// The model that computes what `graph` computes.
    /// - Parameter path: the file that will hold it, for errors.
    /// - Throws: `ArtifactError` when Keras has no such layer or activation, or a shape does not fit.
    init(_ graph: ModelGraph, path: String) throws(ArtifactError) {
        func failure(_ place: String, _ finding: String, advice: String) -> ArtifactError {
            ArtifactError(.notExpressible, .write, path, at: place, finding, advice: advice)
        }
        name = graph.name
        inputs = graph.inputs
        outputs = graph.outputs
        layers = []
        var shapes: [String: [Int]] = [:]
        func define(_ name: String, _ shape: [Int]) throws(ArtifactError) {
            guard !name.isEmpty, !name.contains("/"), shapes.updateValue(shape, forKey: name) == nil else {
                throw failure(
                    "node \(name)", "the name is empty, holds a / or is taken", advice: "give each node a name of its own")
            }
        }
        for input in inputs { try define(input.name, input.shape) }
        for node in graph.nodes {
            let place = "node \(node.name)"
            guard let kind = KerasLayer(node.operation) else {
                throw failure(
                    place, "Keras has no layer for \(node.operation.typeName) with these settings",
                    advice: "write this model as ONNX")
            }
            guard !kind.activations.contains(.hardSigmoidKeras2) else {
                throw failure(
                    place, "Keras 3 has no name for the hard_sigmoid of Keras 2, clip(0.2 x + 0.5, 0, 1)",
                    advice: "write this model as ONNX, which can say it, or train it again with sigmoid")
            }
            let layer = try Self.layer(node, kind, shapes) { failure(place, $0, advice: "correct the graph") }
            try define(node.name, layer.outputShape)
            layers.append(layer)
        }
        let layerNames = Set(layers.map(\.name))
        var problems = outputs.map(\.source).filter { !layerNames.contains($0) }.map { "no layer \($0) computes an output" }
        problems += unusedLayers().map { "the layer \($0) leads to no output" }
        if inputs.isEmpty || outputs.isEmpty { problems.append("an input or an output is missing") }
        guard problems.isEmpty else {
            throw failure(
                graph.name, problems.joined(separator: ", "),
                advice: "leave out what no result needs, and let a layer compute each result")
        }
    }

    private static func layer(
        _ node: ModelGraph.Node, _ kind: KerasLayer, _ shapes: [String: [Int]], failure: (String) -> ArtifactError
    ) throws(ArtifactError) -> Layer {
        var inputs: [[Int]] = []
        for source in node.sources {
            guard let shape = shapes[source] else { throw failure("it reads \(source), which no earlier node computes") }
            inputs.append(shape)
        }
        let output: [Int]
        do {
            output = try kind.outputShape(inputs: inputs)
        } catch {
            throw failure(error.description)
        }
        let layer = Layer(
            name: node.name, kind: kind, sources: node.sources, inputShapes: inputs, outputShape: output)
        for (variable, value) in zip(layer.variables, node.operation.kerasValues) {
            guard case let .float32(tensor) = value, tensor.shape != variable.shape else { continue }
            throw failure("\(variable.name) has the shape \(tensor.shape), but its input asks for \(variable.shape)")
        }
        if let number = kind.nonFiniteSetting {
            throw failure("a setting is \(number), which JSON cannot hold")
        }
        return layer
    }

    /// The values of the graph's variables, each at the path that the layout gives it, in the order of the graph's nodes.
    func variables(
        of graph: ModelGraph, at path: (Layer, KerasVariable) -> String
    ) -> [HDF5Encoder.Variable] {
        zip(layers, graph.nodes).flatMap { layer, node in
            zip(layer.variables, node.operation.kerasValues).map { variable, value in
                HDF5Encoder.Variable(path: path(layer, variable), value: value)
            }
        }
    }

    /// The variables in the tree of Keras 3.
    func treeVariables(of graph: ModelGraph) -> [HDF5Encoder.Variable] {
        let groups = weightGroups()
        return variables(of: graph) { layer, variable in "\(groups[layer.name] ?? "")/\(variable.path)" }
    }

    /// The graph with its weights, `tensors` in the order of `layers` and their variables.
    /// - Parameter own: what the file holds for this program besides what Keras reads.
    func graph(_ tensors: [[Tensor]], own: KerasOwnData?) -> ModelGraph {
        ModelGraph(
            name: name, inputs: inputs,
            nodes: zip(layers, tensors).map { layer, tensors in
                ModelGraph.Node(name: layer.name, operation: layer.kind.operation(tensors), sources: layer.sources)
            },
            outputs: outputs.enumerated().map { index, output in
                ModelGraph.Output(name: own?.outputs[index] ?? output.name, source: output.source)
            },
            metadata: own?.metadata ?? [:])
    }
}

extension KerasLayer {
    /// A setting that is infinite or not a number.
    fileprivate var nonFiniteSetting: Float? {
        switch self {
        case let .timeDistributed(inner): inner.nonFiniteSetting
        case let .dropout(rate): [rate].first { !$0.isFinite }
        case let .rescaling(scale, offset): (scale.values + offset.values).first { !$0.isFinite }
        case let .batchNormalization(epsilon, _, _), let .layerNormalization(epsilon, _, _):
            [epsilon].first { !$0.isFinite }
        default: nil
        }
    }
}
