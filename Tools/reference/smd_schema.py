"""Derives mappings/smd-server-machines.schema.json from schemas/dwcp_training_schema.json.

The DWCP schema plus one optional column for each scaled metric of the Server Machine Dataset; the reliability model reads those
metrics and their rolling means and deviations instead of link telemetry. Run again after a change of the DWCP schema.
"""
import json
import pathlib
import re

root = pathlib.Path(__file__).parents[2]
schema = json.loads((root / "schemas/dwcp_training_schema.json").read_text())
mapping = (root / "mappings/smd-server-machines.yaml").read_text()
metrics = re.findall(r"^  (scaled_\w+): \w+$", mapping, re.M)
assert len(metrics) == 38

group = "scaled node metrics"
schema["version"] += "+smd"
schema["groups"].append(group)
schema["columns"] += [
    {
        "name": name, "group": group, "type": "float", "unit": "", "minimum": 0, "maximum": 1, "required": False,
        "missing_limit": 0, "known": "after_decision",
        "meaning": f"The machine's {name.removeprefix('scaled_')}, scaled to 0...1 over its recording.",
    }
    for name in metrics
]
features = [{"name": name, "formula": name, "unit": "", "required": True} for name in metrics]
for statistic, suffix in (("rolling_mean", "mean"), ("rolling_std", "std")):
    features += [
        {"name": f"{name}_{suffix}_10", "formula": f"{statistic}({name}, 10)", "unit": "", "required": False}
        for name in metrics
    ]
schema["models"]["reliability"]["description"] = "Anomaly score of a machine from its scaled metrics."
schema["models"]["reliability"]["features"] = features
(root / "mappings/smd-server-machines.schema.json").write_text(json.dumps(schema, indent=1) + "\n")
