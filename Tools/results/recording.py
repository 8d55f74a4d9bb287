"""Prints every model of one run beside its baselines as a Markdown table.

python3 Tools/results/recording.py CHECKPOINTS_FOLDER
"""

import json
import sys
from pathlib import Path

GATED = {
    "bandwidth": ["correlation", "mape"], "compression": ["accuracy", "regret"],
    "reliability": ["pr_auc", "incident_recall", "false_positive_rate"],
    "latency": ["pr_auc", "episode_recall", "detection_accuracy"],
}


def number(value: float | None, lower: float | None = None, upper: float | None = None) -> str:
    if value is None:
        return "–"
    text = f"{value:.4g}"
    return text if lower is None else f"{text} ({lower:.4g} … {upper:.4g})"


def main(folder: Path) -> None:
    for path in sorted(folder.glob("*_report.json")):
        report = json.loads(path.read_text())
        if "model_name" not in report:
            continue
        judgement = report["evaluation"]["judgement"]
        names = GATED[judgement["model"]]
        print(f"\n**{report['model_name']}**: {judgement['verdict']}, {judgement['test_rows']} test rows or windows in "
              f"{judgement['units']} units ({judgement['units_needed']} needed)\n")
        print("| | " + " | ".join(names) + " |\n|---" + "|---:" * len(names) + "|")
        metrics = {m["name"]: m for m in judgement["metrics"]}
        print("| model | " + " | ".join(
            number(metrics[n].get("value"), metrics[n].get("lower"), metrics[n].get("upper")) for n in names) + " |")
        for baseline in judgement["baselines"]:
            beaten = "" if baseline["beaten"] else " (not beaten)"
            print(f"| {baseline['name']}{beaten} | "
                  + " | ".join(number(baseline["metrics"].get(n)) for n in names) + " |")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
