"""Isolation forests pickled by scikit-learn, with rows and their scores, for Tests/ModelArtifactsTests/SklearnPickle*.

    python Tools/reference/sklearn_pickles.py Tests/Fixtures/SklearnPickles

Writes <name>.pkl and cases.json: per case the protocol, the rows, scores (-score_samples) and flags (predict == -1). Rows
are training rows, rows far outside, and rows that lie exactly on a split, or one float32 step above it.
"""

import io
import json
import pathlib
import pickle
import pickletools
import sys

import numpy as np
import sklearn
from sklearn.ensemble import IsolationForest

FEATURES = 4


def training_rows():
    random = np.random.default_rng(11)
    rows = random.normal(size=(300, FEATURES)).astype(np.float32)
    rows[:, 1] = random.integers(0, 4, 300)
    rows[:, 2] = np.exp(3 * rows[:, 2])
    return rows


def rows_to_score(forest, train):
    random = np.random.default_rng(12)
    rows = list(train[:40]) + list(random.normal(scale=8, size=(10, FEATURES)).astype(np.float32))
    for number, (estimator, columns) in enumerate(zip(forest.estimators_, forest.estimators_features_)):
        tree = estimator.tree_
        for node in np.flatnonzero(tree.feature >= 0)[:3]:
            threshold = tree.threshold[node]
            below = np.float32(threshold)
            if below > threshold:
                below = np.nextafter(below, np.float32(-np.inf))
            for value in (below, np.nextafter(below, np.float32(np.inf))):
                row = train[(7 * number + node) % len(train)].copy()
                row[columns[tree.feature[node]]] = value
                rows.append(row)
    return np.array(rows, np.float32)


def named(rows):
    """A frame with column names, as pandas makes it."""
    import pandas

    return pandas.DataFrame(rows, columns=["rtt_ms", "links", "loss", "uptime"])


CASES = {
    "plain": (4, {"n_estimators": 6, "max_samples": 48, "random_state": 1}, False),
    "subset": (4, {"n_estimators": 4, "max_samples": 32, "max_features": 0.5, "random_state": 2}, False),
    "contamination": (4, {"n_estimators": 4, "max_samples": 32, "contamination": 0.1, "random_state": 3}, True),
    "bootstrap": (3, {"n_estimators": 3, "max_samples": 16, "bootstrap": True, "random_state": 4}, False),
    "protocol_2": (2, {"n_estimators": 3, "max_samples": 16, "random_state": 5}, False),
    "protocol_5": (5, {"n_estimators": 3, "max_samples": 16, "random_state": np.random.RandomState(6)}, False),
}


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    cases, train = [], training_rows()
    for name, (protocol, settings, has_names) in CASES.items():
        forest = IsolationForest(**settings).fit(named(train) if has_names else train)
        rows = rows_to_score(forest, train)
        frame = named(rows) if has_names else rows
        (folder / f"{name}.pkl").write_bytes(pickle.dumps(forest, protocol=protocol))
        cases.append({
            "name": name, "offset": float(forest.offset_), "rows": [[float(str(value)) for value in row] for row in rows],
            "scores": (-forest.score_samples(frame)).tolist(), "flags": (forest.predict(frame) == -1).astype(int).tolist(),
        })
    # Without what the unpickler can do without: pickletools drops unread memo entries.
    (folder / "optimized.pkl").write_bytes(pickletools.optimize((folder / "bootstrap.pkl").read_bytes()))
    (folder / "unfitted.pkl").write_bytes(pickle.dumps(IsolationForest(), protocol=4))
    joblib_file = io.BytesIO()
    import joblib

    joblib.dump(IsolationForest(n_estimators=1, max_samples=4, random_state=1).fit(train), joblib_file)
    (folder / "joblib.pkl").write_bytes(joblib_file.getvalue())
    (folder / "cases.json").write_text(json.dumps(cases, separators=(",", ":")) + "\n")
    print(len(cases), "cases, scikit-learn", sklearn.__version__, "numpy", np.__version__, "joblib", joblib.__version__)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
