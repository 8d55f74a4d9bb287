"""Cuts the sample of the testbed recording that stands in data/testbed: the columns that the models use, the last part of the time.

    python Tools/reference/testbed_sample.py TESTBED_FOLDER SCHEMA data/testbed

Cells are copied as they are. Rows of the last MINUTES of the recording, with the incidents that touch them.
"""

import csv
import gzip
import io
import json
import re
import sys
from datetime import datetime, timedelta
from pathlib import Path

MINUTES = 16
LABELS = ["is_anomaly", "incident_type", "available_rate_mbps", "optimal_compression", "sample_bytes"]


def used_columns(schema: dict) -> set[str]:
    known = {column["name"] for column in schema["columns"]}
    formulas = [feature["formula"] for model in schema["models"].values() for feature in model["features"]]
    formulas += [target["column"] for target in schema["targets"]]
    words = {word for formula in formulas for word in re.findall(r"[a-z_][a-z0-9_]*", formula)}
    codec = {f"{stem}_l{level}" for stem in ("ratio", "compress_us") for level in range(10)}
    return (words & known) | codec | set(LABELS) | {"timestamp", "node_id", "peer_id", "region", "az", "node_role"}


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def main(source: Path, schema_path: Path, target: Path) -> None:
    wanted = used_columns(json.loads(schema_path.read_text()))
    with gzip.open(source / "dwcp_testbed.csv.gz", "rt", newline="") as file:
        rows = list(csv.reader(file))
    header = rows[0]
    kept = [index for index, name in enumerate(header) if name in wanted]
    time = header.index("timestamp")
    start = instant(rows[-1][time]) - timedelta(minutes=MINUTES)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([header[index] for index in kept])
    count = 0
    for row in rows[1:]:
        if instant(row[time]) > start:
            writer.writerow([row[index] for index in kept])
            count += 1
    data = gzip.compress(text.getvalue().encode(), 9, mtime=0)
    (target / "dwcp_testbed_sample.csv.gz").write_bytes(data)
    incidents = json.loads((source / "labeled_incidents.json").read_text())
    touched = [incident for incident in incidents if instant(incident["end"]) > start]
    (target / "labeled_incidents.json").write_text(json.dumps(touched, indent=1) + "\n")
    print(f"{count} rows × {len(kept)} columns, {len(data)} bytes, {len(touched)} of {len(incidents)} incidents")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
