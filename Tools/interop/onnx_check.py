"""Runs every ONNX artifact of a folder in ONNX Runtime and compares with what the program computed.

For each `<stem>.onnx` beside `<stem>_input.npy` and `<stem>_output.npy`: the ONNX checker with full shape inference, then
ONNX Runtime with the whole batch and with each row alone. Values agree when |a - b| <= 1e-5 * max(1, |b|).

    python Tools/interop/onnx_check.py FOLDER

One line per artifact. Exit code 1 when anything disagrees, is missing, or nothing was checked.
"""

import pathlib
import sys

import numpy as np
import onnx
import onnxruntime

TOLERANCE = 1e-5
# Rows that are also run one by one.
SINGLE_ROWS = 100


def run(session, rows):
    return session.run(["output"], {"input": rows})[0]


def difference(actual, expected):
    """The largest |a - b| / max(1, |b|); infinite where a value is not finite or the shapes differ."""
    if actual.shape != expected.shape or not np.isfinite(actual).all() or not np.isfinite(expected).all():
        return float("inf")
    gap = np.abs(actual.astype(np.float64) - expected) / np.maximum(1.0, np.abs(expected.astype(np.float64)))
    return float(gap.max(initial=0.0))


def contract_problems(session):
    """The client contract: float32 tensors `input` and `output` with a dynamic batch axis."""
    for kind, values in (("input", session.get_inputs()), ("output", session.get_outputs())):
        value = next((v for v in values if v.name == kind), None)
        if value is None:
            yield f"no {kind} named `{kind}`"
        elif value.type != "tensor(float)":
            yield f"`{kind}` is {value.type}"
        elif not value.shape or isinstance(value.shape[0], int):
            yield f"`{kind}` has the fixed batch size of {value.shape}"
    if len(session.get_inputs()) != 1:
        yield f"{len(session.get_inputs())} inputs"


def check(model_path):
    """Returns (passed, description) of one artifact."""
    stem = model_path.name.removesuffix(".onnx")
    input_path, output_path = (model_path.with_name(f"{stem}_{kind}.npy") for kind in ("input", "output"))
    missing = [path.name for path in (input_path, output_path) if not path.exists()]
    if missing:
        return False, f"missing {', '.join(missing)}"
    rows, expected = np.load(input_path), np.load(output_path)
    if len(rows) == 0:
        return False, "no rows to compare"
    onnx.checker.check_model(onnx.load(model_path), full_check=True)
    session = onnxruntime.InferenceSession(str(model_path), providers=["CPUExecutionProvider"])
    problems = list(contract_problems(session))
    if problems:
        return False, "; ".join(problems)
    together = difference(run(session, rows), expected)
    singles = [difference(run(session, rows[i : i + 1]), expected[i : i + 1]) for i in range(min(len(rows), SINGLE_ROWS))]
    text = f"{len(rows)} rows: largest difference {together:.3g}, {len(singles)} rows one by one: {max(singles):.3g}"
    return max(together, max(singles)) <= TOLERANCE, text


def main(folder):
    paths = sorted(pathlib.Path(folder).glob("*.onnx"))
    if not paths:
        print(f"FAIL no .onnx files in {folder}")
        return 1
    failures = 0
    for path in paths:
        try:
            passed, text = check(path)
        except Exception as error:  # A broken artifact must not hide the others.
            passed, text = False, f"{type(error).__name__}: {error}"
        failures += not passed
        print(f"{'ok  ' if passed else 'FAIL'} {path.name}: {text}")
    print(f"{len(paths) - failures} of {len(paths)} artifacts agree with ONNX Runtime {onnxruntime.__version__}")
    return 1 if failures else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
