/// A place in a configuration that names a layer's result: `[layer, 0, 0]`, the first result of the layer's first call.
struct KerasReference {
    var layer: String
    /// The key under which a dictionary holds the reference.
    var key: String?
    var place: JSONPlace

    /// The references in lists and dictionaries, in the order in which Keras takes them: dictionaries by key.
    static func all(in place: JSONPlace, key: String? = nil) throws(ArtifactError) -> [KerasReference] {
        var found: [KerasReference] = []
        if case let .object(members) = place.value {
            for key in members.keys.sorted() { found += try all(in: try place.member(key), key: key) }
            return found
        }
        let elements = try place.elements()
        if case .string? = elements.first?.value {
            return [KerasReference(layer: try layer(elements, place), key: key, place: place)]
        }
        for element in elements { found += try all(in: element, key: key) }
        return found
    }

    /// The layers that a layer is called on, from its only inbound node.
    static func sources(of object: JSONPlace, named name: String) throws(ArtifactError) -> [String] {
        let nodes = try object.member("inbound_nodes")
        let calls = try nodes.elements()
        guard calls.count == 1 else {
            throw nodes.error(
                .unsupported, "the layer \(name) is called \(calls.count) times; layers that are called once are read",
                advice: "give each call a layer of its own, with the same weights, and save the model again")
        }
        return calls[0].isArray ? try sources(ofOldCall: calls[0]) : try sources(ofCall: calls[0])
    }

    /// As Keras 3 writes a call: positional arguments with tensors that know where they come from, and keywords.
    private static func sources(ofCall call: JSONPlace) throws(ArtifactError) -> [String] {
        try requireOff(try call.member("kwargs"))
        let arguments = try call.member("args")
        guard let first = try arguments.elements().first, try arguments.elements().count == 1 else {
            throw arguments.error(.unsupported, "the layer is not called on one tensor or one list of tensors")
        }
        var names: [String] = []
        for tensor in first.isArray ? try first.elements() : [first] {
            let history = try tensor.member("config").member("keras_history")
            names.append(try layer(try history.elements(), history))
        }
        return names
    }

    /// As Keras 2 writes a call: a list of `[layer, 0, 0, keywords]`.
    private static func sources(ofOldCall call: JSONPlace) throws(ArtifactError) -> [String] {
        var names: [String] = []
        for tensor in try call.elements() {
            let parts = try tensor.elements()
            if parts.count == 4 { try requireOff(parts[3]) }
            names.append(try layer(parts.count == 4 ? Array(parts.dropLast()) : parts, tensor))
        }
        return names
    }

    /// Checks that a call has no keyword that is switched on.
    private static func requireOff(_ keywords: JSONPlace) throws(ArtifactError) {
        for key in try keywords.object().keys.sorted() {
            guard let value = try keywords.optionalMember(key), !value.isOff else { continue }
            throw value.error(.unsupported, "the layer is called with \(key) = \(value.shortText)")
        }
    }

    private static func layer(_ parts: [JSONPlace], _ place: JSONPlace) throws(ArtifactError) -> String {
        guard parts.count == 3, try parts[1].integer() == 0, try parts[2].integer() == 0 else {
            throw place.error(.unsupported, "\(place.shortText) is not the first result of a layer's first call")
        }
        return try parts[0].string()
    }
}
