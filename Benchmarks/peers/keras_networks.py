"""The networks in Keras 3 on the JAX backend, trained with `fit`; defaults everywhere except the batch size."""

import os
import time

os.environ["KERAS_BACKEND"] = "jax"

import keras  # noqa: E402
from keras import layers  # noqa: E402

import samples  # noqa: E402


def _epochs(model, inputs, targets, loss, settings):
    model.compile(optimizer="adam", loss=loss)

    def run() -> dict:
        start = time.perf_counter()
        history = model.fit(inputs, targets, batch_size=settings["batchSize"], epochs=1, verbose=0)
        seconds = time.perf_counter() - start
        return {"seconds": seconds, "loss": float(history.history["loss"][-1])}

    return run


def lstm(settings):
    keras.utils.set_random_seed(42)
    inputs = samples.windows(settings)
    model = keras.Sequential([
        keras.Input(inputs.shape[1:]), layers.LSTM(128, return_sequences=True), layers.LSTM(64),
        layers.Dense(32, activation="relu"), layers.Dense(1),
    ])
    return _epochs(model, inputs, samples.load(settings, "lstm_targets"), "mse", settings)


def autoencoder(settings):
    keras.utils.set_random_seed(42)
    inputs = samples.windows(settings)
    model = keras.Sequential([
        keras.Input(inputs.shape[1:]), layers.LSTM(64, return_sequences=True), layers.LSTM(32),
        layers.RepeatVector(inputs.shape[1]), layers.LSTM(32, return_sequences=True),
        layers.LSTM(64, return_sequences=True), layers.TimeDistributed(layers.Dense(inputs.shape[2])),
    ])
    return _epochs(model, inputs, inputs, "mse", settings)


def policy(settings):
    keras.utils.set_random_seed(42)
    rows = samples.load(settings, "policy_rows")
    model = keras.Sequential([
        keras.Input(rows.shape[1:]), layers.Dense(128, activation="relu"), layers.Dense(64, activation="relu"),
        layers.Dense(32, activation="relu"), layers.Dense(3, activation="softmax"),
    ])
    return _epochs(model, rows, samples.load(settings, "policy_labels"), "sparse_categorical_crossentropy", settings)
