"""Prints the gated metrics of several runs as a Markdown table, one row a run.

python3 Tools/results/table.py FOLDER SEED…        (runs in FOLDER/c<seed>)
"""

import json
import sys
from pathlib import Path

MODELS = ["bandwidth_predictor", "compression_selector", "reliability_model", "consensus_latency"]
COLUMNS = [
    ("bandwidth_predictor", "correlation", "{:.4f}"), ("bandwidth_predictor", "mape", "{:.2f} %"),
    ("compression_selector", "accuracy", "{:.4f}"), ("compression_selector", "gain", "{:.3f} ms"),
    ("reliability_model", "incident_recall", "{:.4f}"), ("reliability_model", "pr_auc", "{:.4f}"),
    ("reliability_model", "false_positive_rate", "{:.4f}"),
    ("consensus_latency", "detection_accuracy", "{:.4f}"), ("consensus_latency", "episode_recall", "{:.4f}"),
]


def row(folder: Path) -> list[str]:
    reports = {name: json.loads((folder / f"{name}_report.json").read_text()) for name in MODELS}
    values = [text.format(reports[name]["achieved_metrics"][metric]) for name, metric, text in COLUMNS]
    baseline = next(
        b for b in reports[MODELS[0]]["evaluation"]["judgement"]["baselines"] if b["name"] == "last value")["metrics"]
    verdicts = "".join(reports[name]["evaluation"]["judgement"]["verdict"][0] for name in MODELS)
    return [f"{baseline['correlation']:.3f} / {baseline['mape']:.1f} %", *values, verdicts]


if __name__ == "__main__":
    print("| seed | last value | " + " | ".join(metric for _, metric, _ in COLUMNS) + " | verdicts |")
    print("|---" * (len(COLUMNS) + 3) + "|")
    for seed in sys.argv[2:]:
        print(f"| {seed} | " + " | ".join(row(Path(sys.argv[1]) / f"c{seed}")) + " |")
