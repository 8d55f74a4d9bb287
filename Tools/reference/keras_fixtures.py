"""Writes small models with a stock Keras in every format that it has, each with inputs and the outputs that it computes.

KerasFileTests reads them. The same script serves Keras 3 and Keras 2 (the package tf_keras), so that both generations write
the same models. All files go into one zip archive, since HDF5 files of small models are mostly padding:
NAME.keras, NAME.h5, NAME.json with NAME.weights.h5 (and NAME_old.h5: weights in the layout of Keras 2), NAME_input_LAYER.npy,
NAME_output_NUMBER.npy in the order in which Keras takes the outputs.

Usage: KERAS_BACKEND=jax python keras_fixtures.py keras OUTPUT.zip      (keras, jax, h5py, numpy)
       python keras_fixtures.py tf_keras OUTPUT.zip                     (tf_keras, tensorflow, h5py, numpy)
"""
import importlib
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from keras_weights import randomize

keras = importlib.import_module(sys.argv[1])
layers = keras.layers
IS_KERAS_3 = keras.__version__.startswith("3")
ACTIVATIONS = (
    "linear relu relu6 elu celu selu gelu silu mish softplus softsign squareplus sigmoid tanh exponential leaky_relu "
    "hard_sigmoid hard_silu hard_tanh hard_shrink soft_shrink tanh_shrink log_sigmoid sparse_plus sparse_sigmoid softmax "
    "log_softmax sparsemax swish hard_swish" if IS_KERAS_3 else
    "linear relu elu selu gelu swish mish softplus softsign sigmoid tanh exponential hard_sigmoid softmax leaky_relu").split()


def recurrent():
    """Two inputs, several outputs, both directions, every way to merge, and the settings of each cell."""
    series = keras.Input((5, 3), name="series")
    state = keras.Input((2,), name="state")
    forwards = layers.Bidirectional(
        layers.LSTM(2, return_sequences=True, recurrent_activation="hard_sigmoid"), name="both")(series)
    x = layers.TimeDistributed(layers.Dense(3, activation="relu"))(forwards)
    x = layers.TimeDistributed(layers.BatchNormalization())(x)
    summed = layers.Bidirectional(
        layers.GRU(2, name="ahead"), backward_layer=layers.GRU(2, go_backwards=True, reset_after=False, name="back"),
        merge_mode="sum")(x)
    averaged = layers.Bidirectional(layers.GRU(2, return_sequences=True), merge_mode="ave")(x)
    product = layers.Bidirectional(layers.LSTM(2, use_bias=False), merge_mode="mul")(averaged)
    joined = layers.Concatenate()([summed, product, state])
    steps = layers.RepeatVector(2)(joined)
    gru = layers.GRU(3, reset_after=False, return_sequences=True, go_backwards=True, activation="softsign")(steps)
    lstm = layers.LSTM(3, go_backwards=True, unit_forget_bias=False, activation="elu", recurrent_activation="tanh",
                       return_sequences=True)(steps)
    plain = layers.GRU(2, use_bias=False, name="plain")(layers.Concatenate(axis=1)([gru, lstm]))
    return keras.Model(
        {"state": state, "series": series}, {"second": plain, "first": layers.Dense(1, trainable=False)(joined)},
        name="recurrent")


def normalizing():
    """Every layer that scales, and the order of layers that Keras derives from the connections."""
    x = keras.Input((4, 3), name="input")
    y = layers.Normalization(name="adapted")(x)
    y = layers.Normalization(mean=[0.5, -1, 0], variance=[4.0, 1, 0.25], name="fixed")(y)
    y = layers.Rescaling(0.5, offset=-0.1)(y)
    y = layers.Rescaling([0.5, 2.0, -1.0], offset=[0.0, 1.0, 0.25])(y)
    y = layers.LayerNormalization(epsilon=0.01)(y)
    y = layers.LayerNormalization(center=False)(y)
    y = layers.LayerNormalization(scale=False)(y)
    y = layers.BatchNormalization(center=False, epsilon=0.01)(y)
    y = layers.BatchNormalization(scale=False)(y)
    y = layers.Add()([y, x])
    y = layers.Multiply()([y, layers.Dense(3, use_bias=False, name="mixed")(x)])
    y = layers.Flatten()(y)
    y = layers.Dense(4, activation="gelu", name="narrow")(y)
    short = layers.Dense(4, name="short")(layers.Reshape((12,))(x))
    return keras.Model(x, [layers.Subtract(name="difference")([y, short]), y], name="normalizing")


def activations():
    x = keras.Input((6,), name="input")
    y = layers.Dense(6, name="spread")(x)
    return keras.Model(x, layers.Concatenate()([layers.Activation(name)(y) for name in ACTIVATIONS]), name="activations")


def sequential():
    """Compiled and fitted, so that the files carry an optimiser; activations that are layers; no explicit input layer."""
    slope = {"negative_slope" if IS_KERAS_3 else "alpha": 0.2}
    first = layers.LSTM(3, return_sequences=True) if IS_KERAS_3 else layers.LSTM(
        3, return_sequences=True, input_shape=(4, 2))
    model = keras.Sequential(([keras.Input((4, 2))] if IS_KERAS_3 else []) + [
        first, layers.Dropout(0.2), layers.TimeDistributed(layers.Dense(2)), layers.LeakyReLU(**slope), layers.Reshape((2, -1)),
        layers.LSTM(3), layers.ReLU(6.0), layers.Dense(3), layers.ELU(), layers.Dense(2), layers.Softmax(),
    ], name="sequential")
    model.compile("adam", "mse")
    model.fit(np.zeros((2, 4, 2)), np.zeros((2, 2)), verbose=0)
    return model


def flat(values):
    if isinstance(values, dict):
        return [values[key] for key in sorted(values)]
    return list(values) if isinstance(values, (list, tuple)) else [values]


def save(folder, name, model):
    inputs = {tensor.name: tensor for tensor in model.inputs}
    arrays = {}
    for number, (layer, tensor) in enumerate(inputs.items()):
        shape = (4, *tensor.shape[1:])
        arrays[layer] = ((np.arange(np.prod(shape)) * (37 + number) % 101) / 50 - 1).reshape(shape).astype("float32")
        np.save(folder / f"{name}_input_{layer}.npy", arrays[layer])
    values = arrays if len(arrays) > 1 else next(iter(arrays.values()))
    for number, output in enumerate(flat(model(values, training=False))):
        np.save(folder / f"{name}_output_{number}.npy", np.asarray(output, "float32"))
    model.save(folder / f"{name}.keras")
    model.save(folder / f"{name}.h5")
    model.save_weights(folder / f"{name}.weights.h5")
    (folder / f"{name}.json").write_text(model.to_json())
    if not IS_KERAS_3:
        model.save_weights(folder / f"{name}_old.h5")


def main(target):
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for build in (recurrent, normalizing, activations, sequential):
            keras.backend.clear_session()
            keras.utils.set_random_seed(1)
            model = build()
            randomize(keras, model, np.random.default_rng(7), span=0.7, least_variance=0.3)
            save(folder, build.__name__, model)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for path in sorted(folder.iterdir()):
                # One date, so that a second run changes as few bytes as possible.
                archive.writestr(zipfile.ZipInfo(path.name), path.read_bytes(), zipfile.ZIP_DEFLATED, 9)


if __name__ == "__main__":
    main(Path(sys.argv[2]))
