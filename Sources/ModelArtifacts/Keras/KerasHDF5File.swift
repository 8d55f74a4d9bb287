import Foundation
import ModelGraph

/// Whole models in one HDF5 file (`.h5`), Keras' format before `.keras`: the configuration is an attribute of the root, the
/// weights lie in `model_weights` in the layout of Keras 2.
///
/// The configuration is written in the spelling that Keras 2 and Keras 3 have in common, so that both load it. The file says
/// that it is of Keras 3, which matters for one function: Keras 2 does not look, and would compute another `hard_sigmoid`.
enum KerasHDF5File {
    private static let weightsGroup = "model_weights"

    static func decode(_ data: Data, path: String) throws -> ModelGraph {
        let decoder = try HDF5Decoder(image: data, path: path)
        guard let text = try string("model_config", decoder) else {
            throw ArtifactError(
                .unsupported, .read, path, "it holds no model_config, so it is not a whole model but weights at most",
                advice: "give the JSON file of the model first and this one as its weights")
        }
        let dialect = KerasDialect.wholeFile(version: try string("keras_version", decoder))
        let model = try KerasModel(
            JSONPlace(parsing: Data(text.utf8), document: "model_config", path: path), dialect)
        let own = try string(KerasOwnData.key, decoder).map {
            try KerasOwnData(JSONPlace(parsing: Data($0.utf8), document: KerasOwnData.key, path: path), model: model)
        }
        let weights = KerasWeights(model: model, decoder: decoder, file: .init(
            path: path, place: weightsGroup,
            advice: "save the model again: its model_config and its weights are not of one model"))
        return model.graph(try weights.tensors(), own: own)
    }

    static func encode(_ graph: ModelGraph, path: String) throws -> Data {
        let contents = try contents(of: graph, path: path)
        return try HDF5Encoder.encode(contents.variables, attributes: contents.attributes, path: path)
    }

    /// What the file holds.
    static func contents(
        of graph: ModelGraph, path: String
    ) throws(ArtifactError) -> (variables: [HDF5Encoder.Variable], attributes: [HDF5Encoder.Attribute]) {
        let model = try KerasModel(graph, path: path)
        var attributes = [("keras_version", KerasArchive.kerasVersion), ("backend", "jax")].flatMap { name, value in
            ["", weightsGroup].map { HDF5Encoder.Attribute(object: $0, name: name, value: .string(value)) }
        }
        attributes.append(.init(object: "", name: "model_config", value: .string(model.oldConfiguration.text)))
        attributes.append(.init(object: "", name: KerasOwnData.key, value: .string(KerasOwnData(graph).json.text)))
        let names = model.order()
        let layers = Dictionary(uniqueKeysWithValues: model.layers.map { ($0.name, $0) })
        attributes += list("layer_names", names, of: weightsGroup)
        for name in names {
            // An input has none, but is listed.
            let variables = (layers[name]?.variables ?? []).map { "\(name)/\($0.qualifiedName)" }
            attributes += list("weight_names", variables, of: "\(weightsGroup)/\(name)")
        }
        let variables = model.variables(of: graph) { layer, variable in
            "\(weightsGroup)/\(layer.name)/\(layer.name)/\(variable.qualifiedName)"
        }
        return (variables, attributes)
    }

    /// A list of names, cut as Keras cuts it when one attribute cannot hold it.
    private static func list(_ name: String, _ names: [String], of object: String) -> [HDF5Encoder.Attribute] {
        let longest = max(1, names.map(\.utf8.count).max() ?? 1)
        let most = max(1, HDF5Encoder.longestList / longest)
        guard names.count > most else { return [.init(object: object, name: name, value: .strings(names))] }
        return stride(from: 0, to: names.count, by: most).enumerated().map { part, start in
            .init(object: object, name: "\(name)\(part)", value: .strings(Array(names[start...].prefix(most))))
        }
    }

    /// A text in an attribute of the root.
    private static func string(_ name: String, _ decoder: HDF5Decoder) throws(ArtifactError) -> String? {
        guard case let .strings(texts)? = try decoder.attribute(name, of: "") else { return nil }
        return texts.first
    }
}
