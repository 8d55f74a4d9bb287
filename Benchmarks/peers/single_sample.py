"""One sample at a time through a model file that our side wrote; the seconds are the median of the calls."""

import time

import numpy


def _calls(settings, call, calls=None):
    values = numpy.load(settings["inputs"])
    inputs = [values[index : index + 1] for index in range(len(values))]
    calls = calls or settings["samples"]

    def run() -> dict:
        times, first = [], None
        for number in range(calls):
            x = inputs[number % len(inputs)]
            start = time.perf_counter()
            output = call(x)
            times.append(time.perf_counter() - start)
            if number == 0:
                first = float(numpy.abs(output).mean())
        times.sort()
        return {"seconds": times[calls // 2], "p99 µs": times[calls * 99 // 100] * 1e6, "first output": first}

    return run


def onnxruntime(settings):
    import onnxruntime as ort

    options = ort.SessionOptions()
    # One sample is too little to share: threads only make it slower.
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(settings["model"], options, providers=["CPUExecutionProvider"])
    return _calls(settings, lambda x: session.run(["output"], {"input": x})[0])


def _keras_model(settings):
    import keras

    return keras.models.load_model(settings["model"])


def keras(settings):
    """A plain call: traced again each time, hence a few calls only."""
    model = _keras_model(settings)
    return _calls(settings, lambda x: numpy.asarray(model(x)), calls=5)


def keras_predict_on_batch(settings):
    return _calls(settings, _keras_model(settings).predict_on_batch)
