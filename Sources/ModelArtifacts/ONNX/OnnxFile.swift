import Failures
import Files
public import Foundation
public import ModelGraph

/// ONNX files: opset 17, ai.onnx.ml 3, format version 8. What is written passes libonnx' checker and strict shape
/// inference first; what is read passes the checker.
public enum OnnxFile {
    /// Writes a model, whole or not at all.
    /// - Throws: `OnnxError` when the model cannot be expressed, `FileError` when the file cannot be written.
    public static func write(_ graph: ModelGraph, to path: String) throws {
        try AtomicFile.write(encode(graph), to: path)
    }

    /// The file's bytes; equal models give equal bytes.
    /// - Throws: `OnnxError`.
    public static func encode(_ graph: ModelGraph) throws -> Data { try encode(operators(of: graph)) }

    /// The file's bytes for a graph of operators.
    /// - Throws: `OnnxError` with the checker's words when the graph is not valid ONNX.
    public static func encode(_ graph: OperatorGraph) throws -> Data { try OnnxEncoder.encode(graph) }

    /// The operators that a model becomes. Inputs and outputs keep their names and get a leading symbolic axis `batch`.
    ///
    /// An isolation forest under a metadata key `threshold` gets a second output `is_anomaly`, int64 `[batch, 1]`:
    /// `score >= threshold`, on every row as our own score says. The score is the same bits in any runtime that adds path
    /// lengths in double, as ONNX Runtime does.
    /// - Throws: `OnnxError`.
    public static func operators(of graph: ModelGraph) throws -> OperatorGraph { try OnnxLowering.lower(graph) }

    /// The layers that a model of operators was written from: the inverse of `operators(of:)`, which gives the very same
    /// operators for the result.
    ///
    /// What operators do not show is not there: dropout, linear activations, `TimeDistributed` around a layer that works on
    /// the last axis anyway; a batch normalisation comes back with its variance and epsilon inside gamma.
    /// - Throws: `OnnxError`, which names the first layer or operator that this program did not write.
    public static func model(of graph: OperatorGraph) throws(OnnxError) -> ModelGraph { try OnnxRaising.raise(graph) }

    /// Reads a model from a file.
    /// - Throws: `OnnxError` when the content is not a model that this program reads, `FileError` when there is no such
    ///   file.
    public static func read(_ path: String) throws -> OperatorGraph {
        try decode(content(of: path), path: path)
    }

    /// Reads a model from bytes; `path` is for messages only.
    /// - Throws: `OnnxError`.
    public static func decode(_ data: Data, path: String) throws -> OperatorGraph {
        try OnnxDecoder.decode(data, path: path)
    }

    /// Above this size a file is not even opened.
    static let largestFile = 256 << 20
    /// What the parsed model may take in memory.
    static let memoryLimit = 512 << 20

    private static func content(of path: String) throws -> Data {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw FileError(.missingInput, path: path, doing: "read", errno: errno)
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw OnnxError.unreadable(path, "it is not a regular file") }
        guard status.st_size <= largestFile else { throw OnnxError.tooLarge(path, "it has \(status.st_size >> 20) MiB") }
        do {
            return try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw FileError(.missingInput, path: path, doing: "read", errno: EACCES)
        }
    }
}
