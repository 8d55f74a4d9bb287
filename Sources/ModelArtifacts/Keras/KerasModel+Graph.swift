import ModelGraph

extension KerasModel {
    /// The model that computes what `graph` computes.
    /// - Parameter path: the file that will hold it, for errors.
    /// - Throws: `ArtifactError` when Keras has no such layer, a shape does not fit, or there is not one input and one
    ///   output.
    init(_ graph: ModelGraph, path: String) throws(ArtifactError) {
        func failure(_ place: String, _ finding: String, advice: String) -> ArtifactError {
            ArtifactError(.notExpressible, .write, path, at: place, finding, advice: advice)
        }
        guard graph.inputs.count == 1, graph.outputs.count == 1 else {
            throw failure(
                graph.name, "\(graph.inputs.count) inputs and \(graph.outputs.count) outputs, one of each is written",
                advice: "write one archive for each output")
        }
        name = graph.name
        input = graph.inputs[0]
        output = graph.outputs[0].source
        layers = []
        var shapes = [input.name: input.shape]
        for node in graph.nodes {
            let place = "node \(node.name)"
            guard let kind = KerasLayer(node.operation) else {
                throw failure(
                    place, "Keras has no layer for \(node.operation.typeName) with these settings",
                    advice: "write this model as ONNX")
            }
            guard !node.name.isEmpty, !node.name.contains("/"), shapes[node.name] == nil else {
                throw failure(place, "the name is empty, holds a / or is taken", advice: "give each node a name of its own")
            }
            let layer = try Self.layer(node, kind, shapes) { failure(place, $0, advice: "correct the graph") }
            shapes[node.name] = layer.outputShape
            layers.append(layer)
        }
        let unused = unusedLayers()
        guard unused.isEmpty, shapes[output] != nil, output != input.name else {
            throw failure(
                graph.name, "no layer \(output), or layers that do not lead to it: \(unused.joined(separator: ", "))",
                advice: "leave out what the result does not need")
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
        if let number = node.operation.nonFiniteSetting {
            throw failure("a setting is \(number), which JSON cannot hold")
        }
        return layer
    }

    /// The variables of the weights file with their values, in the order of the graph's nodes.
    func variables(of graph: ModelGraph) -> [HDF5Encoder.Variable] {
        let groups = weightGroups()
        return zip(layers, graph.nodes).flatMap { layer, node in
            zip(layer.variables, node.operation.kerasValues).map { variable, value in
                HDF5Encoder.Variable(path: "\(groups[layer.name] ?? "")/\(variable.path)", value: value)
            }
        }
    }
}

extension LayerOperation {
    /// A setting that is infinite or not a number.
    fileprivate var nonFiniteSetting: Float? {
        let settings: [Float] = switch self {
        case let .dropout(rate): [rate]
        case let .rescaling(scale, offset): scale.values + offset.values
        case let .batchNormalization(parameters): [parameters.epsilon]
        default: []
        }
        return settings.first { !$0.isFinite }
    }
}
