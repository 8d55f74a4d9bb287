import ModelGraph

extension KerasLayer {
    /// Reads a layer of the module `keras.layers` from its JSON.
    /// - Parameters:
    ///   - object: has `module`, `class_name`, `config`.
    ///   - position: the layer's number in the model, for the error on an unknown class.
    ///   - inputs: the shapes that the layer gets, without the batch axis.
    init(_ object: JSONPlace, position: Int, inputs: [[Int]]) throws(ArtifactError) {
        let className = try object.member("class_name").string()
        let config = try object.member("config")
        guard try Self.isBuiltIn(object), let layer = try Self.read(className, config, inputs) else {
            throw object.error(
                .unsupported,
                "layer \(position) is a \(className), which is not known; its configuration is \(config.shortText)",
                advice: "use the layers that are known: \(Self.knownClasses.joined(separator: ", "))")
        }
        self = layer
    }

    /// Whether the class comes with Keras and is not somebody's own of the same name.
    static func isBuiltIn(_ object: JSONPlace) throws(ArtifactError) -> Bool {
        guard let module = try object.optionalMember("module"), !module.isNull else { return false }
        let name = try module.string()
        return name == "keras" || name.hasPrefix("keras.layers") || name.hasPrefix("keras.src.")
    }

    private static func read(
        _ className: String, _ config: JSONPlace, _ inputs: [[Int]]
    ) throws(ArtifactError) -> KerasLayer? {
        guard let input = inputs.first else { throw config.error(.malformed, "the layer has no input") }
        var settings = try KerasSettings(config)
        let layer: KerasLayer
        switch className {
        case "Normalization": layer = try normalization(&settings, input)
        case "Dense": layer = .dense(try dense(&settings))
        case "TimeDistributed": layer = .timeDistributed(try timeDistributed(&settings, input))
        case "LSTM": layer = .lstm(try lstm(&settings))
        case "Dropout": layer = .dropout(rate: try settings.take("rate").float())
        case "RepeatVector": layer = .repeatVector(count: try settings.take("n").extent())
        case "BatchNormalization": layer = try batchNormalization(&settings, input)
        case "Flatten": layer = try flatten(&settings, input)
        case "Reshape": layer = .reshape(try reshape(&settings, input))
        case "Rescaling":
            layer = .rescaling(
                scale: try settings.take("scale").float(), offset: try settings.takeOptional("offset")?.float() ?? 0)
        case "Activation": layer = .activation(try settings.activation())
        case "Add": layer = .add
        case "Multiply": layer = .multiply
        case "Subtract": layer = .subtract
        case "Concatenate":
            try settings.requireLastAxis("axis", rank: input.count)
            layer = .concatenate(axis: input.count - 1)
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
    ) throws(ArtifactError) -> Dense {
        let inner = try settings.take("layer")
        guard input.count >= 2 else {
            throw settings.place.error(.malformed, "TimeDistributed needs a time axis, but its input has the shape \(input)")
        }
        guard try isBuiltIn(inner), case let .dense(dense)? = try read(
            try inner.member("class_name").string(), try inner.member("config"), [Array(input.dropFirst())])
        else {
            throw inner.error(.unsupported, "TimeDistributed around \(inner.shortText); only Dense is read in it")
        }
        return dense
    }

    private static func lstm(_ settings: inout KerasSettings) throws(ArtifactError) -> LSTM {
        LSTM(
            units: try settings.take("units").extent(), activation: try settings.activation(),
            recurrentActivation: try settings.activation("recurrent_activation"),
            useBias: try settings.flag("use_bias", default: true),
            returnSequences: try settings.flag("return_sequences", default: false))
    }

    private static func batchNormalization(
        _ settings: inout KerasSettings, _ input: [Int]
    ) throws(ArtifactError) -> KerasLayer {
        try settings.requireLastAxis("axis", rank: input.count)
        return .batchNormalization(
            epsilon: try settings.take("epsilon").float(), center: try settings.flag("center", default: true),
            scale: try settings.flag("scale", default: true))
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
