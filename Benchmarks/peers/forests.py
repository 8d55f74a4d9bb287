"""scikit-learn's IsolationForest, on one thread (its default) and on all (joblib's threads)."""

import time

import joblib
from sklearn.ensemble import IsolationForest

import samples


def _forest(threads: int = 1) -> IsolationForest:
    return IsolationForest(n_estimators=200, max_samples=256, random_state=42, n_jobs=threads)


def _fit(settings, threads):
    rows = samples.load(settings, "forest_rows")

    def run() -> dict:
        start = time.perf_counter()
        forest = _forest(threads).fit(rows)
        return {"seconds": time.perf_counter() - start, "trees": len(forest.estimators_)}

    return run


def _score(settings, threads):
    rows = samples.load(settings, "forest_rows")
    forest = _forest().fit(rows)

    def run() -> dict:
        with joblib.parallel_config("threading", n_jobs=threads):
            start = time.perf_counter()
            scores = forest.score_samples(rows)
            seconds = time.perf_counter() - start
        return {"seconds": seconds, "mean score": -float(scores.mean())}

    return run


def fit(settings):
    return _fit(settings, 1)


def fit_threaded(settings):
    return _fit(settings, settings["threads"])


def score(settings):
    return _score(settings, 1)


def score_threaded(settings):
    return _score(settings, settings["threads"])
