import Evaluation
import Files
import Foundation
import ModelArtifacts
import ModelGraph
import Telemetry

/// `dwcp predict`: a written model's outputs on telemetry.
public enum Predict {
    /// One line per window: its last row's instant and link, then the outputs. Autoencoders give their reconstruction error.
    public static func run(_ options: PredictOptions) throws -> CommandResult {
        let kind = try kind(of: options.modelPath)
        let recording = try Recording(options.data, models: [kind])
        let model = try WrittenModel(kind, path: options.modelPath)
        let frame = try FeatureFrame(try recording.wholeFile(), plan: model.plan)
        let windows = WindowSet(frame, windowLength: model.windowLength)
        let outputs = try model.outputs(windows)
        let width = windows.count > 0 ? outputs.count / windows.count : 0
        var text = "timestamp,node_id,peer_id," + (0 ..< width).map { width == 1 ? "output" : "output_\($0)" }.joined(separator: ",") + "\n"
        for window in 0 ..< windows.count {
            let row = Int(windows.endRows[window]), link = frame.links[Int(frame.linkOfRow[row])]
            let values = outputs[window * width ..< (window + 1) * width].map { "\($0)" }.joined(separator: ",")
            text += "\(Instant.text(frame.timestamps[row])),\(link.node),\(link.peer),\(values)\n"
        }
        let rows = "\(windows.count) predictions of the \(kind.rawValue) model"
        guard let output = options.output else { return CommandResult(output: text, conclusion: .success(rows)) }
        try AtomicFile.write(text, to: output)
        return CommandResult(output: "", conclusion: .success("\(rows) in \(output)"))
    }

    /// The model that a file's metadata names.
    private static func kind(of path: String) throws -> ModelKind {
        let metadata = path.hasSuffix(".onnx") ? try OnnxFile.read(path).metadata : try KerasArchive.read(path).metadata
        guard let kind = metadata[MetadataKey.model].flatMap(ModelKind.init) else {
            throw WrittenModelError(
                path: path, found: "no metadata of this program", expected: "one of its four models")
        }
        return kind
    }
}

/// `dwcp inspect`: layers, shapes, parameters and metadata of an artifact.
public enum InspectModel {
    public static func run(path: String) throws -> CommandResult {
        let text = path.hasSuffix(".onnx") ? describe(try OnnxFile.read(path)) : try describe(try KerasArchive.read(path))
        return CommandResult(output: text, conclusion: .success("inspected \(path)"))
    }

    private static func describe(_ graph: ModelGraph) throws -> String {
        let shapes = try graph.inferredShapes()
        var text = "Keras model \(graph.name)\n\ninputs\n"
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
        return text + "\n\(graph.initialisers.count) constants\n" + metadata(graph.metadata)
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
