import ModelGraph

extension KerasLayer {
    /// The layer as Keras' `deserialize_keras_object` reads it. Settings that are left out take Keras' defaults.
    func serialized(name: String) -> [String: JSONValue] {
        Self.serialized(className: className, config: configuration(name: name))
    }

    /// Any object of the module `keras.layers`.
    static func serialized(className: String, config: [String: JSONValue]) -> [String: JSONValue] {
        [
            "module": .string("keras.layers"), "class_name": .string(className), "config": .object(config),
            "registered_name": .null,
        ]
    }

    /// The layer's settings alone, as the files of every generation have them.
    func configuration(name: String) -> [String: JSONValue] {
        var settings: [String: JSONValue] = ["name": .string(name), "dtype": .string("float32"), "trainable": .bool(true)]
        settings.merge(ownSettings(name: name)) { $1 }
        return settings
    }

    /// The settings that make the class what it is.
    private func ownSettings(name: String) -> [String: JSONValue] {
        switch self {
        case let .normalization(fixed):
            ["axis": .integers([-1]), "invert": .bool(false)].merging(fixed?.settings ?? [:]) { $1 }
        case let .dense(dense): dense.settings
        // The names of inner layers are never referred to.
        case let .timeDistributed(inner): ["layer": .object(inner.serialized(name: "\(name)_\(inner.snakeCaseName)"))]
        case let .recurrent(layer): layer.settings
        case let .bidirectional(forward, backward, merge):
            [
                "layer": .object(KerasLayer.recurrent(forward).serialized(name: forward.directedName)),
                "backward_layer": .object(KerasLayer.recurrent(backward).serialized(name: backward.directedName)),
                "merge_mode": .string(merge.rawValue),
            ]
        case let .dropout(rate): ["rate": .float(rate)]
        case let .repeatVector(count): ["n": .integer(count)]
        case let .batchNormalization(epsilon, center, scale), let .layerNormalization(epsilon, center, scale):
            ["axis": .integer(-1), "epsilon": .float(epsilon), "center": .bool(center), "scale": .bool(scale)]
        case .flatten: ["data_format": .string("channels_last")]
        case let .reshape(shape): ["target_shape": .integers(shape)]
        case let .rescaling(scale, offset): ["scale": Self.numbers(scale), "offset": Self.numbers(offset)]
        case let .activation(activation): ["activation": .string(activation.rawValue)]
        case .add, .multiply, .subtract: [:]
        // Keras counts the batch axis too.
        case let .concatenate(axis): ["axis": .integer(axis + 1)]
        }
    }

    /// A number, or a list of them.
    private static func numbers(_ tensor: Tensor) -> JSONValue {
        tensor.shape.isEmpty ? .float(tensor.values[0]) : .array(tensor.values.map(JSONValue.float))
    }
}

extension KerasLayer.FixedStatistics {
    fileprivate var settings: [String: JSONValue] {
        ["mean": .array(mean.map(JSONValue.float)), "variance": .array(variance.map(JSONValue.float))]
    }
}

extension KerasLayer.Dense {
    fileprivate var settings: [String: JSONValue] {
        [
            "units": .integer(units), "activation": .string(activation.rawValue), "use_bias": .bool(useBias),
            "trainable": .bool(trainable),
        ]
    }
}

extension KerasLayer.Recurrent {
    /// The name inside a bidirectional layer, from which Keras makes the names of the variables: `forward_lstm`.
    var directedName: String { (goBackwards ? "backward_" : "forward_") + className.lowercased() }

    fileprivate var settings: [String: JSONValue] {
        var settings: [String: JSONValue] = [
            "units": .integer(units), "activation": .string(activation.rawValue),
            "recurrent_activation": .string(recurrentActivation.rawValue), "use_bias": .bool(useBias),
            "return_sequences": .bool(returnSequences), "return_state": .bool(false), "go_backwards": .bool(goBackwards),
            "stateful": .bool(false), "unroll": .bool(false),
        ]
        if case let .gru(resetAfter) = cell { settings["reset_after"] = .bool(resetAfter) }
        return settings
    }
}
