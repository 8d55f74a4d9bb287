"""Reference values of scikit-learn's IsolationForest for Tests/LearnersTests/Forest.

    python Tools/reference/isolation_forest.py [FOLDER_OF_SMD]

writes Tests/Fixtures/Forest/sklearn_forest.json (a small forest as node arrays, rows and their scores) and
smd_reference.json (scores and average precision over 20 seeds). With FOLDER_OF_SMD, the folder that holds
train/machine-1-6.txt.gz, test/… and test_label/… of the Server Machine Dataset, it first cuts the rows in smd-machine-1-6/.
"""

import json
import pathlib
import sys

import numpy as np
from sklearn.ensemble import IsolationForest
from sklearn.metrics import average_precision_score

OUTPUT = pathlib.Path(__file__).resolve().parents[2] / "Tests/Fixtures/Forest"
MACHINE = OUTPUT / "smd-machine-1-6"
SEEDS, GROUP = 20, 10


def floor32(values):
    """The largest float32 not above each value: x <= t and x <= floor32(t) are the same for every float32 x."""
    rounded = values.astype(np.float32)
    return np.where(rounded.astype(np.float64) > values, np.nextafter(rounded, np.float32(-np.inf)), rounded)


def small_forest():
    random = np.random.default_rng(7)
    train = random.normal(size=(200, 5)).astype(np.float32)
    train[:, 3] = random.integers(0, 3, 200)
    train[:, 4] = 2.5
    forest = IsolationForest(n_estimators=8, max_samples=32, random_state=7).fit(train)
    trees = [estimator.tree_ for estimator in forest.estimators_]
    thresholds = [floor32(tree.threshold) for tree in trees]
    rows = [row for row in train[:24]] + [row for row in random.normal(scale=6, size=(12, 5)).astype(np.float32)]
    for tree, threshold in zip(trees, thresholds):  # Rows that lie exactly on a split, and one step above it.
        for node in np.flatnonzero(tree.feature >= 0)[:3]:
            for value in (threshold[node], np.nextafter(threshold[node], np.float32(np.inf))):
                row = train[24 + node].copy()
                row[tree.feature[node]] = value
                rows.append(row)
    rows = np.array(rows, dtype=np.float32)
    write("sklearn_forest.json", {
        "sampleSize": 32,
        "rows": [[float(value) for value in row] for row in rows],
        "scores": (-forest.score_samples(rows)).tolist(),
        "trees": [
            {
                "feature": tree.feature.tolist(),
                "threshold": [float(value) for value in threshold],
                "left": tree.children_left.tolist(),
                "right": tree.children_right.tolist(),
                "samples": tree.n_node_samples.tolist(),
            }
            for tree, threshold in zip(trees, thresholds)
        ],
    })


def cut_machine(source):
    MACHINE.mkdir(parents=True, exist_ok=True)
    for part, step in (("train", 24), ("test", 20)):
        rows = np.loadtxt(source / part / "machine-1-6.txt.gz", delimiter=",", dtype=np.float32)[::step]
        rows.astype("<f4").tofile(MACHINE / f"{part}.f32")
    labels = np.loadtxt(source / "test_label/machine-1-6.txt.gz")[::20]
    labels.astype(np.uint8).tofile(MACHINE / "test_label.u8")


def machine_reference():
    train = np.fromfile(MACHINE / "train.f32", dtype="<f4").reshape(-1, 38)
    test = np.fromfile(MACHINE / "test.f32", dtype="<f4").reshape(-1, 38)
    labels = np.fromfile(MACHINE / "test_label.u8", dtype=np.uint8)
    scores = np.array([
        -IsolationForest(n_estimators=200, max_samples=256, random_state=seed).fit(train).score_samples(test)
        for seed in range(SEEDS)
    ])
    # How far the mean scores of two groups of ten seeds lie apart, over 500 ways to form the groups.
    random, spread, ks = np.random.default_rng(0), [], []
    for _ in range(500):
        order = random.permutation(SEEDS)
        one, other = scores[order[:GROUP]], scores[order[GROUP:]]
        spread.append(np.abs(one.mean(0) - other.mean(0)).mean())
        ks.append(kolmogorov_smirnov(one.mean(0), other.mean(0)))
    write("smd_reference.json", {
        "meanScores": [round(value, 6) for value in scores[:GROUP].mean(0)],
        "largestMeanDifference": max(spread),
        "largestKolmogorovSmirnov": max(ks),
        "averagePrecision": [average_precision_score(labels, row) for row in scores],
    })


def kolmogorov_smirnov(one, other):
    grid = np.sort(np.concatenate([one, other]))
    share = lambda sample: np.searchsorted(np.sort(sample), grid, side="right") / len(sample)
    return float(np.abs(share(one) - share(other)).max())


def write(name, content):
    OUTPUT.mkdir(parents=True, exist_ok=True)
    (OUTPUT / name).write_text(json.dumps(content, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    small_forest()
    if len(sys.argv) > 1:
        cut_machine(pathlib.Path(sys.argv[1]))
    machine_reference()
