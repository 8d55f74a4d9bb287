"""The networks in Keras 3, trained with `fit`; defaults everywhere except the batch size. The worker chooses the backend."""

import time

import keras
from keras import layers

import samples


def _epochs(model, inputs, targets, loss, settings):
    model.compile(optimizer="adam", loss=loss)
    (inputs, unseen_inputs), (targets, unseen_targets) = samples.split(inputs, settings), samples.split(targets, settings)

    def run() -> dict:
        start = time.perf_counter()
        history = model.fit(
            inputs, targets, batch_size=settings["batchSize"], epochs=settings.get("epochs", 1), verbose=0)
        seconds = time.perf_counter() - start
        evidence = {"loss": float(history.history["loss"][-1])}
        if len(unseen_inputs):
            evidence["held-out loss"] = float(model.evaluate(unseen_inputs, unseen_targets, batch_size=256, verbose=0))
            evidence |= {"training samples": len(inputs), "held-out samples": len(unseen_inputs)}
        return {"seconds": seconds} | evidence

    return run


def _seed(settings):
    keras.utils.set_random_seed(settings.get("seed", 42))


def _lstm(inputs, settings, unroll=False):
    _seed(settings)
    return keras.Sequential([
        keras.Input(inputs.shape[1:]), layers.LSTM(128, return_sequences=True, unroll=unroll),
        layers.LSTM(64, unroll=unroll), layers.Dense(32, activation="relu"), layers.Dense(1),
    ])


def lstm(settings):
    inputs = samples.windows(settings)
    return _epochs(_lstm(inputs, settings), inputs, samples.load(settings, "lstm_targets"), "mse", settings)


def lstm_unrolled(settings):
    inputs = samples.windows(settings)
    return _epochs(_lstm(inputs, settings, unroll=True), inputs, samples.load(settings, "lstm_targets"), "mse", settings)


def start(settings):
    """The first step, by the leanest way that Keras offers; returns when it is done."""
    inputs, targets = samples.windows(settings), samples.load(settings, "lstm_targets")
    model, batch = _lstm(inputs, settings), settings["batchSize"]
    model.compile(optimizer="adam", loss="mse")
    model.train_on_batch(inputs[:batch], targets[:batch])
    return lambda: {"seconds": 0, "steps": 1}


def autoencoder(settings):
    _seed(settings)
    inputs = samples.windows(settings)
    model = keras.Sequential([
        keras.Input(inputs.shape[1:]), layers.LSTM(64, return_sequences=True), layers.LSTM(32),
        layers.RepeatVector(inputs.shape[1]), layers.LSTM(32, return_sequences=True),
        layers.LSTM(64, return_sequences=True), layers.TimeDistributed(layers.Dense(inputs.shape[2])),
    ])
    return _epochs(model, inputs, inputs, "mse", settings)


def policy(settings):
    _seed(settings)
    rows = samples.load(settings, "policy_rows")
    model = keras.Sequential([
        keras.Input(rows.shape[1:]), layers.Dense(128, activation="relu"), layers.Dense(64, activation="relu"),
        layers.Dense(32, activation="relu"), layers.Dense(3, activation="softmax"),
    ])
    return _epochs(model, rows, samples.load(settings, "policy_labels"), "sparse_categorical_crossentropy", settings)


def variants(settings):
    """Eight models one after the other, as scripts do; each is compiled and has trained an epoch before the clock starts."""
    rows, labels = samples.load(settings, "variant_rows"), samples.load(settings, "variant_labels")
    models = []
    for number in range(8):
        keras.utils.set_random_seed(42 + number)
        model = keras.Sequential([
            keras.Input(rows.shape[1:]), layers.Dense(14, activation="relu"), layers.Dense(1, activation="sigmoid")
        ])
        model.compile(optimizer="adam", loss="binary_crossentropy")
        schedule = samples.variant(number)
        model.fit(rows, labels, batch_size=schedule["batchSize"], epochs=1, verbose=0)
        models.append((model, schedule))

    def run() -> dict:
        start = time.perf_counter()
        losses = []
        for model, schedule in models:
            history = model.fit(
                rows, labels, batch_size=schedule["batchSize"], epochs=schedule["epochs"], verbose=0)
            losses.append(float(history.history["loss"][-1]))
        seconds = time.perf_counter() - start
        return {"seconds": seconds, "loss": sum(losses) / len(losses), "networks": len(losses)}

    return run
