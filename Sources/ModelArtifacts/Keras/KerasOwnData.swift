import ModelGraph

/// What a `ModelGraph` holds and Keras' own configuration does not. It travels in each file in a place that Keras passes
/// over.
struct KerasOwnData: Equatable {
    /// The key under which it stands.
    static let key = "dwcp"

    var metadata: [String: String]
    /// The names of the outputs, in the order of Keras' list.
    var outputs: [String]

    init(_ graph: ModelGraph) {
        metadata = graph.metadata
        outputs = graph.outputs.map(\.name)
    }

    /// Reads the data of a file whose model has `model`'s outputs.
    /// - Throws: `ArtifactError` when it names another number of outputs, or two alike.
    init(_ place: JSONPlace, model: KerasModel) throws(ArtifactError) {
        metadata = [:]
        let entries = try place.member("metadata")
        for key in try entries.object().keys { metadata[key] = try entries.member(key).string() }
        outputs = []
        let names = try place.member("outputs")
        for name in try names.elements() { outputs.append(try name.string()) }
        guard outputs.count == model.outputs.count, Set(outputs).count == outputs.count else {
            throw names.error(.malformed, "\(names.shortText) should name the model's \(model.outputs.count) outputs")
        }
    }

    var json: JSONValue {
        .object([
            "metadata": .object(metadata.mapValues(JSONValue.string)), "outputs": .array(outputs.map(JSONValue.string)),
        ])
    }
}
