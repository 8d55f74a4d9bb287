"""Makes the data of a workload: seeded, so that two runs measure the same numbers. Both sides read the same files."""

import numpy

from workloads import FOREST_COLUMNS, Workload

LSTM_FEATURES, AUTOENCODER_FEATURES, POLICY_FEATURES, VARIANT_FEATURES = 22, 12, 18, 14


def make(workload: Workload, samples: int, folder: str, prepare) -> None:
    """Writes the files of `workload` into `folder`; `prepare(name, samples)` runs a preparation of dwcp-bench."""
    random = numpy.random.default_rng(42)

    def save(name: str, values) -> None:
        numpy.save(f"{folder}/{name}.npy", values.astype(numpy.float32))

    match workload.data:
        case "lstm":
            series = _series(random, samples + workload.window - 1, LSTM_FEATURES)
            save("series", series)
            means = numpy.lib.stride_tricks.sliding_window_view(series[:, 0], workload.window).mean(axis=1)
            save("lstm_targets", means + 0.1 * random.standard_normal(samples))
        case "autoencoder":
            save("series", _series(random, samples + workload.window - 1, AUTOENCODER_FEATURES))
        case "policy":
            rows = random.standard_normal((samples, POLICY_FEATURES))
            save("policy_rows", rows)
            save("policy_labels", (rows @ random.standard_normal((POLICY_FEATURES, 3))).argmax(axis=1))
        case "variants":
            # About one label in five is noise, so that no network reaches a loss of zero.
            rows = random.standard_normal((samples, VARIANT_FEATURES))
            noise = random.standard_normal(samples)
            save("variant_rows", rows)
            save("variant_labels", rows @ random.standard_normal(VARIANT_FEATURES) / 2 + noise > 0)
        case "forest":
            save("forest_rows", random.standard_normal((samples, FOREST_COLUMNS)))
        case "inference":
            save("inference_samples", random.standard_normal((samples, workload.window, LSTM_FEATURES)))
            prepare("prepare-inference", samples)
        case "csv":
            prepare("prepare-csv", samples)


def _series(random, rows: int, features: int):
    """Slow waves with noise, so that there is something to learn."""
    time = numpy.arange(rows)[:, None]
    periods = random.uniform(50, 500, features)
    return numpy.sin(2 * numpy.pi * time / periods) + 0.3 * random.standard_normal((rows, features))
