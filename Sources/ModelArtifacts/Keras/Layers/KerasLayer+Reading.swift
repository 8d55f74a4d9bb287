import ModelGraph

extension KerasLayer {
    /// Reads a layer of the module `keras.layers` from its JSON.
    /// - Parameters:
    ///   - object: has `class_name`, `config` and, depending on the dialect, `module`.
    ///   - position: the layer's number in the model, for the error on an unknown class.
    ///   - inputs: the shapes that the layer gets, without the batch axis.
    init(_ object: JSONPlace, position: Int, inputs: [[Int]], dialect: KerasDialect) throws(ArtifactError) {
        guard let layer = try Self.read(object, inputs, dialect) else {
            let className = try object.member("class_name").string()
            throw object.error(
                .unsupported,
                "layer \(position) is a \(className), which is not known; its configuration is "
                    + (try object.member("config").shortText),
                advice: "use the layers that are known: \(Self.knownClasses.joined(separator: ", "))")
        }
        self = layer
    }

    /// Whether the class comes with Keras and is not somebody's own of the same name.
    static func isBuiltIn(_ object: JSONPlace, _ dialect: KerasDialect) throws(ArtifactError) -> Bool {
        guard let module = try object.optionalMember("module"), !module.isNull else { return !dialect.statesModules }
        let name = try module.string()
        return name == "keras" || ["keras.layers", "keras.src.", "tf_keras.src."].contains { name.hasPrefix($0) }
    }

    /// The layer, or nothing when its class is not known.
    private static func read(
        _ object: JSONPlace, _ inputs: [[Int]], _ dialect: KerasDialect
    ) throws(ArtifactError) -> KerasLayer? {
        guard try isBuiltIn(object, dialect) else { return nil }
        let className = try object.member("class_name").string()
        let config = try object.member("config")
        guard let input = inputs.first else { throw config.error(.malformed, "the layer has no input") }
        var settings = try KerasSettings(config, dialect)
        let layer: KerasLayer
        switch className {
        case "Normalization": layer = try normalization(&settings, input)
        case "Dense": layer = .dense(try dense(&settings))
        case "TimeDistributed": layer = .timeDistributed(try timeDistributed(&settings, input))
        case "LSTM": layer = .recurrent(try recurrent(&settings, .lstm))
        case "GRU":
            let resetAfter = try settings.flag("reset_after", default: true)
            layer = .recurrent(try recurrent(&settings, .gru(resetAfter: resetAfter)))
        case "Bidirectional": layer = try bidirectional(&settings, input)
        case "Dropout": layer = .dropout(rate: try settings.take("rate").float())
        case "RepeatVector": layer = .repeatVector(count: try settings.take("n").extent())
        case "BatchNormalization", "LayerNormalization":
            try settings.requireLastAxis("axis", rank: input.count)
            let (epsilon, center) = (try settings.take("epsilon").float(), try settings.flag("center", default: true))
            let scale = try settings.flag("scale", default: true)
            layer = className == "BatchNormalization" ? .batchNormalization(epsilon: epsilon, center: center, scale: scale)
                : .layerNormalization(epsilon: epsilon, center: center, scale: scale)
        case "Flatten": layer = try flatten(&settings, input)
        case "Reshape": layer = .reshape(try reshape(&settings, input))
        case "Rescaling":
            let scale = try settings.take("scale").scalarOrVector(count: input.last ?? 1)
            let offset = try settings.takeOptional("offset")?.scalarOrVector(count: input.last ?? 1)
            layer = .rescaling(scale: scale, offset: offset ?? Tensor(scalar: 0))
        case "Activation": layer = .activation(try settings.activation())
        case "ReLU", "LeakyReLU", "ELU", "Softmax":
            layer = .activation(try settings.activation(ofLayer: className, rank: input.count))
        case "Add": layer = .add
        case "Multiply": layer = .multiply
        case "Subtract": layer = .subtract
        case "Concatenate": layer = .concatenate(axis: try settings.axis("axis", rank: input.count))
        default: return nil
        }
        try settings.finish()
        return layer
    }

    private static func normalization(
        _ settings: inout KerasSettings, _ input: [Int]
    ) throws(ArtifactError) -> KerasLayer {
        try settings.requireLastAxis("axis", rank: input.count)
        let mean = try settings.takeOptional("mean")
        let variance = try settings.takeOptional("variance")
        guard let mean, let variance else { return .normalization(fixed: nil) }
        let features = input.last ?? 1
        func statistics(_ place: JSONPlace) throws(ArtifactError) -> [Float] {
            let values = try place.flattenedFloats()
            // A single number goes for all features, but a small file must not claim much memory that way.
            if values.count == 1, features <= 4096 { return Array(repeating: values[0], count: features) }
            guard values.count == features else {
                throw place.error(.weightsDisagree, "\(values.count) values, but \(features) features come in")
            }
            return values
        }
        return .normalization(fixed: FixedStatistics(mean: try statistics(mean), variance: try statistics(variance)))
    }

    private static func dense(_ settings: inout KerasSettings) throws(ArtifactError) -> Dense {
        Dense(
            units: try settings.take("units").extent(), activation: try settings.activation(),
            useBias: try settings.flag("use_bias", default: true), trainable: try settings.flag("trainable", default: true))
    }

    private static func timeDistributed(
        _ settings: inout KerasSettings, _ input: [Int]
    ) throws(ArtifactError) -> KerasLayer {
        let inner = try settings.take("layer")
        guard input.count >= 2 else {
            throw settings.place.error(.malformed, "TimeDistributed needs a time axis, but its input has the shape \(input)")
        }
        guard let layer = try read(inner, [Array(input.dropFirst())], settings.dialect) else {
            throw inner.error(.unsupported, "TimeDistributed around \(inner.shortText), which is not known")
        }
        return layer
    }

    private static func recurrent(
        _ settings: inout KerasSettings, _ cell: Recurrent.Cell
    ) throws(ArtifactError) -> Recurrent {
        Recurrent(
            cell: cell, units: try settings.take("units").extent(), activation: try settings.activation(),
            recurrentActivation: try settings.activation("recurrent_activation"),
            useBias: try settings.flag("use_bias", default: true),
            returnSequences: try settings.flag("return_sequences", default: false),
            goBackwards: try settings.flag("go_backwards", default: false))
    }

    private static func bidirectional(
        _ settings: inout KerasSettings, _ input: [Int]
    ) throws(ArtifactError) -> KerasLayer {
        let dialect = settings.dialect
        func direction(_ place: JSONPlace) throws(ArtifactError) -> Recurrent {
            guard case let .recurrent(layer)? = try read(place, [input], dialect) else {
                throw place.error(.unsupported, "Bidirectional around \(place.shortText); LSTM and GRU are read in it")
            }
            return layer
        }
        let forward = try direction(try settings.take("layer"))
        var backward = forward
        backward.goBackwards.toggle()
        if let own = try settings.takeOptional("backward_layer") { backward = try direction(own) }
        let mode = try settings.take("merge_mode")
        guard !mode.isNull, let merge = BidirectionalMerge(rawValue: try mode.string()) else {
            let known = BidirectionalMerge.allCases.map(\.rawValue).joined(separator: ", ")
            throw mode.error(.unsupported, "the merge mode \(mode.shortText); known are \(known)")
        }
        return .bidirectional(forward: forward, backward: backward, merge: merge)
    }

    private static func flatten(_ settings: inout KerasSettings, _ input: [Int]) throws(ArtifactError) -> KerasLayer {
        let format = try settings.takeOptional("data_format")
        if let format, try format.string() != "channels_last", input.count > 1 {
            throw format.error(.unsupported, "\(format.shortText); only channels_last is read")
        }
        return .flatten
    }

    /// The target shape; one extent may be −1, which then takes what is left.
    private static func reshape(_ settings: inout KerasSettings, _ input: [Int]) throws(ArtifactError) -> [Int] {
        let place = try settings.take("target_shape")
        var shape: [Int] = []
        var open: Int?
        for (axis, element) in try place.elements().enumerated() {
            if element.value == .integer(-1), open == nil {
                open = axis
                shape.append(1)
            } else {
                shape.append(try element.extent())
            }
        }
        guard let open else { return shape }
        let total = input.reduce(1, *)
        let rest = try TensorShape.count(shape) { place.error(.tooLarge, "the shape \(shape) is too large") }
        guard total % rest == 0 else {
            throw place.error(.malformed, "\(place.shortText) does not fit the input's shape \(input)")
        }
        shape[open] = total / rest
        return shape
    }
}
