import ModelArtifacts
import ModelGraph

/// The formats of model files.
public enum ModelFormats {
    /// Without the dot.
    public static let extensions = ModelFile.Format.allCases.map(\.rawValue)
}

/// `dwcp inspect`: layers, shapes, parameters and metadata of an artifact.
public enum InspectModel {
    /// - Parameter weights: the weights of a `.json` architecture.
    public static func run(path: String, weights: String? = nil) throws -> CommandResult {
        let text = switch try ModelFile.read(path, weights: weights) {
        case .layers(let graph): try describe(graph)
        case .operators(let graph): describe(graph)
        }
        return CommandResult(output: text, conclusion: .success("inspected \(path)"))
    }

    private static func describe(_ graph: ModelGraph) throws -> String {
        let shapes = try graph.inferredShapes()
        var text = "model \(graph.name)\n\ninputs\n"
        for input in graph.inputs { text += "  \(input.name): [batch, \(list(input.shape))]\n" }
        text += "\nlayers\n"
        var total = 0
        for node in graph.nodes {
            let count = node.operation.parameterCount
            total += count
            text += "  \(node.name): \(node.operation.typeName) ← \(node.sources.joined(separator: ", ")), "
                + "[batch, \(list(shapes[node.name] ?? []))], \(count) parameters\n"
        }
        text += "\noutputs\n"
        for output in graph.outputs { text += "  \(output.name) from \(output.source)\n" }
        return text + "\n\(total) parameters\n" + metadata(graph.metadata)
    }

    private static func describe(_ graph: OperatorGraph) -> String {
        let sets = graph.operatorSets.sorted { $0.key < $1.key }.map { "\($0.key.isEmpty ? "ai.onnx" : $0.key) \($0.value)" }
        var text = "ONNX model \(graph.name), IR \(graph.formatVersion), opset \(sets.joined(separator: ", "))\n\ninputs\n"
        for input in graph.inputs { text += "  \(input.name): \(shape(input.shape))\n" }
        text += "\noperators\n"
        for node in graph.nodes {
            text += "  \(node.operatorType)(\(node.inputs.joined(separator: ", "))) → \(node.outputs.joined(separator: ", "))\n"
        }
        text += "\noutputs\n"
        for output in graph.outputs { text += "  \(output.name): \(shape(output.shape))\n" }
        let values = graph.initialisers.reduce(0) { $0 + $1.constant.count }
        return text + "\n\(values) parameters in \(graph.initialisers.count) constants\n" + metadata(graph.metadata)
    }

    private static func list(_ shape: [Int]) -> String { shape.map(String.init).joined(separator: ", ") }

    private static func shape(_ shape: [OperatorGraph.Dimension]) -> String {
        let axes = shape.map { axis in
            switch axis {
            case .fixed(let size): String(size)
            case .symbolic(let name): name
            }
        }
        return "[\(axes.joined(separator: ", "))]"
    }

    private static func metadata(_ metadata: [String: String]) -> String {
        metadata.sorted { $0.key < $1.key }.reduce("\nmetadata\n") { $0 + "  \($1.key): \($1.value)\n" }
    }
}
