"""Derives schemas/codec_profile.json from a recording with measured codec columns.

usage: python codec_profile.py RECORDING.csv.gz > schemas/codec_profile.json

Per level: the speed is the median of sample_bytes / compress_us; the curve is the median of ratio_l<level> / ratio_l3 among
blocks whose level-3 ratio lies within 12 % of each base ratio. Made with pandas 2 or later.
"""
import json
import sys

import pandas as pd

LEVELS = range(10)
BASE_RATIOS = [1.5, 2, 3, 4, 6, 10, 20, 50]
DOCUMENTATION = {
    "purpose": "Stands in for measured codec columns (ratio_l0..9, compress_us_l0..9) when compression labels are computed.",
    "codec": "The codec that was measured, and where the numbers come from.",
    "reference_level": "The level whose ratio is the base ratio of the curves.",
    "levels.level": "0 (stored) to 9, each once.",
    "levels.megabytes_per_second": "Uncompressed bytes over CPU time, 1 MB = 1,000,000 bytes.",
    "levels.curve": "Pairs [base ratio, ratio at this level], ascending from base ratio 1; straight lines between them, the "
                    "last line continued. A base ratio below 1 counts as 1.",
}


def main():
    columns = ["sample_bytes"] + [f"{kind}_l{level}" for kind in ("ratio", "compress_us") for level in LEVELS]
    data = pd.read_csv(sys.argv[1], usecols=columns).dropna()
    base = data.ratio_l3
    levels = []
    for level in LEVELS:
        speed = (data.sample_bytes / data[f"compress_us_l{level}"]).median()
        curve = [[1, 1]]
        for ratio in BASE_RATIOS:
            near = (base > ratio / 1.12) & (base < ratio * 1.12)
            gain = (data[f"ratio_l{level}"][near] / base[near]).median()
            curve.append([ratio, 1 if level == 0 else float(f"{ratio * gain:.4g}")])
        levels.append({"level": level, "megabytes_per_second": float(f"{speed:.4g}"), "curve": curve})
    rows = ",\n    ".join(json.dumps(level) for level in levels)
    print('{\n  "documentation": ' + json.dumps(DOCUMENTATION, indent=2).replace("\n", "\n  ") + ",")
    print('  "codec": "zstd 1.5.4, medians over the blocks of the project\'s testbed recording",')
    print('  "reference_level": 3,\n  "levels": [\n    ' + rows + "\n  ]\n}")


main()
