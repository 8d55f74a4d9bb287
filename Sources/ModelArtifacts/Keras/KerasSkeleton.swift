import ModelGraph

/// The connections of a model as its configuration states them, before any layer's settings are read.
struct KerasSkeleton {
    struct Entry {
        var name: String
        var sources: [String]
        /// The layer's JSON.
        var object: JSONPlace
    }

    private(set) var name: String
    /// In the order in which the model takes them.
    private(set) var inputs: [ModelGraph.Input] = []
    private(set) var outputs: [ModelGraph.Output] = []
    private(set) var entries: [Entry] = []
    let root: JSONPlace
    let dialect: KerasDialect

    init(_ root: JSONPlace, _ dialect: KerasDialect) throws(ArtifactError) {
        self.root = root
        self.dialect = dialect
        let className = try root.member("class_name").string()
        let config = try root.member("config")
        // The oldest Sequential models are nothing but a list of layers.
        let layers = config.isArray ? config : try config.member("layers")
        name = config.isArray ? "sequential" : try config.optionalMember("name")?.string() ?? "model"
        let objects = try layers.elements()
        guard objects.count <= ArtifactLimits.layers else {
            throw layers.error(.tooLarge, "\(objects.count) layers, more than \(ArtifactLimits.layers)")
        }
        switch (className, try KerasLayer.isBuiltIn(root, dialect)) {
        case ("Sequential", true): try readSequential(config, objects)
        case ("Functional", true), ("Model", true): try readFunctional(config, objects)
        default:
            throw root.error(
                .unsupported, "the model is a \(className), neither Sequential nor Functional",
                advice: "build it with keras.Sequential or keras.Model(inputs, outputs) and save it again with Keras 3")
        }
        try requireUniqueNames()
    }

    // MARK: Sequential

    private mutating func readSequential(_ config: JSONPlace, _ objects: [JSONPlace]) throws(ArtifactError) {
        var rest = objects[...]
        guard let first = rest.first else { throw config.error(.unsupported, "the model has no layers") }
        if try Self.isInputLayer(first) {
            rest.removeFirst()
            inputs = [try input(first)]
        } else if let shape = try first.member("config").optionalMember("batch_input_shape"), !shape.isNull {
            let name = try first.member("config").member("name").string()
            inputs = [ModelGraph.Input(name: "\(name)_input", shape: try Self.shape(shape))]
        } else if !config.isArray, let shape = try config.optionalMember("build_input_shape"), !shape.isNull {
            inputs = [ModelGraph.Input(name: "input", shape: try Self.shape(shape))]
        } else {
            throw config.error(.unsupported, "the model was never built, so its input has no shape",
                advice: "add keras.Input(shape) as the first layer and save it again")
        }
        var previous = inputs[0].name
        for object in rest {
            let name = try object.member("config").member("name").string()
            entries.append(try entry(name, [previous], object))
            previous = name
        }
        guard !entries.isEmpty else { throw config.error(.unsupported, "the model has no layers") }
        outputs = [ModelGraph.Output(name: previous, source: previous)]
    }

    // MARK: Functional

    private mutating func readFunctional(_ config: JSONPlace, _ objects: [JSONPlace]) throws(ArtifactError) {
        var found: [String: ModelGraph.Input] = [:]
        for object in objects {
            let name = try object.member("name").string()
            if try Self.isInputLayer(object) {
                var input = try input(object)
                // Connections go by the entry's name, which Keras keeps equal to the layer's.
                input.name = name
                guard found.updateValue(input, forKey: name) == nil else {
                    throw object.error(.malformed, "two inputs are called \(name)")
                }
            } else {
                entries.append(try entry(name, try KerasReference.sources(of: object, named: name), object))
            }
        }
        for reference in try KerasReference.all(in: try config.member("input_layers")) {
            guard let input = found.removeValue(forKey: reference.layer) else {
                throw reference.place.error(.malformed, "there is no input layer \(reference.layer), or it is listed twice")
            }
            inputs.append(input)
        }
        guard found.isEmpty, !inputs.isEmpty else {
            throw config.error(
                .malformed, "input_layers does not list the inputs \(found.keys.sorted().joined(separator: ", "))")
        }
        try readOutputs(try config.member("output_layers"))
    }

    private mutating func readOutputs(_ place: JSONPlace) throws(ArtifactError) {
        let layers = Set(entries.map(\.name))
        var names: Set<String> = []
        for reference in try KerasReference.all(in: place) {
            guard layers.contains(reference.layer) else {
                throw reference.place.error(
                    .malformed, "there is no layer \(reference.layer), which should compute an output")
            }
            let name = reference.key ?? reference.layer
            // A layer may be listed twice.
            var unique = name
            var number = 0
            while !names.insert(unique).inserted {
                number += 1
                unique = "\(name)_\(number)"
            }
            outputs.append(ModelGraph.Output(name: unique, source: reference.layer))
        }
        guard !outputs.isEmpty else { throw place.error(.malformed, "the model has no output") }
    }

    // MARK: Layers

    private func entry(_ name: String, _ sources: [String], _ object: JSONPlace) throws(ArtifactError) -> Entry {
        let className = try object.member("class_name").string()
        guard !["Sequential", "Functional", "Model"].contains(className) else {
            throw object.error(
                .unsupported, "the layer \(name) is a whole model (\(className))",
                advice: "build one flat model from the inner model's layers and save it again")
        }
        return Entry(name: name, sources: sources, object: object)
    }

    private static func isInputLayer(_ object: JSONPlace) throws(ArtifactError) -> Bool {
        try object.member("class_name").string() == "InputLayer"
    }

    private func input(_ object: JSONPlace) throws(ArtifactError) -> ModelGraph.Input {
        let config = try object.member("config")
        var settings = try KerasSettings(config, dialect)
        let isOld = try config.optionalMember("batch_input_shape") != nil
        let shape = try Self.shape(try settings.take(isOld ? "batch_input_shape" : "batch_shape"))
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
