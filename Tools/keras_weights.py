"""Random weights for the models that scripts build with a stock Keras, of either generation."""

import numpy as np


def randomize(keras, model, random, span: float, least_variance: float) -> None:
    """Draws every variable of every layer from -span to span, variances from `least_variance` on; counts are zero."""
    for layer in model.layers:
        values = []
        for variable in layer.weights:
            value = random.uniform(-span, span, variable.shape)
            if "variance" in variable.name:
                value = np.abs(value) + least_variance
            values.append(np.zeros((), "int32") if "count" in variable.name else value.astype("float32"))
        if values:
            layer.set_weights(values)
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()
