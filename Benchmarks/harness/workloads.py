"""What is measured: names, sizes, peers, numbers of pairs and floors. One table, so that a reader sees all of it at once."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable


@dataclass(frozen=True)
class Floor:
    """The least work that the task needs, on `threads` threads."""

    flops: float = 0
    bytes: float = 0
    threads: int | None = None  # None: all
    note: str = ""

    def seconds(self, limits: "Limits") -> float:
        peak = limits.flops_one_thread if self.threads == 1 else limits.flops
        return max(self.flops / peak, self.bytes / limits.bytes_per_second)


@dataclass(frozen=True)
class Limits:
    """What the machine reached in this run."""

    flops: float
    flops_one_thread: float
    bytes_per_second: float
    details: dict = field(default_factory=dict)

    def best(self, other: "Limits") -> "Limits":
        """The higher of each: what slows a measurement down is no limit of the machine."""
        return Limits(
            max(self.flops, other.flops), max(self.flops_one_thread, other.flops_one_thread),
            max(self.bytes_per_second, other.bytes_per_second),
            {name: max(value, other.details.get(name, value)) for name, value in self.details.items()})


@dataclass(frozen=True)
class Workload:
    name: str
    meaning: str
    # The name under which dwcp-bench and the peers know it.
    kind: str
    peers: tuple[str, ...]
    # Samples: windows, rows or calls; scaled down by --scale.
    samples: int
    # Pairs of ours and each peer after the warm-up: fewer where a pair takes tens of seconds.
    pairs: int
    # From the number of samples and the folder of the data.
    floor: Callable[[int, Path], Floor]
    batch: int | None = None
    window: int | None = None
    # The files that the harness makes first.
    data: str = ""
    # The fewest samples that make sense in a trial.
    fewest: int = 64


def _training_flops(multiply_adds: float) -> Callable[[int, Path], Floor]:
    """Three times the forward pass (forward, gradient to the input, gradient to the weights), two operations each."""
    return lambda samples, _: Floor(flops=6 * multiply_adds * samples, note="6 × multiply-adds of the forward pass")


def _lstm(inputs: int, units: int) -> int:
    return 4 * units * (inputs + units)


# Multiply-adds of one sample.
LSTM = 10 * (_lstm(22, 128) + _lstm(128, 64)) + 64 * 32 + 32
AUTOENCODER = 20 * (_lstm(12, 64) + _lstm(64, 32) + _lstm(32, 32) + _lstm(32, 64) + 64 * 12)
POLICY = 18 * 128 + 128 * 64 + 64 * 32 + 32 * 3

FOREST_COLUMNS = 40

WORKLOADS = [
    Workload(
        "lstm-b32", "LSTM 128 → 64 → Dense 32 → 1, windows 10×22, one epoch, batch 32", "lstm",
        ("keras-jax", "jax"), samples=70_000, pairs=5, floor=_training_flops(LSTM), batch=32, window=10, data="lstm"),
    Workload(
        "autoencoder-b32", "LSTM autoencoder 64 → 32 → 32 → 64, windows 20×12, one epoch, batch 32", "autoencoder",
        ("keras-jax", "jax"), samples=50_000, pairs=5, floor=_training_flops(AUTOENCODER), batch=32, window=20,
        data="autoencoder"),
    Workload(
        "policy-b32", "policy network 18 → 128 → 64 → 32 → 3, one epoch, batch 32", "policy",
        ("keras-jax", "jax"), samples=70_000, pairs=9, floor=_training_flops(POLICY), batch=32, data="policy"),
    Workload(
        "forest-fit", "isolation forest, 200 trees of 256 rows, from rows×40", "forest-fit",
        ("scikit-learn", "scikit-learn, threads"), samples=100_000, pairs=9,
        floor=lambda rows, _: Floor(
            bytes=4 * 200 * 256 * FOREST_COLUMNS, note="the sampled rows read once; choosing them waits for memory"),
        data="forest"),
    Workload(
        "forest-score", "scoring rows×40 with that forest", "forest-score",
        ("scikit-learn", "scikit-learn, threads"), samples=100_000, pairs=7,
        floor=lambda rows, _: Floor(
            bytes=4 * rows * (FOREST_COLUMNS + 1), note="rows read, scores written once; walking trees waits for the cache"),
        data="forest"),
    Workload(
        "csv", "telemetry CSV of the simulator's columns: we validate and read, the peers only read", "csv",
        ("pandas", "pyarrow"), samples=100_000, pairs=7,
        floor=lambda _, folder: Floor(bytes=(folder / "telemetry.csv").stat().st_size, note="the file read once"),
        data="csv", fewest=20_000),
    Workload(
        "inference", "one sample through the LSTM of lstm-b32 from its model file, median of the calls", "inference",
        ("onnxruntime", "keras-jax", "keras-jax, predict_on_batch"), samples=1_000, pairs=9,
        floor=lambda calls, _: Floor(flops=2 * LSTM, threads=1, note="2 × multiply-adds, one thread"), window=10,
        data="inference"),
]

# Measured in another way: see training.py.
MEMORY = "memory"
MEMORY_MEANING = (
    "peak memory of all processes of `dwcp train-all` on the reference scenario, beside one Keras process in its first "
    "epoch of lstm-b32")
MEMORY_PEER = "keras-jax"

# The names that a complete report has, in its order; what is in no table above is not yet measured.
ALL_NAMES = [
    "lstm-b32", "lstm-b256", "autoencoder-b32", "policy-b32", "variants", "forest-fit", "forest-score", "csv", "four-models",
    "inference", "start", "memory",
]


# How far what two sides computed in the first run may lie apart, relative to ours. Seeds differ, work must not.
AGREEMENT = {"loss": 0.25, "rows": 0, "trees": 0, "mean score": 0.01, "first output": 1e-3}


def thread_count() -> int:
    return len(os.sched_getaffinity(0))
