"""Golden results of Keras for every operation of ModelGraph and for stacks of them.

Weights and inputs come from a formula that the Swift test repeats, so only Keras' outputs are written.

    KERAS_BACKEND=jax python Tools/reference/onnx_keras_layers.py Tests/Fixtures/ONNX/keras_layers.json
"""

import json
import sys

import jax
import keras
import numpy as np
from keras import layers

# Some devices multiply matrices with fewer bits by default; all of them are wanted here.
jax.config.update("jax_default_matmul_precision", "highest")


def formula(shape, salt, size=0.6):
    """`size · sin(1.3 i + salt)` in row-major order, computed in double, rounded to float32."""
    count = int(np.prod(shape, dtype=int))
    return (size * np.sin(1.3 * np.arange(count) + salt)).astype(np.float32).reshape(shape)


def set_weights(layer, salt):
    """Weight k of the layer from the formula with salt + k; variances are made positive by adding 1."""
    weights = []
    for index, weight in enumerate(layer.weights):
        value = formula(weight.shape, salt + index)
        weights.append(value + np.float32(1) if "variance" in weight.path else value)
    layer.set_weights(weights)
    return layer


def run(shape, stack, batch=3, size=1.0):
    """The stack applied to the formula's input; layer k gets the salt 10 (k + 1)."""
    x = formula((batch, *shape), 0.5, size)
    value = keras.ops.convert_to_tensor(x)
    for index, layer in enumerate(stack):
        if not layer.built:
            layer.build(value.shape)
        if layer.weights:
            set_weights(layer, 10.0 * (index + 1))
        value = layer(value)
    return np.asarray(value)


def hard_sigmoid_keras2(x):
    """What Keras 2 computed under the name hard_sigmoid; Keras 3 has another function of that name."""
    return keras.ops.clip(0.2 * x + 0.5, 0.0, 1.0)


ELEMENTWISE = {
    name: name
    for name in (
        "linear relu relu6 elu celu selu gelu silu mish softplus softsign squareplus sigmoid tanh exponential leaky_relu "
        "hard_sigmoid hard_silu hard_tanh hard_shrink soft_shrink tanh_shrink log_sigmoid sparse_plus sparse_sigmoid"
    ).split()
} | {"hard_sigmoid_keras2": hard_sigmoid_keras2}
VECTORS = {name: name for name in ["softmax", "log_softmax", "sparsemax"]}


def activations():
    for name, function in (ELEMENTWISE | VECTORS).items():
        yield f"activation {name}", run((5,), [layers.Activation(function)], size=4.0)
        yield f"dense {name}", run((4,), [layers.Dense(6, activation=function)])
    for name, function in ELEMENTWISE.items():
        for kind, layer in (("lstm", layers.LSTM), ("gru", layers.GRU)):
            for role in ("activation", "recurrent_activation"):
                stack = [layer(2, return_sequences=True, **{role: function})]
                yield f"{kind} {role} {name}", run((3, 2), stack, batch=2)


def directions():
    for kind, layer in (("lstm", layers.LSTM), ("gru", layers.GRU)):
        for sequences in (False, True):
            suffix = "sequence" if sequences else "last"
            settings = {"return_sequences": sequences}
            yield f"{kind} {suffix}", run((4, 3), [layer(5, **settings)])
            yield f"{kind} backwards {suffix}", run((4, 3), [layer(5, go_backwards=True, **settings)])
            # Activations that ONNX' operators do not know.
            odd = settings | {"activation": "mish", "recurrent_activation": "hard_tanh"}
            yield f"{kind} odd backwards {suffix}", run((4, 3), [layer(3, go_backwards=True, **odd)])
            for merge in ("concat", "sum", "ave", "mul"):
                yield f"bidirectional {kind} {merge} {suffix}", run(
                    (4, 3), [layers.Bidirectional(layer(3, **settings), merge_mode=merge)]
                )
            yield f"bidirectional odd {kind} {suffix}", run((4, 3), [layers.Bidirectional(layer(3, **odd))])
    for sequences in (False, True):
        suffix = "sequence" if sequences else "last"
        settings = {"return_sequences": sequences, "reset_after": False}
        yield f"gru reset before {suffix}", run((4, 3), [layers.GRU(5, **settings)])
        odd = settings | {"activation": "silu", "recurrent_activation": "relu6"}
        yield f"gru reset before odd {suffix}", run((4, 3), [layers.GRU(5, **odd)])
        pair = layers.Bidirectional(
            layers.LSTM(4, return_sequences=sequences),
            backward_layer=layers.GRU(3, go_backwards=True, return_sequences=sequences),
        )
        yield f"bidirectional pair {suffix}", run((4, 3), [pair])
    # Both become a Clip, with other bounds each.
    yield "lstm two clips", run((4, 3), [layers.LSTM(3, activation="hard_tanh", recurrent_activation="relu6")])
    yield "lstm one step", run((1, 3), [layers.LSTM(4, activation="mish", return_sequences=True)])


def normalizations():
    yield "layer normalization", run((3, 4), [layers.LayerNormalization()])
    yield "layer normalization plain", run((4,), [layers.LayerNormalization(center=False, scale=False, epsilon=0.1)])
    yield "layer normalization centered", run((4,), [layers.LayerNormalization(scale=False)])
    yield "layer normalization scaled", run((4,), [layers.LayerNormalization(center=False)])
    distributed = {
        "layer normalization": layers.LayerNormalization(),
        "batch normalization": layers.BatchNormalization(epsilon=1e-3),
        "softmax": layers.Activation("softmax"),
        "rescaling": layers.Rescaling(0.3, offset=-1.5),
        "dropout": layers.Dropout(0.5),
        "flatten": layers.Flatten(),
        "reshape": layers.Reshape((4, 1)),
    }
    for name, layer in distributed.items():
        shape = (3, 2, 2) if name in ("flatten", "reshape") else (3, 4)
        yield f"time distributed {name}", run(shape, [layers.TimeDistributed(layer)])
    yield "rescaling features", run((3, 4), [layers.Rescaling([0.3, -2.0, 1.0, 0.1], offset=[0.0, 1.5, -0.2, 7.0])])
    yield "rescaling features by one", run((4,), [layers.Rescaling([0.3, -2.0, 1.0, 0.1], offset=0.5)])


def cases():
    yield from activations()
    yield from directions()
    yield from normalizations()
    yield "dense on steps", run((3, 4), [layers.Dense(5, activation="softmax")])
    yield "dense without bias", run((4,), [layers.Dense(5, use_bias=False)])
    yield "time distributed", run((3, 4), [layers.TimeDistributed(layers.Dense(5, activation="tanh"))])
    mean, variance = formula((4,), 10.0), formula((4,), 11.0) ** 2
    variance[1] = 0
    yield "normalization", run((3, 4), [layers.Normalization(mean=mean, variance=variance)])
    yield "batch normalization", run((3, 4), [layers.BatchNormalization(epsilon=1e-3)])
    yield "rescaling", run((4,), [layers.Rescaling(0.3, offset=-1.5)])
    yield "dropout", run((4,), [layers.Dropout(0.3)])
    yield "repeat vector", run((4,), [layers.RepeatVector(3)])
    yield "flatten", run((3, 4), [layers.Flatten()])
    yield "reshape", run((3, 4), [layers.Reshape((2, -1))])
    yield "forecast stack", run(
        (10, 7),
        [
            layers.LSTM(12, return_sequences=True),
            layers.Dropout(0.2),
            layers.LSTM(8),
            layers.Dense(6, activation="relu"),
            layers.Dense(1),
        ],
    )
    yield "autoencoder stack", run(
        (20, 3),
        [
            layers.LSTM(10, return_sequences=True),
            layers.LSTM(6),
            layers.RepeatVector(20),
            layers.LSTM(6, return_sequences=True),
            layers.LSTM(10, return_sequences=True),
            layers.TimeDistributed(layers.Dense(3)),
        ],
    )
    yield "tagger stack", run(
        (6, 4),
        [
            layers.Bidirectional(layers.LSTM(5, return_sequences=True)),
            layers.LayerNormalization(),
            layers.Bidirectional(layers.GRU(4), merge_mode="ave"),
            layers.Dense(3, activation="mish"),
            layers.Dense(4, activation="sparsemax"),
        ],
    )
    a, b = formula((3, 4), 0.5), formula((3, 4), 0.9)
    yield "add", np.asarray(layers.Add()([a, b, a]))
    yield "multiply", np.asarray(layers.Multiply()([a, b]))
    yield "subtract", np.asarray(layers.Subtract()([a, b]))
    left, right = formula((3, 2, 4), 0.5), formula((3, 3, 4), 0.9)
    yield "concatenate steps", np.asarray(layers.Concatenate(axis=1)([left, right]))
    yield "concatenate", np.asarray(layers.Concatenate()([a, b]))


def main(path):
    records = []
    for name, output in cases():
        values = [float(str(v)) for v in output.ravel()]
        records.append(json.dumps({"name": name, "shape": list(output.shape), "values": values}))
    with open(path, "w") as file:
        file.write("[\n" + ",\n".join(records) + "\n]\n")
    print(len(records), "cases with keras", keras.__version__, "on jax", jax.__version__)


if __name__ == "__main__":
    main(sys.argv[1])
