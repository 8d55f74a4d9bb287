"""One sample at a time through the model files that dwcp-bench wrote; the seconds are the median of the calls."""

import time

import samples


def _calls(settings, call, scalar, limit=None):
    windows = samples.load(settings, "inference_samples")
    inputs = [windows[index : index + 1] for index in range(len(windows))]
    if limit:
        inputs = inputs[:limit]

    def run() -> dict:
        times, outputs = [], []
        for x in inputs:
            start = time.perf_counter()
            output = call(x)
            times.append(time.perf_counter() - start)
            outputs.append(scalar(output))
        times.sort()
        return {
            "seconds": times[len(times) // 2], "p99 µs": times[len(times) * 99 // 100] * 1e6,
            "first output": outputs[0],
        }

    return run


def onnxruntime(settings):
    import onnxruntime as ort

    options = ort.SessionOptions()
    # One sample is too little to share: threads only make it slower.
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(
        f"{settings['data']}/inference.onnx", options, providers=["CPUExecutionProvider"])
    return _calls(settings, lambda x: session.run(["output"], {"input": x})[0], lambda y: float(y[0, 0]))


def _keras_model(settings):
    import os

    os.environ["KERAS_BACKEND"] = "jax"
    import keras

    return keras.models.load_model(f"{settings['data']}/inference.keras")


def keras(settings):
    """A plain call: traced again each time, hence a few calls only."""
    import numpy

    model = _keras_model(settings)
    return _calls(settings, lambda x: numpy.asarray(model(x)), lambda y: float(y[0, 0]), limit=5)


def keras_predict_on_batch(settings):
    model = _keras_model(settings)
    return _calls(settings, model.predict_on_batch, lambda y: float(y[0, 0]))
