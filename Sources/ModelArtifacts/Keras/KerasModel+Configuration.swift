import ModelGraph

extension KerasModel {
    /// `config.json` as Keras' own functional models have it, so that `keras.models.load_model` needs no custom objects.
    var configuration: JSONValue {
        var entries = [inputLayer]
        for layer in layers {
            let tensors = zip(layer.sources, layer.inputShapes).map { Self.tensor(from: $0, shape: $1) }
            let arguments = layer.kind.mergesSeveralInputs ? [JSONValue.array(tensors)] : tensors
            var entry = layer.kind.serialized(name: layer.name)
            entry["name"] = .string(layer.name)
            entry["build_config"] = .object(["input_shape": Self.batched(layer)])
            entry["inbound_nodes"] = .array([.object(["args": .array(arguments), "kwargs": .object([:])])])
            entries.append(.object(entry))
        }
        return .object([
            "module": .string("keras.src.models.functional"), "class_name": .string("Functional"),
            "registered_name": .string("Functional"),
            "config": .object([
                "name": .string(name), "trainable": .bool(true), "layers": .array(entries),
                "input_layers": Self.reference(to: input.name), "output_layers": Self.reference(to: output),
            ]),
        ])
    }

    private var inputLayer: JSONValue {
        var entry = KerasLayer.serialized(className: "InputLayer", config: [
            "batch_shape": Self.batched(input.shape), "dtype": .string("float32"), "sparse": .bool(false),
            "ragged": .bool(false), "optional": .bool(false), "name": .string(input.name),
        ])
        entry["name"] = .string(input.name)
        entry["inbound_nodes"] = .array([])
        return .object(entry)
    }

    private static func batched(_ layer: Layer) -> JSONValue {
        layer.kind.mergesSeveralInputs ? .array(layer.inputShapes.map(batched)) : batched(layer.inputShapes[0])
    }

    private static func batched(_ shape: [Int]) -> JSONValue { .array([.null] + shape.map(JSONValue.integer)) }

    private static func reference(to layer: String) -> JSONValue { .array([.string(layer), .integer(0), .integer(0)]) }

    /// A tensor by the layer that computes it: its first call, its first result.
    private static func tensor(from layer: String, shape: [Int]) -> JSONValue {
        .object([
            "class_name": .string("__keras_tensor__"),
            "config": .object([
                "shape": batched(shape), "dtype": .string("float32"), "keras_history": reference(to: layer),
            ]),
        ])
    }
}
