"""Runs other programs' model files with `dwcp infer` and compares with what those programs computed.

    python infer_check.py DWCP FOLDER

For each NAME.keras, NAME.h5 and NAME.json in FOLDER (their_models.py writes them) and each batch size; then the model is converted
to ONNX with `dwcp convert`, and ONNX Runtime runs that. Values agree when |a - b| <= 1e-5 * max(1, |b|). One line for each
failure and one for each format; exit code 1 when anything disagrees or nothing was checked.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime

TOLERANCE = 1e-5


def run(*arguments):
    done = subprocess.run([str(a) for a in arguments], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip() or f"exit code {done.returncode}")


def difference(found, expected):
    """The largest |a - b| / max(1, |b|) over all outputs; the only output of a model may have any name."""
    if len(found) == 1 and len(expected) == 1:
        found = dict(zip(expected, found.values()))
    if sorted(found) != sorted(expected):
        raise RuntimeError(f"outputs {sorted(found)}, expected {sorted(expected)}")
    worst = 0.0
    for name, values in expected.items():
        if found[name].shape != values.shape or not np.isfinite(found[name]).all():
            raise RuntimeError(f"{name} has the shape {found[name].shape}, expected {values.shape}, all finite")
        worst = max(worst, float(np.max(np.abs(found[name] - values) / np.maximum(1, np.abs(values)), initial=0)))
    return worst


def batches(model):
    """Input and expected output files of a model, by batch size."""
    name = re.escape(model.stem)
    for path in sorted(model.parent.glob("*_input.npz")):
        if re.fullmatch(rf"{name}_\d+_input\.npz", path.name):
            yield path, path.with_name(path.name.replace("_input", "_output"))


def by_infer(dwcp, model, inputs, scratch):
    run(dwcp, "infer", model, "--input", inputs, "--output", scratch / "out.npz")
    return dict(np.load(scratch / "out.npz"))


def by_onnx_runtime(session, inputs):
    given = dict(np.load(inputs))
    names = [value.name for value in session.get_inputs()]
    # A model's only input may have any name.
    feed = given if len(given) > 1 else {names[0]: next(iter(given.values()))}
    return dict(zip((value.name for value in session.get_outputs()), session.run(None, feed)))


def check(dwcp, model, scratch):
    """The largest difference in this program, and in ONNX Runtime after conversion."""
    cases = [(inputs, dict(np.load(outputs))) for inputs, outputs in batches(model)]
    if not cases:
        raise RuntimeError("no inputs beside it")
    ours = max(difference(by_infer(dwcp, model, inputs, scratch), expected) for inputs, expected in cases)
    if model.suffix != ".keras":
        return ours, 0.0
    run(dwcp, "convert", model, scratch / "converted.onnx")
    session = onnxruntime.InferenceSession(str(scratch / "converted.onnx"), providers=["CPUExecutionProvider"])
    return ours, max(difference(by_onnx_runtime(session, inputs), expected) for inputs, expected in cases)


def main(dwcp, folder):
    failures = checked = 0
    for ending in (".keras", ".h5", ".json"):
        paths = sorted(p for p in folder.glob(f"*{ending}") if not p.name.endswith(".weights.h5"))
        worst = [0.0, 0.0]
        for path in paths:
            with tempfile.TemporaryDirectory() as scratch:
                try:
                    found = check(dwcp, path, Path(scratch))
                    agrees = max(found) <= TOLERANCE
                    worst = [max(pair) for pair in zip(worst, found)]
                    if not agrees:
                        print(f"FAIL {path.name}: difference {found[0]:.2e} here, {found[1]:.2e} in ONNX Runtime")
                except (RuntimeError, OSError) as error:
                    agrees = False
                    print(f"FAIL {path.name}: {' '.join(str(error).split())[:400]}")
            failures += not agrees
        checked += len(paths)
        print(f"{len(paths)} {ending} files, largest difference {worst[0]:.2e}, in ONNX Runtime {worst[1]:.2e}")
    if checked == 0:
        print(f"FAIL no model files in {folder}")
    return 1 if failures or not checked else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1]).resolve(), Path(sys.argv[2])))
