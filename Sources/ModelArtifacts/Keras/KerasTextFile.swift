import Foundation
import ModelGraph

/// A model's configuration as JSON (`to_json`) with its weights in an HDF5 file of their own.
enum KerasTextFile {
    /// - Parameter weights: the weights file's bytes and path, in the layout of Keras 3 (`.weights.h5`) or of Keras 2, or a
    ///   whole-model file, from which only the weights are taken.
    static func decode(_ text: Data, path: String, weights: (data: Data, path: String)) throws -> ModelGraph {
        let root = try JSONPlace(parsing: text, document: "JSON", path: path)
        let model = try KerasModel(root, KerasDialect.text(root))
        let own = try root.optionalMember(KerasOwnData.key).map { try KerasOwnData($0, model: model) }
        let decoder = try HDF5Decoder(image: weights.data, path: weights.path)
        let matched = KerasWeights(model: model, decoder: decoder, file: .init(
            path: weights.path, advice: "give the weights that were saved with the model of \(path)"))
        return model.graph(try matched.tensors(), own: own)
    }

    /// The text, and the weights in the layout of Keras 3.
    static func encode(_ graph: ModelGraph, path: String) throws -> (text: Data, weights: Data) {
        let model = try KerasModel(graph, path: path)
        guard case var .object(members) = model.configuration else { preconditionFailure("a configuration is an object") }
        // Keras passes over members that it does not know.
        members[KerasOwnData.key] = KerasOwnData(graph).json
        let weights = try HDF5Encoder.encode(model.treeVariables(of: graph), path: path)
        return (Data(JSONValue.object(members).text.utf8), weights)
    }
}
