"""Loads pickled forests with stock scikit-learn, and their ONNX twins with ONNX Runtime, and compares every row.

    python Tools/interop/forest_check.py FOLDER

For each `<stem>.pkl` beside `<stem>_input.npy` and `<stem>_output.npy` (anomaly scores): `-score_samples` within 1e-6 of
them, and `predict` -1 on exactly the rows whose score reaches the metadata's threshold. Where `<stem>.onnx` stands beside
it: `output` equal to the bit and `is_anomaly` equal on every row, in one batch, in batches of 7, and for some rows alone.

One line per file. Exit code 1 when anything disagrees, is missing, or nothing was checked.
"""

import pathlib
import pickle
import sys
import warnings

import numpy as np
import sklearn
from sklearn.base import clone
from sklearn.ensemble import IsolationForest
from sklearn.exceptions import InconsistentVersionWarning

from artifact_checks import count_failures

TOLERANCE = 1e-6
# Rows that go through ONNX Runtime in batches of 7, and one by one.
SMALL_BATCHES, SINGLE_ROWS = 7000, 500


def load(path):
    with warnings.catch_warnings():
        # The file says which version it was written for; another one loads it with a warning.
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", InconsistentVersionWarning)
        with open(path, "rb") as file:
            return pickle.load(file)


def check_pickle(path, rows, expected):
    """Returns (passed, description)."""
    forest = load(path)
    if type(forest) is not IsolationForest:
        return False, f"it holds a {type(forest)}"
    with warnings.catch_warnings():
        # scikit-learn notes that the rows come without the feature names that it knows.
        warnings.simplefilter("ignore", UserWarning)
        scores, flags = -forest.score_samples(rows), forest.predict(rows) == -1
    threshold = forest.dwcp_metadata.get("threshold")
    if threshold is None:
        wanted = expected > 0.5 if forest.offset_ == -0.5 else None
    else:
        wanted = expected.astype(np.float64) >= float(threshold)
    if wanted is None:
        return False, f"no threshold, but offset_ is {forest.offset_}"
    names = forest.dwcp_metadata.get("feature_names")
    if names is not None and list(forest.feature_names_in_) != names.split(","):
        return False, f"feature_names_in_ is {list(forest.feature_names_in_)}"
    # What else one does with an estimator works too.
    repr(forest), forest.get_params(), clone(forest).fit(rows[:300])
    difference = float(np.abs(scores - expected).max())
    differing = int((flags != wanted).sum())
    text = f"{len(rows)} rows, {int(wanted.sum())} flagged: largest difference {difference:.3g}, {differing} flags differ"
    # Without a threshold in the file scikit-learn's own rule holds; scores within rounding of 0.5 may fall on either side.
    allowed = 0 if threshold is not None else int((np.abs(expected - 0.5) < 1e-7).sum())
    return difference <= TOLERANCE and differing <= allowed, text


def check_onnx(path, rows, expected):
    """Returns (passed, description)."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    threshold = session.get_modelmeta().custom_metadata_map.get("threshold")
    wanted = None if threshold is None else expected.astype(np.float64) >= float(threshold)

    def disagreements(selected, size):
        count = 0
        for start in range(0, selected, size):
            part = slice(start, min(start + size, selected))
            results = dict(zip(names, session.run(names, {"input": rows[part]})))
            count += int((results["output"].ravel().view(np.uint32) != expected[part].view(np.uint32)).sum())
            if wanted is not None:
                count += int((results["is_anomaly"].ravel() != wanted[part]).sum())
        return count

    counts = [
        disagreements(len(rows), len(rows)), disagreements(min(len(rows), SMALL_BATCHES), 7),
        disagreements(min(len(rows), SINGLE_ROWS), 1),
    ]
    return counts == [0, 0, 0], f"{len(rows)} rows: {counts} scores or flags differ in any bit (one batch, sevens, singly)"


def check(path):
    rows, expected = (np.load(path.with_name(f"{path.stem}_{kind}.npy")) for kind in ("input", "output"))
    return (check_pickle if path.suffix == ".pkl" else check_onnx)(path, rows, expected.ravel())


def main(folder):
    paths = sorted(pathlib.Path(folder).glob("*.pkl"))
    twins = [path.with_suffix(".onnx") for path in paths]
    failures = count_failures(paths + [path for path in twins if path.exists()], check) + (not paths)
    print(f"{len(paths)} pickles, {failures} failures, scikit-learn {sklearn.__version__}, numpy {np.__version__}")
    return 1 if failures else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
