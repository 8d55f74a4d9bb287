"""scikit-learn's scalers for Tests/TelemetryTests: writes Tests/Fixtures/Telemetry/scalers.json."""
import json
import pathlib

import numpy as np
from sklearn.preprocessing import RobustScaler, StandardScaler

generator = np.random.default_rng(11)
rows = 41
x = np.stack(
    [
        generator.normal(3, 2, rows),
        generator.lognormal(3, 2, rows),
        np.full(rows, 0.1),  # constant, not exact in binary
        np.full(rows, 123456.789),
        generator.integers(0, 4, rows).astype(float),
        1e6 + generator.normal(0, 0.5, rows),
        (generator.uniform(size=rows) < 0.1).astype(float),  # quartiles coincide
        np.zeros(rows),
    ],
    axis=1,
).astype(np.float32)
wide = x.astype(np.float64)
standard, robust = StandardScaler().fit(wide), RobustScaler().fit(wide)
target = pathlib.Path(__file__).parents[2] / "Tests/Fixtures/Telemetry/scalers.json"
target.write_text(
    json.dumps(
        {
            "x": x.astype(float).tolist(),
            "standard": {"center": standard.mean_.tolist(), "scale": standard.scale_.tolist()},
            "robust": {"center": robust.center_.tolist(), "scale": robust.scale_.tolist()},
            "standard_scaled": standard.transform(wide)[5].tolist(),
        }
    )
    + "\n"
)
