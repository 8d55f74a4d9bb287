"""Rolling statistics of pandas for Tests/ExpressionsTests: writes Tests/Fixtures/Expressions/rolling.json."""
import json
import pathlib

import numpy as np
import pandas as pd

generator = np.random.default_rng(7)
values = generator.normal(1000.0, 3.0, 60)
values[[0, 1, 7, 20, 21, 22, 23, 24, 40]] = np.nan
values[50:56] = 1e9 + np.arange(6) * 1e-3  # a small spread far from zero: a sum of squares would lose it
series = pd.Series(values)


def cells(result):
    return [None if np.isnan(x) else float(x) for x in result]


cases = {}
for rows in (1, 4, 15):
    window = series.rolling(rows, min_periods=1)
    # pandas' own std updates sums as it moves; numpy on each window is the plain definition.
    deviation = [np.nanstd(w) if w.notna().any() else np.nan for w in window]
    cases[f"rolling_mean(x, {rows})"] = cells([np.nanmean(w) if w.notna().any() else np.nan for w in window])
    cases[f"rolling_std(x, {rows})"] = cells(deviation)
    cases[f"rolling_min(x, {rows})"] = cells(window.min())
    cases[f"rolling_max(x, {rows})"] = cells(window.max())
    cases[f"rolling_median(x, {rows})"] = cells(window.median())
cases["lag(x, 3)"] = cells(series.shift(3))
cases["diff(x)"] = cells(series.diff())
cases["diff(x, 5)"] = cells(series.diff(5))
cases["log1p(abs(x)) - sqrt(abs(x)) / exp(0.5)"] = cells(np.log1p(series.abs()) - np.sqrt(series.abs()) / np.exp(0.5))

target = pathlib.Path(__file__).parents[2] / "Tests/Fixtures/Expressions/rolling.json"
target.write_text(json.dumps({"x": cells(series), "cases": cases}, indent=None) + "\n")
