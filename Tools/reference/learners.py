"""Golden values for Tests/LearnersTests, computed by Keras on JAX.

Inputs, targets and weights follow formulas that the tests repeat, so that the fixtures hold results only.
Run from the repository's root:  KERAS_BACKEND=jax python Tools/reference/learners.py
"""

import json
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "jax")

import jax

jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp
import keras
import numpy as np
from keras import layers

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Fixtures" / "Learners"


def wave(count, scale, phase):
    """The formula of every input: scale * sin(0.7 i + phase), in float64, then rounded to float32."""
    return (scale * np.sin(0.7 * np.arange(count, dtype=np.float64) + phase)).astype(np.float32)


def normalization_values(features):
    mean = wave(features, 0.5, 0.25)
    variance = (np.abs(wave(features, 1.0, 0.75).astype(np.float64)) + 0.5).astype(np.float32)
    return mean, variance


def fill_weights(model):
    """Weight tensor number k (from 1, trainable ones only) is a wave of phase k, batch normalization's gamma around one."""
    for number, variable in enumerate(model.trainable_variables, start=1):
        values = wave(int(np.prod(variable.shape)), 0.4, float(number)).reshape(variable.shape)
        variable.assign(values + 1 if variable.name == "gamma" else values)


def rounded(values):
    return [float(f"{v:.9g}") for v in np.asarray(values, dtype=np.float64).ravel()]


def first_step(network):
    """Outputs, loss and gradients before training, computed in float64: what exact arithmetic gives."""
    keras.config.set_floatx("float64")
    model, x, y, weights, loss, _ = network()
    fill_weights(model)
    x, y = (np.asarray(values, dtype=np.float64) for values in (x, y))
    trainable = [v.value for v in model.trainable_variables]
    fixed = [v.value for v in model.non_trainable_variables]

    def compute(trainable):
        outputs, _ = model.stateless_call(trainable, fixed, x, training=True)
        return loss(y, outputs, weights)

    outputs, _ = model.stateless_call(trainable, fixed, x, training=False)
    value, gradients = jax.value_and_grad(compute)(trainable)
    return {"outputs": rounded(outputs), "loss": float(value), "gradients": [rounded(g) for g in gradients]}


def ten_steps(network):
    """The losses of ten optimiser steps on the same batch and what they lead to, in float32 as Keras trains."""
    keras.config.set_floatx("float32")
    model, x, y, weights, loss, optimizer = network()
    fill_weights(model)
    optimizer.build(model.trainable_variables)

    def compute(trainable, fixed):
        outputs, fixed = model.stateless_call(trainable, fixed, x, training=True)
        return loss(y, outputs, weights), fixed

    trainable = [v.value for v in model.trainable_variables]
    fixed = [v.value for v in model.non_trainable_variables]
    state = [v.value for v in optimizer.variables]
    losses = []
    for _ in range(10):
        (value, fixed), gradients = jax.value_and_grad(compute, has_aux=True)(trainable, fixed)
        losses.append(float(value))
        trainable, state = optimizer.stateless_apply(state, gradients, trainable)
    outputs, _ = model.stateless_call(trainable, fixed, x, training=False)
    moving = [rounded(value) for value, v in zip(fixed, model.non_trainable_variables) if "moving" in v.name]
    return {
        "losses": rounded(losses),
        "trainedWeights": [rounded(w) for w in trainable],
        "trainedStatistics": moving,
        "trainedOutputs": rounded(outputs),
    }


def windows(count, length, features):
    """Overlapping windows of one frame, as `WindowedRows` views them."""
    frame = wave((count + length - 1) * features, 1.5, 0.5).reshape(-1, features)
    return np.stack([frame[i : i + length] for i in range(count)])


def sample_weights(count):
    return (wave(count, 0.5, 2.0).astype(np.float64) + 1).astype(np.float32)


def weighted(loss):
    return lambda y, outputs, weights: loss(y, outputs, sample_weight=weights)


def bandwidth_like():
    count, length, features = 34, 10, 5
    mean, variance = normalization_values(features)
    model = keras.Sequential(
        [
            layers.Input((length, features)),
            layers.Normalization(mean=mean, variance=variance),
            layers.LSTM(8, return_sequences=True),
            layers.LSTM(6),
            layers.Dense(5, activation="relu"),
            layers.Dense(1),
        ]
    )
    y = wave(count, 2.0, 3.0).reshape(count, 1)
    loss = weighted(keras.losses.MeanSquaredError())
    return model, windows(count, length, features), y, sample_weights(count), loss, keras.optimizers.Adam(0.01)


def policy_like():
    count, features, classes = 40, 7, 10
    model = keras.Sequential(
        [
            layers.Input((features,)),
            layers.Dense(16, activation="relu"),
            layers.Dense(8, activation="relu"),
            layers.Dense(classes),
        ]
    )
    y = np.abs(wave(count * classes, 1.0, 4.0)).reshape(count, classes)
    loss = weighted(keras.losses.CategoricalCrossentropy(from_logits=True))
    return model, windows(count, 1, features)[:, 0], y, None, loss, keras.optimizers.Adam(0.01, global_clipnorm=0.5)


def autoencoder_like():
    count, length, features = 9, 6, 3
    mean, variance = normalization_values(features)
    model = keras.Sequential(
        [
            layers.Input((length, features)),
            layers.LSTM(8, return_sequences=True),
            layers.LSTM(4),
            layers.RepeatVector(length),
            layers.LSTM(4, return_sequences=True),
            layers.LSTM(8, return_sequences=True),
            layers.TimeDistributed(layers.Dense(features)),
        ]
    )
    x = np.asarray(layers.Normalization(mean=mean, variance=variance)(windows(count, length, features)))
    return model, x, x, None, weighted(keras.losses.MeanSquaredError()), keras.optimizers.Adam(0.01)


def batch_normalization():
    count, features = 14, 5
    model = keras.Sequential(
        [
            layers.Input((features,)),
            layers.Dense(6, activation="tanh"),
            layers.BatchNormalization(),
            layers.Dense(3),
        ]
    )
    y = (wave(count * 3, 1.0, 5.0) > 0).astype(np.float32).reshape(count, 3)
    loss = weighted(keras.losses.BinaryCrossentropy(from_logits=True))
    optimizer = keras.optimizers.SGD(0.05, momentum=0.9)
    return model, windows(count, 1, features)[:, 0], y, sample_weights(count), loss, optimizer


def activations():
    """Value and derivative at 41 points, computed in float64."""
    keras.config.set_floatx("float64")
    points = np.linspace(-6, 6, 41).astype(np.float32).astype(np.float64)
    names = ["linear", "relu", "sigmoid", "tanh", "exponential", "softplus", "elu", "selu", "gelu", "leaky_relu"]
    curves = {}
    for name in names:
        # Exact GELU, the layer's default.
        function = keras.activations.get(name)
        if name == "gelu":
            function = lambda z: keras.activations.gelu(z, approximate=False)
        values = function(jnp.asarray(points))
        slopes = jax.vmap(jax.grad(lambda z: function(z.reshape(1))[0]))(jnp.asarray(points))
        curves[name] = {"values": rounded(values), "slopes": rounded(slopes)}
    return {"points": rounded(points), "curves": curves}


def losses():
    """Mean weighted loss of 6 rows of 5 outputs and its gradient, computed in float64."""
    keras.config.set_floatx("float64")
    count, width = 6, 5
    y = wave(count * width, 3.0, 1.0).reshape(count, width).astype(np.float64)
    real = wave(count * width, 2.0, 2.0).reshape(count, width).astype(np.float64)
    binary = (real > 0).astype(np.float64)
    sets = np.maximum(binary, np.eye(width)[np.arange(count) % width])  # none is empty
    probability = np.abs(real) / np.abs(real).sum(axis=1, keepdims=True)
    classes = np.arange(count) % width
    weights = sample_weights(count)

    def set_likelihood(t, z, sample_weight):
        p = jax.nn.softmax(z, axis=-1)
        return jnp.mean(-jnp.log(jnp.sum(p * t, axis=-1)) * sample_weight)

    def expected_cost(t, z, sample_weight):
        return jnp.mean(jnp.sum(jax.nn.softmax(z, axis=-1) * t, axis=-1) * sample_weight)

    cases = {
        "meanSquaredError": (keras.losses.MeanSquaredError(), real),
        "meanAbsoluteError": (keras.losses.MeanAbsoluteError(), real),
        "huber": (keras.losses.Huber(delta=1.5), real),
        "binaryCrossEntropy": (keras.losses.BinaryCrossentropy(from_logits=True), binary),
        "categoricalCrossEntropy": (keras.losses.CategoricalCrossentropy(from_logits=True), probability),
        "sparseCategoricalCrossEntropy": (keras.losses.SparseCategoricalCrossentropy(from_logits=True), classes),
        "setLikelihood": (set_likelihood, sets),
        "expectedCost": (expected_cost, real),
    }
    result = {}
    for name, (loss, target) in cases.items():
        value, gradient = jax.value_and_grad(lambda z: loss(target, z, sample_weight=weights))(jnp.asarray(y))
        result[name] = {"targets": rounded(target), "loss": float(value), "gradient": rounded(gradient)}
    return result


def callbacks():
    """What EarlyStopping and ReduceLROnPlateau do over a made-up course of validation losses."""
    course = [1.0, 0.8, 0.81, 0.79, 0.795, 0.792, 0.793, 0.7895, 0.8, 0.8, 0.7, 0.71, 0.72, 0.73, 0.74, 0.75, 0.76, 0.77]
    model = keras.Sequential([layers.Input((1,)), layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse")
    reduce = keras.callbacks.ReduceLROnPlateau(factor=0.5, patience=2, min_delta=0.005, cooldown=1, min_lr=0.002)
    stop = keras.callbacks.EarlyStopping(patience=4, min_delta=0.002, restore_best_weights=True, mode="min")
    for callback in (reduce, stop):
        callback.set_model(model)
        callback.on_train_begin()
    reduce._set_monitor_op() if hasattr(reduce, "_set_monitor_op") else None
    rates, stopped = [], None
    for epoch, loss in enumerate(course):
        reduce.on_epoch_end(epoch, {"val_loss": loss})
        rates.append(float(model.optimizer.learning_rate.numpy() if hasattr(model.optimizer.learning_rate, "numpy")
                           else model.optimizer.learning_rate))
        if stopped is None:
            stop.on_epoch_end(epoch, {"val_loss": loss})
            if model.stop_training:
                stopped = epoch + 1
    return {"losses": course, "rates": rounded(rates), "stoppedAfter": stopped, "bestEpoch": stop.best_epoch + 1}


NETWORKS = [bandwidth_like, policy_like, autoencoder_like, batch_normalization]
TABLES = [activations, losses, callbacks]


def write(name, content):
    path = FOLDER / f"{name}.json"
    path.write_text(json.dumps(content, separators=(",", ":"), allow_nan=False) + "\n")
    print(path.name, path.stat().st_size)


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for network in NETWORKS:
        write(network.__name__, first_step(network) | ten_steps(network))
    for table in TABLES:
        write(table.__name__, table())
    print("keras", keras.__version__, "jax", jax.__version__, "numpy", np.__version__)
