"""The networks as somebody would write them in plain JAX: one compiled step (scan over time, gradients, Adam), data on the
device, batches picked by index inside the step, nothing else in the loop."""

import time
from functools import partial

import jax
import jax.numpy as jnp
import numpy

import samples


def _glorot(key, shape):
    limit = (6 / (shape[0] + shape[1])) ** 0.5
    return jax.random.uniform(key, shape, minval=-limit, maxval=limit)


def _dense(key, inputs, units):
    return {"kernel": _glorot(key, (inputs, units)), "bias": jnp.zeros(units)}


def _lstm(key, inputs, units):
    kernel, recurrent = jax.random.split(key)
    bias = jnp.concatenate([jnp.zeros(units), jnp.ones(units), jnp.zeros(2 * units)])
    return {
        "kernel": _glorot(kernel, (inputs, 4 * units)), "bias": bias,
        "recurrent": jax.random.orthogonal(recurrent, 4 * units)[:units],
    }


def _apply_dense(layer, x):
    return x @ layer["kernel"] + layer["bias"]


def _apply_lstm(layer, x):
    """[time, batch, feature] → [time, batch, unit]; the input's products are made for all steps at once."""
    units = layer["recurrent"].shape[0]

    def step(state, projected):
        hidden, cell = state
        i, f, c, o = jnp.split(projected + hidden @ layer["recurrent"], 4, axis=-1)
        cell = jax.nn.sigmoid(f) * cell + jax.nn.sigmoid(i) * jnp.tanh(c)
        hidden = jax.nn.sigmoid(o) * jnp.tanh(cell)
        return (hidden, cell), hidden

    zero = jnp.zeros((x.shape[1], units))
    return jax.lax.scan(step, (zero, zero), _apply_dense(layer, x))[1]


def _step(loss):
    """One step of Adam, compiled."""

    @partial(jax.jit, donate_argnums=0)
    def step(state, inputs, targets, chosen):
        parameters, first, second, number, total = state
        value, gradient = jax.value_and_grad(loss)(parameters, inputs[chosen], targets[chosen])
        number = number + 1
        first = jax.tree.map(lambda m, g: m + 0.1 * (g - m), first, gradient)
        second = jax.tree.map(lambda v, g: v + 0.001 * (g * g - v), second, gradient)
        rate = 0.001 * jnp.sqrt(1 - 0.999**number) / (1 - 0.9**number)
        parameters = jax.tree.map(lambda p, m, v: p - rate * m / (jnp.sqrt(v) + 1e-7), parameters, first, second)
        return parameters, first, second, number, total + value * len(chosen)

    return step


def _fresh(parameters):
    """What the first step begins with."""
    zeros = jax.tree.map(jnp.zeros_like, parameters)
    return parameters, zeros, jax.tree.map(jnp.copy, zeros), jnp.float32(0), jnp.float32(0)


def _epochs(parameters, loss, inputs, targets, settings):
    inputs, targets = jax.device_put(inputs), jax.device_put(targets)
    count, batch = len(inputs), settings["batchSize"]
    step, state = _step(loss), _fresh(parameters)
    random = numpy.random.default_rng(42)

    def run() -> dict:
        nonlocal state
        state = (*state[:4], jnp.float32(0))
        start = time.perf_counter()
        order = random.permutation(count).astype(numpy.int32)
        for begin in range(0, count, batch):
            state = step(state, inputs, targets, order[begin : begin + batch])
        total = float(state[4])
        return {"seconds": time.perf_counter() - start, "loss": total / count}

    return run


def _lstm_parameters(features):
    keys = jax.random.split(jax.random.key(42), 4)
    return [_lstm(keys[0], features, 128), _lstm(keys[1], 128, 64), _dense(keys[2], 64, 32), _dense(keys[3], 32, 1)]


def _lstm_loss(parameters, x, t):
    hidden = _apply_lstm(parameters[1], _apply_lstm(parameters[0], x.swapaxes(0, 1)))[-1]
    y = _apply_dense(parameters[3], jax.nn.relu(_apply_dense(parameters[2], hidden)))
    return jnp.mean((y[:, 0] - t) ** 2)


def lstm(settings):
    inputs, targets = samples.windows(settings), samples.load(settings, "lstm_targets")
    return _epochs(_lstm_parameters(inputs.shape[2]), _lstm_loss, inputs, targets, settings)


def start(settings):
    """The first step; returns when it is done."""
    inputs, targets = samples.windows(settings), samples.load(settings, "lstm_targets")
    chosen = numpy.arange(settings["batchSize"], dtype=numpy.int32)
    state = _step(_lstm_loss)(_fresh(_lstm_parameters(inputs.shape[2])), inputs, targets, chosen)
    jax.block_until_ready(state)
    return lambda: {"seconds": 0, "steps": 1}


def autoencoder(settings):
    inputs = samples.windows(settings)
    length, features = inputs.shape[1:]
    keys = jax.random.split(jax.random.key(42), 5)
    parameters = [
        _lstm(keys[0], features, 64), _lstm(keys[1], 64, 32), _lstm(keys[2], 32, 32), _lstm(keys[3], 32, 64),
        _dense(keys[4], 64, features),
    ]

    def loss(parameters, x, t):
        code = _apply_lstm(parameters[1], _apply_lstm(parameters[0], x.swapaxes(0, 1)))[-1]
        repeated = jnp.broadcast_to(code, (length, *code.shape))
        decoded = _apply_lstm(parameters[3], _apply_lstm(parameters[2], repeated))
        return jnp.mean((_apply_dense(parameters[4], decoded) - t.swapaxes(0, 1)) ** 2)

    return _epochs(parameters, loss, inputs, inputs, settings)


def policy(settings):
    rows = samples.load(settings, "policy_rows")
    widths = [rows.shape[1], 128, 64, 32, 3]
    keys = jax.random.split(jax.random.key(42), 4)
    parameters = [_dense(key, *shape) for key, shape in zip(keys, zip(widths, widths[1:]))]

    def loss(parameters, x, t):
        for layer in parameters[:-1]:
            x = jax.nn.relu(_apply_dense(layer, x))
        logarithms = jax.nn.log_softmax(_apply_dense(parameters[-1], x))
        return -jnp.mean(jnp.take_along_axis(logarithms, t[:, None], axis=1))

    return _epochs(parameters, loss, rows, samples.load(settings, "policy_labels").astype(numpy.int32), settings)


def variants(settings):
    """Eight networks one after the other; each is compiled and has trained one epoch before the clock starts."""
    rows, labels = samples.load(settings, "variant_rows"), samples.load(settings, "variant_labels")

    def loss(parameters, x, t):
        y = _apply_dense(parameters[1], jax.nn.relu(_apply_dense(parameters[0], x)))[:, 0]
        return jnp.mean(jax.nn.softplus(y) - t * y)

    networks = []
    for number in range(8):
        keys = jax.random.split(jax.random.key(42 + number), 2)
        parameters = [_dense(keys[0], rows.shape[1], 14), _dense(keys[1], 14, 1)]
        schedule = samples.variant(number)
        epoch = _epochs(parameters, loss, rows, labels, schedule)
        epoch()
        networks.append((epoch, schedule["epochs"]))

    def run() -> dict:
        start = time.perf_counter()
        losses = [[epoch()["loss"] for _ in range(epochs)][-1] for epoch, epochs in networks]
        return {
            "seconds": time.perf_counter() - start, "loss": sum(losses) / len(losses), "networks": len(losses)
        }

    return run
