import ModelGraph

extension KerasModel {
    /// `config.json` as Keras' own functional models have it, so that `keras.models.load_model` needs no custom objects.
    var configuration: JSONValue {
        var members = functional(layers: inputs.map(Self.inputLayer) + layers.map { layer in
            let tensors = zip(layer.sources, layer.inputShapes).map { Self.tensor(from: $0, shape: $1) }
            let arguments = layer.kind.mergesSeveralInputs ? [JSONValue.array(tensors)] : tensors
            var entry = layer.kind.serialized(name: layer.name)
            entry["name"] = .string(layer.name)
            entry["build_config"] = .object(["input_shape": Self.batched(layer)])
            entry["inbound_nodes"] = .array([.object(["args": .array(arguments), "kwargs": .object([:])])])
            return .object(entry)
        })
        members["module"] = .string("keras.src.models.functional")
        members["registered_name"] = .string("Functional")
        return .object(members)
    }

    /// The `model_config` of HDF5 files, in the spelling of Keras 2, which Keras 3 reads too: no modules, shapes of inputs
    /// as `batch_input_shape`, connections as `[layer, 0, 0, keywords]`.
    var oldConfiguration: JSONValue {
        .object(functional(layers: inputs.map(Self.oldInputLayer) + layers.map { layer in
            let sources = layer.sources.map { name in
                JSONValue.array([.string(name), .integer(0), .integer(0), .object([:])])
            }
            return .object([
                "class_name": .string(layer.kind.className), "name": .string(layer.name),
                "config": .object(layer.kind.configuration(name: layer.name)), "inbound_nodes": .array([.array(sources)]),
            ])
        }))
    }

    private func functional(layers: [JSONValue]) -> [String: JSONValue] {
        [
            "class_name": .string("Functional"),
            "config": .object([
                "name": .string(name), "trainable": .bool(true), "layers": .array(layers),
                "input_layers": .array(inputs.map { Self.reference(to: $0.name) }),
                "output_layers": .array(outputs.map { Self.reference(to: $0.source) }),
            ]),
        ]
    }

    private static func inputLayer(_ input: ModelGraph.Input) -> JSONValue {
        var entry = KerasLayer.serialized(className: "InputLayer", config: [
            "batch_shape": batched(input.shape), "dtype": .string("float32"), "sparse": .bool(false),
            "ragged": .bool(false), "optional": .bool(false), "name": .string(input.name),
        ])
        entry["name"] = .string(input.name)
        entry["inbound_nodes"] = .array([])
        return .object(entry)
    }

    private static func oldInputLayer(_ input: ModelGraph.Input) -> JSONValue {
        .object([
            "class_name": .string("InputLayer"), "name": .string(input.name), "inbound_nodes": .array([]),
            "config": .object([
                "batch_input_shape": batched(input.shape), "dtype": .string("float32"), "sparse": .bool(false),
                "ragged": .bool(false), "name": .string(input.name),
            ]),
        ])
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
