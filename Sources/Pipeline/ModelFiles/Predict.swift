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
        let metadata = try ModelFile.read(path).metadata
        guard let kind = metadata[MetadataKey.model].flatMap(ModelKind.init) else {
            throw WrittenModelError(
                path: path, found: "no metadata of this program", expected: "one of its four models")
        }
        return kind
    }
}
