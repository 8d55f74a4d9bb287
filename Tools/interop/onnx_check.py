"""Runs every ONNX artifact of a folder in ONNX Runtime and compares with what the program computed.

For each `<stem>.onnx` beside `<stem>_<input>.npy` for each of its inputs and `<stem>_output.npy`: the ONNX checker with full shape inference, then
ONNX Runtime with the whole batch and with each row alone. Values agree when |a - b| <= 1e-5 * max(1, |b|).

    python Tools/interop/onnx_check.py FOLDER

One line per artifact. Exit code 1 when anything disagrees, is missing, or nothing was checked.
"""

import pathlib
import sys

import numpy as np
import onnx
import onnxruntime

from artifact_checks import count_failures

TOLERANCE = 1e-5
# Rows that are also run one by one.
SINGLE_ROWS = 100


def run(session, inputs):
    return session.run(["output"], inputs)[0]


def difference(actual, expected):
    """The largest |a - b| / max(1, |b|); infinite where a value is not finite or the shapes differ."""
    if actual.shape != expected.shape or not np.isfinite(actual).all() or not np.isfinite(expected).all():
        return float("inf")
    gap = np.abs(actual.astype(np.float64) - expected) / np.maximum(1.0, np.abs(expected.astype(np.float64)))
    return float(gap.max(initial=0.0))


def contract_problems(session):
    """The client contract: float32 tensors with a dynamic batch axis; one is called `output`, a single input `input`."""
    inputs, outputs = session.get_inputs(), [v for v in session.get_outputs() if v.name == "output"]
    if len(inputs) == 1 and inputs[0].name != "input":
        yield f"the input is named `{inputs[0].name}`"
    if not outputs:
        yield "no output named `output`"
    for value in inputs + outputs:
        if value.type != "tensor(float)":
            yield f"`{value.name}` is {value.type}"
        elif not value.shape or isinstance(value.shape[0], int):
            yield f"`{value.name}` has the fixed batch size of {value.shape}"


def check(model_path):
    """Returns (passed, description) of one artifact."""
    onnx.checker.check_model(onnx.load(model_path), full_check=True)
    session = onnxruntime.InferenceSession(str(model_path), providers=["CPUExecutionProvider"])
    problems = list(contract_problems(session))
    if problems:
        return False, "; ".join(problems)
    stem = model_path.name.removesuffix(".onnx")
    names = [value.name for value in session.get_inputs()]
    paths = {name: model_path.with_name(f"{stem}_{name}.npy") for name in [*names, "output"]}
    missing = [path.name for path in paths.values() if not path.exists()]
    if missing:
        return False, f"missing {', '.join(missing)}"
    inputs, expected = {name: np.load(paths[name]) for name in names}, np.load(paths["output"])
    rows = len(expected)
    if rows == 0:
        return False, "no rows to compare"
    together = difference(run(session, inputs), expected)
    singles = [
        difference(run(session, {name: rows[i : i + 1] for name, rows in inputs.items()}), expected[i : i + 1])
        for i in range(min(rows, SINGLE_ROWS))
    ]
    text = f"{rows} rows: largest difference {together:.3g}, {len(singles)} rows one by one: {max(singles):.3g}"
    return max(together, max(singles)) <= TOLERANCE, text


def main(folder):
    paths = sorted(pathlib.Path(folder).glob("*.onnx"))
    if not paths:
        print(f"FAIL no .onnx files in {folder}")
        return 1
    failures = count_failures(paths, check)
    print(f"{len(paths) - failures} of {len(paths)} artifacts agree with ONNX Runtime {onnxruntime.__version__}")
    return 1 if failures else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
