import ModelGraph

/// The connections of a model as its configuration states them, before any layer's settings are read.
struct KerasSkeleton {
    struct Entry {
        var name: String
        var sources: [String]
        /// The layer's JSON.
        var object: JSONPlace
    }

    private(set) var name = ""
    private(set) var input = ModelGraph.Input(name: "", shape: [])
    private(set) var output = ""
    private(set) var entries: [Entry] = []
    private let root: JSONPlace

    init(_ root: JSONPlace) throws(ArtifactError) {
        self.root = root
        let className = try root.member("class_name").string()
        let config = try root.member("config")
        name = try config.member("name").string()
        let objects = try config.member("layers").elements()
        guard objects.count <= ArtifactLimits.layers else {
            throw config.error(.tooLarge, "\(objects.count) layers, more than \(ArtifactLimits.layers)")
        }
        switch (className, try KerasLayer.isBuiltIn(root)) {
        case ("Sequential", true): try readSequential(config, objects)
        case ("Functional", true), ("Model", true): try readFunctional(config, objects)
        default:
            throw root.error(
                .unsupported, "the model is a \(className), neither Sequential nor Functional of Keras 3",
                advice: "build it with keras.Sequential or keras.Model(inputs, outputs) and save it again with Keras 3")
        }
        try requireUniqueNames()
    }

    // MARK: Sequential

    private mutating func readSequential(_ config: JSONPlace, _ objects: [JSONPlace]) throws(ArtifactError) {
        var rest = objects[...]
        if let first = rest.first, try Self.isInputLayer(first) {
            rest.removeFirst()
            input = try Self.input(first)
        } else if let shape = try config.optionalMember("build_input_shape"), !shape.isNull {
            input = ModelGraph.Input(name: "input", shape: try Self.shape(shape))
        } else {
            throw config.error(.unsupported, "the model was never built, so its input has no shape",
                advice: "add keras.Input(shape) as the first layer and save it again")
        }
        var previous = input.name
        for object in rest {
            let name = try object.member("config").member("name").string()
            entries.append(Entry(name: name, sources: [previous], object: object))
            previous = name
        }
        guard !entries.isEmpty else { throw config.error(.unsupported, "the model has no layers") }
        output = previous
    }

    // MARK: Functional

    private mutating func readFunctional(_ config: JSONPlace, _ objects: [JSONPlace]) throws(ArtifactError) {
        let inputName = try Self.singleReference(try config.member("input_layers"))
        output = try Self.singleReference(try config.member("output_layers"))
        for object in objects {
            let name = try object.member("name").string()
            if try Self.isInputLayer(object) {
                guard name == inputName else {
                    throw object.error(.unsupported, "a second input, \(name); models with one input are read")
                }
                input = try Self.input(object)
                // Connections go by the entry's name, which Keras keeps equal to the layer's.
                input.name = name
            } else {
                entries.append(Entry(name: name, sources: try Self.sources(object), object: object))
            }
        }
        guard input.name == inputName else { throw config.error(.malformed, "there is no input layer \(inputName)") }
        guard entries.contains(where: { $0.name == output }) else {
            throw config.error(.malformed, "there is no layer \(output), which should compute the output")
        }
    }

    /// The layers that a layer is called on, from its only inbound node.
    private static func sources(_ object: JSONPlace) throws(ArtifactError) -> [String] {
        let nodes = try object.member("inbound_nodes")
        let calls = try nodes.elements()
        guard calls.count == 1 else {
            throw nodes.error(.unsupported, "the layer is called \(calls.count) times; layers that are called once are read")
        }
        guard !calls[0].isArray else {
            throw calls[0].error(.unsupported, "a connection as Keras 2 writes it", advice: "load the model in Keras 2 and "
                + "save its weights, rebuild it in Keras 3, load the weights and save it")
        }
        let keywords = try calls[0].member("kwargs")
        for key in try keywords.object().keys.sorted() {
            guard let value = try keywords.optionalMember(key), !value.isOff else { continue }
            throw value.error(.unsupported, "the layer is called with \(key) = \(value.shortText)")
        }
        let arguments = try calls[0].member("args")
        guard let first = try arguments.elements().first, try arguments.elements().count == 1 else {
            throw arguments.error(.unsupported, "the layer is not called on one tensor or one list of tensors")
        }
        var names: [String] = []
        for tensor in first.isArray ? try first.elements() : [first] {
            names.append(try reference(try tensor.member("config").member("keras_history")))
        }
        return names
    }

    /// One reference, alone or in a list of one.
    private static func singleReference(_ place: JSONPlace) throws(ArtifactError) -> String {
        let elements = try place.elements()
        if let first = elements.first, first.isArray {
            guard elements.count == 1 else {
                throw place.error(.unsupported, "\(elements.count) inputs or outputs; models with one of each are read")
            }
            return try reference(first)
        }
        return try reference(place)
    }

    /// `[layer, 0, 0]`: the first result of the layer's first call.
    private static func reference(_ place: JSONPlace) throws(ArtifactError) -> String {
        let parts = try place.elements()
        guard parts.count == 3, try parts[1].integer() == 0, try parts[2].integer() == 0 else {
            throw place.error(.unsupported, "\(place.shortText) is not the first result of a layer's first call")
        }
        return try parts[0].string()
    }

    // MARK: Inputs

    private static func isInputLayer(_ object: JSONPlace) throws(ArtifactError) -> Bool {
        try object.member("class_name").string() == "InputLayer"
    }

    private static func input(_ object: JSONPlace) throws(ArtifactError) -> ModelGraph.Input {
        let config = try object.member("config")
        var settings = try KerasSettings(config)
        let shape = try shape(try settings.take("batch_shape"))
        try settings.finish()
        return ModelGraph.Input(name: try config.member("name").string(), shape: shape)
    }

    /// A shape whose first extent is the batch, of any size.
    private static func shape(_ place: JSONPlace) throws(ArtifactError) -> [Int] {
        let extents = try place.elements().dropFirst()
        guard !extents.isEmpty else { throw place.error(.malformed, "a shape without axes after the batch") }
        var shape: [Int] = []
        for extent in extents {
            guard !extent.isNull else {
                throw extent.error(
                    .unsupported, "an extent that is left open in \(place.shortText)",
                    advice: "give keras.Input every extent but the batch's and save the model again")
            }
            shape.append(try extent.extent())
        }
        _ = try TensorShape.count(shape) { place.error(.tooLarge, "the shape \(shape) is too large") }
        return shape
    }
}

// MARK: - Order

extension KerasSkeleton {
    private func requireUniqueNames() throws(ArtifactError) {
        var seen: Set<String> = [input.name]
        for entry in entries {
            guard seen.insert(entry.name).inserted else {
                throw entry.object.error(.malformed, "the name \(entry.name) is taken by an earlier layer")
            }
        }
    }

    /// The layers, each after those that it reads, and otherwise in the file's order.
    func sorted() throws(ArtifactError) -> [Entry] {
        let numbers = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.name, $0) })
        var sorted: [Entry] = []
        var begun = [Bool](repeating: false, count: entries.count)
        var finished: Set<String> = [input.name]
        // A depth-first search with a stack of its own, because a file may chain thousands of layers.
        for start in entries.indices where !begun[start] {
            begun[start] = true
            var stack = [(entry: start, nextSource: 0)]
            while let (number, next) = stack.last {
                let entry = entries[number]
                guard next < entry.sources.count else {
                    stack.removeLast()
                    finished.insert(entry.name)
                    sorted.append(entry)
                    continue
                }
                stack[stack.count - 1].nextSource += 1
                let source = entry.sources[next]
                if finished.contains(source) { continue }
                guard let sourceNumber = numbers[source], !begun[sourceNumber] else {
                    throw entry.object.error(
                        .malformed, "the layer \(entry.name) reads \(source), which is missing or depends on it")
                }
                begun[sourceNumber] = true
                stack.append((sourceNumber, 0))
            }
        }
        return sorted
    }
}
