public import Foundation
public import ModelGraph
public enum KerasFile {
    public static func read(_ path: String, weights: String?) throws -> ModelGraph { try KerasArchive.read(path) }
    public static func write(_ graph: ModelGraph, to path: String) throws { try KerasArchive.write(graph, to: path) }
}
public enum SklearnPickle {
    public static func write(_ graph: ModelGraph, to path: String) throws { try OnnxFile.write(graph, to: path) }
    public static func encode(_ graph: ModelGraph) throws -> Data { Data() }
    public static func read(_ path: String) throws -> ModelGraph { throw ArtifactError(.missing, .read, path, "stub", advice: "stub") }
    public static func decode(_ data: Data, path: String) throws -> ModelGraph { throw ArtifactError(.missing, .read, path, "stub", advice: "stub") }
}
extension OnnxFile {
    public static func model(of graph: OperatorGraph) throws -> ModelGraph { throw ArtifactError(.missing, .read, "", "stub", advice: "stub") }
}
