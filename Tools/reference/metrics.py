"""Reference values of scikit-learn, numpy and scipy for Tests/MetricsTests.

    python Tools/reference/metrics.py

writes Tests/Fixtures/Metrics/*.json; inputs are drawn from fixed seeds and stored beside the results.
"""

import json
import pathlib

import numpy as np
from scipy.stats import binomtest
from sklearn import metrics
from sklearn.linear_model import Ridge
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import RobustScaler, StandardScaler

OUTPUT = pathlib.Path(__file__).resolve().parents[2] / "Tests/Fixtures/Metrics"


def write(name, content):
    OUTPUT.mkdir(parents=True, exist_ok=True)
    plain = {key: value.tolist() if isinstance(value, np.ndarray) else value for key, value in content.items()}
    (OUTPUT / name).write_text(json.dumps(plain, separators=(",", ":"), allow_nan=False) + "\n")


def regression():
    random = np.random.default_rng(1)
    group = random.integers(0, 4, 240)
    mean, deviation = np.array([5.0, 80.0, 900.0, 1e4]), np.array([1.0, 9.0, 40.0, 500.0])
    actual = np.round(random.normal(mean[group], deviation[group]), 3)
    predicted = np.round(actual + random.normal(0, 0.5 * deviation[group]), 3)
    floors = 0.9 * mean[group]
    kept = np.abs(actual) > floors
    standard = [(values - mean[group]) / deviation[group] for values in (predicted, actual)]
    write("regression.json", {
        "group": group, "mean": mean, "deviation": deviation, "actual": actual, "predicted": predicted, "floors": floors,
        "correlation": np.corrcoef(predicted, actual)[0, 1],
        "standardisedCorrelation": np.corrcoef(*standard)[0, 1],
        "meanAbsolutePercentageError": 100 * metrics.mean_absolute_percentage_error(actual[kept], predicted[kept]),
        "rowsBelowFloor": int((~kept).sum()),
        "weightedAbsolutePercentageError": 100 * np.abs(predicted - actual).sum() / np.abs(actual).sum(),
        "meanAbsoluteError": metrics.mean_absolute_error(actual, predicted),
        "rootMeanSquaredError": metrics.root_mean_squared_error(actual, predicted),
        "rSquared": metrics.r2_score(actual, predicted),
    })


def classification():
    random = np.random.default_rng(2)
    truth = random.choice([0, 1, 2, 3, 5, 9], 300)  # 4 is only chosen, 6 is neither.
    chosen = np.where(random.random(300) < 0.7, truth, random.choice([0, 1, 2, 3, 4], 300))
    labels = [0, 1, 2, 3, 4, 5, 9]
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(truth, chosen, labels=labels, zero_division=0)
    write("classification.json", {
        "truth": truth, "chosen": chosen, "labels": labels,
        "counts": metrics.confusion_matrix(truth, chosen, labels=range(10)),
        "accuracy": metrics.accuracy_score(truth, chosen),
        "precision": precision, "recall": recall, "f1": f1,
        "macroF1": metrics.f1_score(truth, chosen, average="macro"),
    })


def detection():
    random = np.random.default_rng(3)
    labels = random.random(400) < 0.1
    scores = np.round(random.normal(size=400) + 1.2 * labels, 1)  # One decimal: many ties.
    weights = random.integers(0, 4, 400)
    precision, recall, thresholds = metrics.precision_recall_curve(labels, scores)
    alarms = scores >= 1.0
    (tn, fp), (fn, tp) = metrics.confusion_matrix(labels, alarms)
    write("detection.json", {
        "scores": scores, "labels": labels, "weights": weights,
        "averagePrecision": metrics.average_precision_score(labels, scores),
        "rocAUC": metrics.roc_auc_score(labels, scores),
        "weightedAveragePrecision": metrics.average_precision_score(labels, scores, sample_weight=weights),
        "weightedROCAUC": metrics.roc_auc_score(labels, scores, sample_weight=weights),
        "curvePrecision": precision[:-1][::-1], "curveRecall": recall[:-1][::-1], "curveThreshold": thresholds[::-1],
        "threshold": 1.0,
        "precision": metrics.precision_score(labels, alarms), "recall": metrics.recall_score(labels, alarms),
        "f1": metrics.f1_score(labels, alarms), "accuracy": metrics.accuracy_score(labels, alarms),
        "falsePositiveRate": fp / (fp + tn),
    })


def baselines():
    random = np.random.default_rng(4)
    window, order, count = 12, 10, 150
    series = np.zeros(count + window)
    for step in range(2, len(series)):
        series[step] = 0.6 * series[step - 1] + 0.2 * series[step - 2] + random.normal()
    series = np.round(50 + 10 * series, 4)
    histories = np.array([series[start:start + window] for start in range(count)])
    targets = series[window:window + count]
    ridge = Ridge(alpha=25.0).fit(histories[:, -order:], targets)
    features = np.round(random.normal(size=(260, 4)) * [1, 10, 100, 1], 3).astype(np.float32)
    features[:, 3] = 7
    classes = (features[:, 0] + features[:, 1] / 10 > 0).astype(int) + (features[:, 2] > 50)
    scaler = StandardScaler().fit(features[:180])
    neighbours = KNeighborsClassifier(5).fit(scaler.transform(features[:180]), classes[:180])
    robust = RobustScaler(unit_variance=True).fit(features[:180, :3].astype(np.float64))
    z = np.abs(robust.transform(features[:, :3].astype(np.float64)))
    write("baselines.json", {
        "series": series, "windowLength": window, "order": order, "windows": count, "penalty": 25.0,
        "intercept": ridge.intercept_, "coefficients": ridge.coef_, "predictions": ridge.predict(histories[:, -order:]),
        "features": features.ravel().astype(float), "classes": classes, "trainingRows": 180,
        "nearest": neighbours.predict(scaler.transform(features[180:])),
        "largest": z.max(1), "sumOfSquares": (z ** 2).sum(1),
        "robustCenters": robust.center_, "robustScales": robust.scale_,
    })


def intervals():
    values = np.round(np.random.default_rng(5).normal(size=37), 4)
    probabilities = [0, 0.025, 0.25, 0.5, 0.9, 0.975, 1]
    pairs = [(0, 30), (1, 30), (15, 30), (29, 30), (30, 30), (188, 188), (189, 189), (990, 1000), (3, 3)]
    bounds = [binomtest(k, n).proportion_ci(method="wilson") for k, n in pairs]
    write("intervals.json", {
        "values": values, "probabilities": probabilities, "quantiles": np.quantile(values, probabilities),
        "successes": [k for k, _ in pairs], "counts": [n for _, n in pairs],
        "lower": [bound.low for bound in bounds], "upper": [bound.high for bound in bounds],
    })


if __name__ == "__main__":
    regression()
    classification()
    detection()
    baselines()
    intervals()
