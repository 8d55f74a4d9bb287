public import ModelGraph
import Files
import Foundation

/// Files of Keras 2 and Keras 3 in all their formats: `.keras` archives, whole models in HDF5 (`.h5`), and JSON with a
/// weights file. What a file is, its first bytes tell, whatever its name.
///
/// Reading is strict: every variable is matched by its path or position, name, shape and type, and nothing is left at a
/// value that the file does not hold.
public enum KerasFile {
    /// The formats, by what their files begin with.
    enum Format: Equatable {
        /// A zip archive of Keras 3 or Keras 2.13.
        case archive
        /// A whole model, or weights, in HDF5.
        case hdf5
        /// A model's configuration without its weights.
        case text

        init?(_ data: Data) {
            let space: Set<UInt8> = [0x20, 0x0A, 0x0D, 0x09]
            if data.starts(with: [0x50, 0x4B]) {
                self = .archive
            } else if data.starts(with: [0x89, 0x48, 0x44, 0x46]) {
                self = .hdf5
            } else if data.first(where: { !space.contains($0) }) == UInt8(ascii: "{") {
                self = .text
            } else {
                return nil
            }
        }
    }

    /// Reads the model at `path`.
    /// - Parameter weights: the weights file of a model in JSON; nil stands for `NAME.weights.h5` beside `NAME.json`.
    ///   Formats that hold their weights take none.
    /// - Throws: `ArtifactError`: a missing file, a damaged or oversized one, an unknown layer or setting with its place,
    ///   and variables that are missing, left over, out of order or of another shape, all in one error.
    public static func read(_ path: String, weights: String? = nil) throws -> ModelGraph {
        let data = try ArtifactFile.read(path)
        guard Format(data) == .text else { return try decode(data, path: path, weights: weights.map { (Data(), $0) }) }
        let weights = weights ?? weightsPath(besides: path)
        return try decode(data, path: path, weights: (try ArtifactFile.read(weights), weights))
    }

    /// Reads a model's bytes.
    /// - Parameters:
    ///   - path: what to call them in errors.
    ///   - weights: the weights file's bytes and path, of a model in JSON only.
    static func decode(_ data: Data, path: String, weights: (data: Data, path: String)? = nil) throws -> ModelGraph {
        func unsupported(_ finding: String, advice: String) -> ArtifactError {
            ArtifactError(.unsupported, .read, path, finding, advice: advice)
        }
        switch (Format(data), weights) {
        case (.archive, nil): return try KerasArchive.decode(data, path: path)
        case (.hdf5, nil): return try KerasHDF5File.decode(data, path: path)
        case let (.text, weights?): return try KerasTextFile.decode(data, path: path, weights: weights)
        case (.text, nil): throw unsupported("JSON without weights", advice: "give the weights file too")
        case let (.archive, weights?), let (.hdf5, weights?):
            throw unsupported(
                "it holds its own weights, but \(weights.path) was given for them as well",
                advice: "leave the weights file out, or give the model as JSON")
        case (nil, _):
            throw ArtifactError(
                .malformed, .read, path, "neither a zip archive, HDF5 nor JSON",
                advice: "give a .keras file, a whole model in .h5, or the JSON of a model with its weights")
        }
    }

    /// Writes `graph` in the format that the name's ending asks for: `.keras`, `.h5` or `.hdf5` (a whole model that Keras 3
    /// and, where its layers allow, Keras 2 load), or `.json` with `NAME.weights.h5` beside it. Each file is written whole
    /// or not at all.
    /// - Returns: the paths of the files written.
    /// - Throws: `ArtifactError` when Keras cannot express the graph or the ending is none of these, `FileError` when a file
    ///   cannot be written.
    @discardableResult
    public static func write(_ graph: ModelGraph, to path: String) throws -> [String] {
        if path.hasSuffix(".keras") {
            try KerasArchive.write(graph, to: path)
            return [path]
        }
        if path.hasSuffix(".json") {
            let (text, weights) = try KerasTextFile.encode(graph, path: path)
            // The weights first, so that whoever finds the text finds them too.
            try AtomicFile.write(weights, to: weightsPath(besides: path))
            try AtomicFile.write(text, to: path)
            return [path, weightsPath(besides: path)]
        }
        guard path.hasSuffix(".h5") || path.hasSuffix(".hdf5"), !path.hasSuffix(".weights.h5") else {
            throw ArtifactError(
                .notExpressible, .write, path, "the name tells no format of Keras that holds a model",
                advice: "end it in .keras, .h5, or .json (with the weights in a .weights.h5 beside it)")
        }
        try AtomicFile.write(KerasHDF5File.encode(graph, path: path), to: path)
        return [path]
    }

    /// `model.weights.h5` for `model.json`.
    private static func weightsPath(besides path: String) -> String {
        (path.hasSuffix(".json") ? String(path.dropLast(5)) : path) + ".weights.h5"
    }
}
