public import Foundation
public import ModelGraph
import Files

/// Keras 3 archives (`.keras`): a zip of `metadata.json`, `config.json` and `model.weights.h5`.
///
/// Every model is written as a Functional one and loads in stock Keras with no custom objects. Sequential and Functional
/// models are read, of Keras 3 and of Keras 2.13 or later. The same graph always gives the same bytes: members are stored
/// without compression, sorted, and dated 1980-01-01 or SOURCE_DATE_EPOCH.
public enum KerasArchive {
    static let metadataMember = "metadata.json"
    static let configurationMember = "config.json"
    static let weightsMember = "model.weights.h5"
    /// The version of Keras whose layout this follows.
    static let kerasVersion = "3.15.1"

    /// Writes `graph` to the file at `path`, whole or not at all.
    /// - Throws: `ArtifactError` when Keras cannot express the graph, `FileError` when the file cannot be written.
    public static func write(_ graph: ModelGraph, to path: String) throws {
        try AtomicFile.write(encode(graph, path: path, environment: ProcessInfo.processInfo.environment), to: path)
    }

    /// The archive's bytes.
    /// - Throws: `ArtifactError` when Keras cannot express the graph.
    public static func encode(_ graph: ModelGraph) throws -> Data {
        try encode(graph, path: graph.name, environment: ProcessInfo.processInfo.environment)
    }

    /// Reads the archive at `path`.
    /// - Throws: `ArtifactError`: a missing file, a damaged or oversized one, an unknown layer or setting with its place,
    ///   and variables that are missing, left over or of another shape, all in one error.
    public static func read(_ path: String) throws -> ModelGraph {
        try decode(ArtifactFile.read(path), path: path)
    }

    /// Reads an archive's bytes.
    /// - Parameter path: what to call them in errors.
    public static func decode(_ data: Data, path: String) throws -> ModelGraph {
        let archive = try ZipArchive.decode(data, reading: [
            (metadataMember, ArtifactLimits.jsonBytes), (configurationMember, ArtifactLimits.jsonBytes),
            (weightsMember, ArtifactLimits.fileBytes),
        ], path: path)
        func document(_ member: String) throws(ArtifactError) -> JSONPlace {
            try JSONPlace(parsing: archive.member(named: member) ?? Data(), document: member, path: path)
        }
        let metadata = try document(metadataMember)
        let dialect = KerasDialect.archive(version: try metadata.optionalMember("keras_version")?.string())
        let model = try KerasModel(document(configurationMember), dialect)
        let own = try metadata.optionalMember(KerasOwnData.key).map { try KerasOwnData($0, model: model) }
        let decoder = try HDF5Decoder(
            image: archive.member(named: weightsMember) ?? Data(), path: "\(path), \(weightsMember)")
        let weights = KerasWeights(model: model, decoder: decoder, file: .init(
            path: path, place: weightsMember,
            advice: "write the archive again: its config.json and its weights are not of one model"))
        return model.graph(try weights.tensors(), own: own)
    }

    /// The archive's bytes, with the variables of the environment in which it is written.
    static func encode(_ graph: ModelGraph, path: String, environment: [String: String]) throws -> Data {
        let date = try ArchiveDate(environment: environment, writing: path)
        let model = try KerasModel(graph, path: path)
        let metadata = JSONValue.object([
            "date_saved": .string(date.kerasText), "keras_version": .string(kerasVersion),
            // Keras does not read it back. A fourth member would do as well, but makes Keras unpack the archive into a
            // temporary folder.
            KerasOwnData.key: KerasOwnData(graph).json,
        ])
        return try ZipArchive(members: [
            .init(name: metadataMember, content: Data(metadata.text.utf8)),
            .init(name: configurationMember, content: Data(model.configuration.text.utf8)),
            .init(name: weightsMember, content: try HDF5Encoder.encode(model.treeVariables(of: graph), path: path)),
        ]).encode(date: date, path: path)
    }
}
