"""Loads Keras archives with stock Keras, no custom objects, and compares their predictions with recorded ones.

Usage: KERAS_BACKEND=jax python keras_check.py FOLDER      (keras, jax, h5py, numpy)

For each NAME.keras in FOLDER there must be NAME_input.npy and NAME_output.npy (or NAME_input.json, NAME_output.json: nested
lists). One line per artifact; exit code 1 when one disagrees by more than 1e-5 * max(1, |v|), cannot be loaded, or there is
none at all.
"""
import io
import json
import sys
import zipfile
from pathlib import Path

import h5py
import keras
import numpy as np

TOLERANCE = 1e-5


def load_array(base: Path, what: str) -> np.ndarray:
    npy = base.with_name(f"{base.name}_{what}.npy")
    if npy.exists():
        return np.load(npy, allow_pickle=False)
    return np.array(json.loads(base.with_name(f"{base.name}_{what}.json").read_text()), "float32")


def stored_weights(path: Path) -> int:
    """The number of float values in the archive's HDF5 file, read by h5py on its own."""
    count = 0

    def visit(_, item):
        nonlocal count
        if isinstance(item, h5py.Dataset) and item.dtype.kind == "f":
            assert item.dtype == np.dtype("<f4") and item.chunks is None, f"{item.name}: not contiguous float32"
            count += np.asarray(item).size

    with zipfile.ZipFile(path) as archive, h5py.File(io.BytesIO(archive.read("model.weights.h5")), "r") as weights:
        assert archive.testzip() is None
        weights.visititems(visit)
    return count


def check(path: Path) -> float:
    """The largest disagreement in units of the tolerance."""
    base = path.with_suffix("")
    model = keras.models.load_model(path)
    loaded = sum(int(np.prod(w.shape)) for w in model.weights if "float" in str(w.dtype))
    assert stored_weights(path) == loaded, f"{stored_weights(path)} values stored, {loaded} loaded"
    expected = load_array(base, "output")
    found = np.asarray(model.predict(load_array(base, "input"), verbose=0))
    assert found.shape == expected.shape, f"shape {found.shape}, expected {expected.shape}"
    assert np.isfinite(found).all(), "a prediction is not finite"
    return float(np.max(np.abs(found - expected) / np.maximum(1, np.abs(expected)), initial=0))


def main(folder: Path) -> int:
    paths = sorted(folder.glob("*.keras"))
    failures = 0 if paths else 1
    worst = 0.0
    for path in paths:
        try:
            difference = check(path)
            agrees = difference <= TOLERANCE
            worst = max(worst, difference)
            print(f"{'ok  ' if agrees else 'FAIL'} {path.name}: largest difference {difference:.2e}")
        except Exception as error:  # One line per artifact, whatever is wrong with it.
            agrees = False
            print(f"FAIL {path.name}: {type(error).__name__}: {' '.join(str(error).split())[:300]}")
        failures += not agrees
    print(f"{len(paths)} artifacts, {failures} failures, largest difference {worst:.2e}, Keras {keras.__version__}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
