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

    private func configuration(name: String) -> [String: JSONValue] {
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
        case let .timeDistributed(dense):
            // Only the inner layer has weights, and its name is never referred to.
            ["layer": .object(KerasLayer.dense(dense).serialized(name: "\(name)_dense"))]
        case let .lstm(lstm): lstm.settings
        case let .dropout(rate): ["rate": .float(rate)]
        case let .repeatVector(count): ["n": .integer(count)]
        case let .batchNormalization(epsilon, center, scale):
            ["axis": .integer(-1), "epsilon": .float(epsilon), "center": .bool(center), "scale": .bool(scale)]
        case .flatten: ["data_format": .string("channels_last")]
        case let .reshape(shape): ["target_shape": .integers(shape)]
        case let .rescaling(scale, offset): ["scale": .float(scale), "offset": .float(offset)]
        case let .activation(activation): ["activation": .string(activation.rawValue)]
        case .add, .multiply, .subtract: [:]
        // Keras counts the batch axis too.
        case let .concatenate(axis): ["axis": .integer(axis + 1)]
        }
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

extension KerasLayer.LSTM {
    fileprivate var settings: [String: JSONValue] {
        [
            "units": .integer(units), "activation": .string(activation.rawValue),
            "recurrent_activation": .string(recurrentActivation.rawValue), "use_bias": .bool(useBias),
            "return_sequences": .bool(returnSequences), "return_state": .bool(false), "go_backwards": .bool(false),
            "stateful": .bool(false), "unroll": .bool(false),
        ]
    }
}
