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


def cases():
    functions = "linear relu sigmoid tanh softmax exponential softplus elu selu gelu leaky_relu".split()
    for name in functions:
        yield f"activation {name}", run((5,), [layers.Activation(name)], size=4.0)
        yield f"dense {name}", run((4,), [layers.Dense(6, activation=name)])
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
    yield "lstm last", run((4, 3), [layers.LSTM(5)])
    yield "lstm sequence", run((4, 3), [layers.LSTM(5, return_sequences=True)])
    yield "lstm relu", run((4, 3), [layers.LSTM(5, activation="relu")])
    yield "lstm softplus gates", run((4, 3), [layers.LSTM(2, activation="tanh", recurrent_activation="softplus")])
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
    a, b = formula((3, 4), 0.5), formula((3, 4), 0.9)
    yield "add", np.asarray(layers.Add()([a, b, a]))
    yield "multiply", np.asarray(layers.Multiply()([a, b]))
    yield "subtract", np.asarray(layers.Subtract()([a, b]))
    yield "concatenate", np.asarray(layers.Concatenate()([a, b]))


def main(path):
    records = []
    for name, output in cases():
        values = [float(v) for v in output.ravel()]
        records.append(json.dumps({"name": name, "shape": list(output.shape), "values": values}))
    with open(path, "w") as file:
        file.write("[\n" + ",\n".join(records) + "\n]\n")
    print(len(records), "cases with keras", keras.__version__, "on jax", jax.__version__)


if __name__ == "__main__":
    main(sys.argv[1])
