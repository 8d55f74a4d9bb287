"""Writes a grid of small models with a stock Keras, for `dwcp infer` to run: layers, settings, activations, shapes, batch sizes.

    KERAS_BACKEND=jax python their_models.py keras FOLDER       (keras, jax, h5py, numpy)
    python their_models.py tf_keras FOLDER                      (tf_keras, tensorflow, h5py, numpy)

For each model NAME.keras, NAME.h5 and NAME.json with NAME.weights.h5; for each batch size NAME_N_input.npz with the inputs and
NAME_N_output.npz with the outputs that Keras computes, both by name.
"""

import importlib
import itertools
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from keras_weights import randomize

keras = importlib.import_module(sys.argv[1])
layers = keras.layers
IS_KERAS_3 = keras.__version__.startswith("3")
BATCH_SIZES = (1, 7)
ACTIVATIONS = (
    "linear relu relu6 leaky_relu elu celu selu sigmoid hard_sigmoid silu hard_silu tanh hard_tanh tanh_shrink soft_shrink "
    "hard_shrink softmax log_softmax log_sigmoid softplus softsign exponential gelu mish squareplus sparse_plus sparse_sigmoid "
    "sparsemax" if IS_KERAS_3 else
    "linear relu leaky_relu elu selu sigmoid hard_sigmoid swish tanh softmax softplus softsign exponential gelu mish").split()


def single(shape, *chain):
    """A functional model of layers one after another."""
    x = start = keras.Input(shape, name="input")
    for layer in chain:
        x = layer(x)
    return keras.Model(start, x)


def dense():
    for name in ACTIVATIONS:
        yield f"dense_{name}", single((3,), layers.Dense(4, activation=name))
    yield "dense_no_bias", single((1,), layers.Dense(1, use_bias=False))
    yield "dense_in_time", single((5, 3), layers.Dense(2, activation="relu"))
    yield "activation_in_time", single((5, 3), layers.Activation("softmax"))


def recurrent():
    activations = [("tanh", "sigmoid"), ("relu", "hard_sigmoid"), ("softsign", "sigmoid"), ("elu", "tanh")]
    shapes = [(1, 1), (6, 3)]
    for (inner, outer), shape in itertools.product(activations, shapes):
        for sequences, backwards in itertools.product((False, True), repeat=2):
            options = {"activation": inner, "recurrent_activation": outer, "return_sequences": sequences,
                       "go_backwards": backwards}
            suffix = f"{inner}_{outer}_{shape[0]}x{shape[1]}{'_sequences' * sequences}{'_backwards' * backwards}"
            yield f"lstm_{suffix}", single(shape, layers.LSTM(4, **options))
            # The other half of the grid's settings, so that each value of each meets each of the others somewhere.
            yield f"gru_{suffix}", single(shape, layers.GRU(3, reset_after=sequences != backwards, **options))
    yield "lstm_no_bias", single((4, 2), layers.LSTM(3, use_bias=False, unit_forget_bias=False))
    yield "gru_no_bias", single((4, 2), layers.GRU(3, use_bias=False))
    for cell, merge, sequences in itertools.product((layers.LSTM, layers.GRU), ("concat", "sum", "ave", "mul"), (False, True)):
        name = f"bidirectional_{cell.__name__.lower()}_{merge}{'_sequences' * sequences}"
        yield name, single((5, 2), layers.Bidirectional(cell(3, return_sequences=sequences), merge_mode=merge))


def shaping():
    yield "flatten", single((3, 2), layers.Flatten(), layers.Dense(2))
    yield "reshape", single((6,), layers.Reshape((2, -1)), layers.LSTM(2))
    yield "repeat", single((3,), layers.RepeatVector(4), layers.TimeDistributed(layers.Dense(2, activation="tanh")))
    yield "dropout", single((3,), layers.Dropout(0.5), layers.Dense(2))


def normalizing():
    for shape in ((4,), (5, 4)):
        rank = len(shape)
        yield f"batch_normalization_{rank}d", single(shape, layers.BatchNormalization(epsilon=0.01))
        yield f"batch_normalization_plain_{rank}d", single(shape, layers.BatchNormalization(center=False, scale=False))
        yield f"layer_normalization_{rank}d", single(shape, layers.LayerNormalization())
        yield f"layer_normalization_plain_{rank}d", single(shape, layers.LayerNormalization(center=False, scale=False))
        yield f"normalization_{rank}d", single(shape, layers.Normalization())
        yield f"rescaling_{rank}d", single(shape, layers.Rescaling(0.25, offset=-0.5))


def joined():
    """Several inputs and several named outputs."""
    first, second = keras.Input((4, 3), name="first"), keras.Input((4, 3), name="second")
    total = layers.Add(name="total")([first, second])
    along = layers.Concatenate(axis=1, name="along")([first, second])
    across = layers.Concatenate(name="across")([total, first])
    yield "several", keras.Model([first, second], [layers.LSTM(2, name="memory")(across), along, total])


def sequential():
    yield "sequential", keras.Sequential([
        keras.Input((10, 4)), layers.Normalization(), layers.LSTM(8, return_sequences=True), layers.Dropout(0.2),
        layers.LSTM(4), layers.Dense(3, activation="relu"), layers.Dense(1)])


def save(folder, name, model, random):
    # A sequential model has one output and no name for it.
    names = getattr(model, "output_names", ["output"])
    for size in BATCH_SIZES:
        inputs = [random.normal(size=(size, *tensor.shape[1:])).astype("float32") for tensor in model.inputs]
        outputs = model(inputs if len(inputs) > 1 else inputs[0], training=False)
        outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
        np.savez(folder / f"{name}_{size}_input.npz", **dict(zip([tensor.name for tensor in model.inputs], inputs)))
        np.savez(folder / f"{name}_{size}_output.npz",
                 **{key: np.asarray(value, "float32") for key, value in zip(names, outputs)})
    model.save(folder / f"{name}.keras")
    model.save(folder / f"{name}.h5")
    model.save_weights(folder / f"{name}.weights.h5")
    (folder / f"{name}.json").write_text(model.to_json())


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(11)
    count = 0
    for family in (dense, recurrent, shaping, normalizing, joined, sequential):
        for name, model in family():
            randomize(keras, model, random, span=0.8, least_variance=0.2)
            save(folder, name, model, random)
            count += 1
    print(f"{count} models of {sys.argv[1]} {keras.__version__}")


if __name__ == "__main__":
    main(Path(sys.argv[2]))
