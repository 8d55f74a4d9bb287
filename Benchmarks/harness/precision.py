"""What training in bfloat16 gives: one epoch of ours beside one of ours in float32."""

import statistics

import contestant
from measurement import Section, Setup, own_epochs
from report import ratio_text
from workloads import PRECISION

LEAST_SPEEDUP = 1.5


def measure(setup: Setup) -> Section:
    lines = [
        f"| one epoch | float32 | bfloat16 | ratio: median (range) | at least {LEAST_SPEEDUP} |",
        "|---|---|---|---|---|",
    ]
    for name in ["lstm-b32", "lstm-b256", "autoencoder-b32"]:
        try:
            single, half = own_epochs(
                setup, PRECISION, name, {"float32": {"precision": "float32"}, "bfloat16": {"precision": "bf16"}}, pairs=5)
        except contestant.Failure as failure:
            # Also where the processor has no such products.
            return Section("bfloat16", [f"Not measured: {failure}"])
        ratios = [slow / fast for slow, fast in zip(single, half)]
        lines.append(
            f"| {name} | {statistics.median(single):.3g} s | {statistics.median(half):.3g} s "
            f"| {ratio_text(ratios)} | {'yes' if statistics.median(ratios) >= LEAST_SPEEDUP else 'NO'} |")
    return Section("bfloat16", lines)
