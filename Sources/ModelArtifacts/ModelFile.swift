import Foundation
public import ModelGraph

/// A model file of any format, told by its extension.
public enum ModelFile {
    /// Raw values are file extensions.
    public enum Format: String, Sendable, CaseIterable {
        /// A Keras 3 archive.
        case keras
        /// A whole model in one HDF5 file, as Keras 2 and 3 write it.
        case h5
        /// A model's architecture; the weights stand in an HDF5 file of their own.
        case json
        case onnx
        /// An isolation forest that scikit-learn pickled.
        case pkl

        /// - Throws: `ArtifactError` when the extension of `path` is none of these.
        init(of path: String, _ action: ArtifactError.Action) throws(ArtifactError) {
            let ending = URL(fileURLWithPath: path).pathExtension.lowercased()
            guard let format = Format(rawValue: ending) else {
                let known = Format.allCases.map { ".\($0.rawValue)" }.joined(separator: ", ")
                throw ArtifactError(
                    .unsupported, action, path, "its name ends in \(ending.isEmpty ? "no extension" : ".\(ending)")",
                    advice: "give a file whose name ends in \(known)")
            }
            self = format
        }
    }

    /// What a file says: layers, or the operators of an ONNX file.
    public enum Content: Sendable {
        case layers(ModelGraph)
        case operators(OperatorGraph)

        public var metadata: [String: String] {
            switch self {
            case .layers(let graph): graph.metadata
            case .operators(let graph): graph.metadata
            }
        }
    }

    /// Reads the model at `path`.
    /// - Parameter weights: the HDF5 file with the weights of a `.json` architecture; `NAME.weights.h5` beside
    ///   `NAME.json` when absent.
    /// - Throws: `ArtifactError`, `OnnxError` or `FileError`: a missing file, an unknown format, damage, an unknown layer,
    ///   variables that do not fit.
    public static func read(_ path: String, weights: String? = nil) throws -> Content {
        let format = try Format(of: path, .read)
        guard weights == nil || format == .json else {
            throw ArtifactError(
                .unsupported, .read, path, "a .\(format.rawValue) file holds its own weights, but \(weights ?? "") was given too",
                advice: "leave the weights file out, or give the .json architecture that it belongs to")
        }
        switch format {
        case .onnx: return .operators(try OnnxFile.read(path))
        case .pkl: return .layers(try SklearnPickle.read(path))
        case .keras, .h5, .json: return .layers(try KerasFile.read(path, weights: weights))
        }
    }

    /// Reads the model at `path` as layers. An ONNX file must be one that this program wrote: its operators are turned
    /// back into the layers that they came from.
    public static func layers(_ path: String, weights: String? = nil) throws -> ModelGraph {
        switch try read(path, weights: weights) {
        case .layers(let graph): graph
        case .operators(let graph): try OnnxFile.model(of: graph)
        }
    }

    /// Writes a model in the format that the extension of `path` names; the weights of a `.json` architecture go to
    /// `NAME.weights.h5` beside it.
    /// - Returns: the paths of the files written.
    /// - Throws: `ArtifactError` or `OnnxError` when the format cannot express the model, `FileError`.
    @discardableResult
    public static func write(_ graph: ModelGraph, to path: String) throws -> [String] {
        switch try Format(of: path, .write) {
        case .keras, .h5, .json: return try KerasFile.write(graph, to: path)
        case .onnx: try OnnxFile.write(graph, to: path)
        case .pkl: try SklearnPickle.write(graph, to: path)
        }
        return [path]
    }

    /// Whether the file at `path` says exactly what writing `graph` there says, every number to the bit.
    /// - Throws: what reading throws.
    public static func holds(_ graph: ModelGraph, at path: String) throws -> Bool {
        switch (try read(path), try Format(of: path, .read)) {
        case (.operators(let operators), _): operators == (try OnnxFile.operators(of: graph))
        case (.layers(let layers), .keras): layers == (try KerasArchive.decode(KerasArchive.encode(graph), path: path))
        case (.layers(let layers), .pkl): layers == (try SklearnPickle.decode(SklearnPickle.encode(graph), path: path))
        case (.layers(let layers), _): layers == graph
        }
    }
}
