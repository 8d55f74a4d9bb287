"""What training in bfloat16 gives: one epoch of ours beside one of ours in float32."""

import statistics
from pathlib import Path

from measurement import Section, Setup, own_epochs
from report import ratio_text
from workloads import PRECISION

LEAST_SPEEDUP = 1.5


def measure(setup: Setup) -> Section:
    if not _has_products():
        return Section("bfloat16", ["Not measured: this is no Intel processor with AMX and no AMD processor with AVX-512 BF16."])
    lines = [
        f"| one epoch | float32 | bfloat16 | ratio: median (range) | at least {LEAST_SPEEDUP} |",
        "|---|---|---|---|---|",
    ]
    for name in ["lstm-b32", "lstm-b256", "autoencoder-b32"]:
        single, half = own_epochs(
            setup, PRECISION, name, {"float32": {"precision": "float32"}, "bfloat16": {"precision": "bf16"}}, pairs=5)
        ratios = [slow / fast for slow, fast in zip(single, half)]
        lines.append(
            f"| {name} | {statistics.median(single):.3g} s | {statistics.median(half):.3g} s "
            f"| {ratio_text(ratios)} | {'yes' if statistics.median(ratios) >= LEAST_SPEEDUP else 'NO'} |")
    return Section("bfloat16", lines)


def _has_products() -> bool:
    processor = Path("/proc/cpuinfo").read_text().split()
    return "amx_bf16" in processor or ("avx512_bf16" in processor and "GenuineIntel" not in processor)
