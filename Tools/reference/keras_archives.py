"""Writes small archives with stock Keras, each with an input and the output that Keras computes for it.

KerasReadingTests reads them. The weights follow a formula, so that a test can tell every value without a file:
float variable number k (in the order of model.weights), flat element i:  ((7 i + 3 k) mod 23 - 11) / 32,
and its absolute value + 0.5 where it is a variance.

Usage: KERAS_BACKEND=jax python keras_archives.py OUTPUT_FOLDER      (keras, jax, numpy)
"""
import sys
import zipfile
from pathlib import Path

import keras
import numpy as np
from keras import layers


def set_weights(model: keras.Model) -> None:
    k = 0
    for variable in model.weights:
        if variable.dtype != "float32":
            continue
        values = ((7 * np.arange(np.prod(variable.shape, dtype=int)) + 3 * k) % 23 - 11) / 32
        if "variance" in variable.name:
            values = np.abs(values) + 0.5
        variable.assign(values.reshape(variable.shape).astype("float32"))
        k += 1
    for layer in model.layers:
        if isinstance(layer, layers.Normalization):
            layer.finalize_state()


def bandwidth() -> keras.Model:
    """The shape of the bandwidth predictor: a relative forecast, times the scale of the last step, plus its level."""
    x = keras.Input((10, 4), name="input")
    y = layers.Normalization(name="normalization")(x)
    y = layers.LSTM(5, return_sequences=True)(y)
    y = layers.Dropout(0.2)(y)
    y = layers.LSTM(3)(y)
    y = layers.Dropout(0.2)(y)
    y = layers.Dense(4, activation="relu")(y)
    y = layers.Dense(1, name="relative")(y)
    flat = layers.Flatten()(x)
    scale = layers.Dense(1, use_bias=False, trainable=False, name="scale")(flat)
    level = layers.Dense(1, use_bias=False, trainable=False, name="level")(flat)
    return keras.Model(x, layers.Add()([layers.Multiply()([y, scale]), level]), name="bandwidth_predictor")


def policy() -> keras.Model:
    """The compression selector, compiled and fitted one step so that the archive carries an optimiser."""
    model = keras.Sequential([
        keras.Input((6,), name="input"), layers.Normalization(), layers.Dense(8, activation="relu"),
        layers.BatchNormalization(), layers.Dropout(0.3), layers.Dense(4, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ], name="compression_selector")
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(np.zeros((4, 6)), np.zeros(4), verbose=0)
    return model


def autoencoder() -> keras.Model:
    return keras.Sequential([
        keras.Input((7, 2)), layers.Normalization(), layers.LSTM(4, return_sequences=True), layers.LSTM(3),
        layers.RepeatVector(7), layers.LSTM(3, return_sequences=True), layers.LSTM(4, return_sequences=True),
        layers.TimeDistributed(layers.Dense(2)),
    ], name="consensus_latency")


def operations() -> keras.Model:
    """The rest of the layers and settings, and branches whose layers Keras numbers in another order than they were made."""
    x = keras.Input((3, 4), name="input")
    short = layers.Dense(2, name="made_first")(layers.Flatten(name="flat")(x))
    y = layers.Normalization(mean=[0.5, -1, 0, 2], variance=[4.0, 1, 0.25, 9], name="fixed")(x)
    y = layers.Rescaling(0.5, offset=-0.1)(y)
    y = layers.Dense(3, use_bias=False, activation="leaky_relu", name="made_second")(y)
    y = layers.BatchNormalization(center=False, epsilon=0.01)(y)
    y = layers.BatchNormalization(scale=False)(y)
    y = layers.LSTM(2, use_bias=False, activation="sigmoid", recurrent_activation="tanh", return_sequences=True)(y)
    y = layers.Reshape((-1, 2))(y)
    y = layers.Flatten()(y)
    y = layers.Activation("gelu")(y)
    y = layers.Dense(2, activation="softplus", name="made_third")(y)
    y = layers.Subtract()([y, short])
    return keras.Model(x, layers.Concatenate()([y, short, layers.Activation("elu")(y)]), name="operations")


def main(folder: Path) -> None:
    for build in (bandwidth, policy, autoencoder, operations):
        keras.backend.clear_session()
        keras.utils.set_random_seed(1)
        model = build()
        set_weights(model)
        shape = (4, *model.input_shape[1:])
        x = (np.arange(np.prod(shape)) * 37 % 101 / 50 - 1).reshape(shape).astype("float32")
        model.save(folder / f"{build.__name__}.keras")
        np.save(folder / f"{build.__name__}_input.npy", x)
        np.save(folder / f"{build.__name__}_output.npy", np.asarray(model(x, training=False), "float32"))
    with zipfile.ZipFile(folder / "policy.keras") as stored:
        with zipfile.ZipFile(folder / "policy_deflated.keras", "w", zipfile.ZIP_DEFLATED) as deflated:
            for name in reversed(stored.namelist()):
                deflated.writestr(name, stored.read(name))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
