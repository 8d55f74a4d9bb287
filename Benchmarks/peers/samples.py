"""The generated data, as the peers need it: windows are copied out of the series before the clock starts."""

import numpy


def load(settings: dict, name: str) -> numpy.ndarray:
    return numpy.load(f"{settings['data']}/{name}.npy")


def windows(settings: dict) -> numpy.ndarray:
    """[window, time, feature], contiguous."""
    series = load(settings, "series")
    views = numpy.lib.stride_tricks.sliding_window_view(series, settings["windowLength"], axis=0)
    return numpy.ascontiguousarray(views.transpose(0, 2, 1))


def split(samples: numpy.ndarray, settings: dict) -> tuple[numpy.ndarray, numpy.ndarray]:
    """The first samples, and the last `heldOut`. Windows that share rows with both parts are left out."""
    count = settings.get("heldOut", 0)
    if count == 0:
        return samples, samples[:0]
    return samples[:len(samples) - count - (settings.get("windowLength", 1) - 1)], samples[-count:]


def variant(number: int) -> dict:
    """How the small classifiers of `variants` are trained, in turn."""
    return [{"epochs": 300, "batchSize": 70}, {"epochs": 400, "batchSize": 90}][number % 2]
