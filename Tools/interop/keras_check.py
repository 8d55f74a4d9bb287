"""Loads Keras files with stock Keras, no custom objects, and compares their predictions with recorded ones.

Usage: KERAS_BACKEND=jax python keras_check.py FOLDER [keras]      (keras, jax, h5py, numpy)
       python keras_check.py FOLDER tf_keras                       (tf_keras, tensorflow, h5py, numpy: whole-model .h5 only)

For each NAME.keras, NAME.h5 and NAME.json with NAME.weights.h5 in FOLDER there must be NAME_input.npy and NAME_output.npy (or
NAME_input.json, NAME_output.json: nested lists); models with several inputs or outputs have NAME_input_0.npy and so on. One line per artifact; exit code 1 when one disagrees by more than 1e-5 * max(1, |v|), cannot be loaded, or there is
none at all.
"""
import importlib
import io
import json
import sys
import zipfile
from pathlib import Path

import h5py
import numpy as np

from artifact_checks import count_failures

keras = importlib.import_module(sys.argv[2] if len(sys.argv) > 2 else "keras")
IS_KERAS_3 = keras.__version__.startswith("3")
TOLERANCE = 1e-5
# Activations that Keras 2 does not have, or by another formula (hard_sigmoid).
KERAS_3_ONLY = {
    "celu", "hard_shrink", "hard_sigmoid", "hard_silu", "hard_tanh", "log_sigmoid", "soft_shrink", "sparse_plus",
    "sparse_sigmoid", "sparsemax", "squareplus", "tanh_shrink"}


def load_array(base: Path, what: str) -> np.ndarray:
    npy = base.with_name(f"{base.name}_{what}.npy")
    if npy.exists():
        return np.load(npy, allow_pickle=False)
    return np.array(json.loads(base.with_name(f"{base.name}_{what}.json").read_text()), "float32")


def load_arrays(base: Path, what: str) -> list[np.ndarray]:
    """The only one, or those with numbers, in order."""
    numbered = sorted(base.parent.glob(f"{base.name}_{what}_[0-9].npy"))
    return [np.load(path, allow_pickle=False) for path in numbered] or [load_array(base, what)]


def load_model(path: Path):
    if path.suffix != ".json":
        return keras.models.load_model(path, compile=False)
    model = keras.models.model_from_json(path.read_text())
    model.load_weights(path.with_suffix(".weights.h5"))
    return model


def stored_weights(path: Path) -> int:
    """The number of float values in the model's HDF5 file, read by h5py on its own."""
    count = 0

    def visit(_, item):
        nonlocal count
        if isinstance(item, h5py.Dataset) and item.dtype.kind == "f":
            assert item.dtype == np.dtype("<f4") and item.chunks is None, f"{item.name}: not contiguous float32"
            count += np.asarray(item).size

    if path.suffix == ".keras":
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
            source = io.BytesIO(archive.read("model.weights.h5"))
    else:
        source = path.with_suffix(".weights.h5") if path.suffix == ".json" else path
    with h5py.File(source, "r") as weights:
        weights.visititems(visit)
    return count


def check(path: Path) -> float:
    """The largest disagreement in units of the tolerance."""
    base = path.with_suffix("")
    model = load_model(path)
    loaded = sum(int(np.prod(w.shape)) for w in model.weights if "float" in str(w.dtype))
    assert stored_weights(path) == loaded, f"{stored_weights(path)} values stored, {loaded} loaded"
    inputs = load_arrays(base, "input")
    expected = load_arrays(base, "output")
    found = model.predict(inputs if len(inputs) > 1 else inputs[0], verbose=0)
    found = [np.asarray(array) for array in (found if isinstance(found, list) else [found])]
    assert [a.shape for a in found] == [a.shape for a in expected], "the outputs have other shapes"
    assert all(np.isfinite(a).all() for a in found), "a prediction is not finite"
    return max(float(np.max(np.abs(f - e) / np.maximum(1, np.abs(e)), initial=0)) for f, e in zip(found, expected))


def main(folder: Path) -> int:
    endings = (".keras", ".h5", ".json") if IS_KERAS_3 else (".h5",)
    paths = sorted(
        path for path in folder.iterdir()
        if path.suffix in endings and not path.name.endswith(".weights.h5")
        and (IS_KERAS_3 or path.stem.removeprefix("activation_") not in KERAS_3_ONLY)
        and (path.suffix != ".json" or path.with_suffix(".weights.h5").exists()))
    worst = 0.0

    def judged(path: Path) -> tuple[bool, str]:
        nonlocal worst
        difference = check(path)
        worst = max(worst, difference)
        return difference <= TOLERANCE, f"largest difference {difference:.2e}"

    failures = count_failures(paths, judged) + (not paths)
    print(f"{len(paths)} artifacts, {failures} failures, largest difference {worst:.2e}, Keras {keras.__version__}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
