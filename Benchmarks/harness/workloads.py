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
    # Pairs of ours and each peer after the warm-up.
    pairs: int
    # From the number of samples and the folder of the data; None where no limit of the machine is in sight.
    floor: Callable[[int, Path], Floor] | None = None
    batch: int | None = None
    window: int | None = None
    # The files that the harness makes first.
    data: str = ""
    # Settings that are files of the data's folder.
    files: tuple[tuple[str, str], ...] = ()
    # The fewest samples that make sense in a trial.
    fewest: int = 64
    # Peers that take minutes and are far from the best: they run once, compiled but not warmed up.
    run_once: tuple[str, ...] = ()


@dataclass(frozen=True)
class Network:
    """Multiply-adds that one sample needs."""

    forward: int
    # Of the first layer's products with its input. Nothing learns below, so their gradient to the input is not needed.
    first: int

    @property
    def training(self) -> int:
        """Forward, gradients to the weights, gradients to the inputs."""
        return 3 * self.forward - self.first


def _lstm(inputs: int, units: int, steps: int, different: int | None = None) -> int:
    """The state before the first step is zero and needs no products; input that is repeated needs them once."""
    return 4 * units * (inputs * (different or steps) + units * (steps - 1))


LSTM = Network(_lstm(22, 128, 10) + _lstm(128, 64, 10) + 64 * 32 + 32, first=4 * 128 * 22 * 10)
AUTOENCODER = Network(
    _lstm(12, 64, 20) + _lstm(64, 32, 20) + _lstm(32, 32, 20, different=1) + _lstm(32, 64, 20) + 20 * 64 * 12,
    first=4 * 64 * 12 * 20)
POLICY = Network(18 * 128 + 128 * 64 + 64 * 32 + 32 * 3, first=18 * 128)
VARIANT = Network(14 * 14 + 14, first=14 * 14)
# Of all eight variants together.
VARIANT_EPOCHS = 4 * 300 + 4 * 400

TRAINING_NOTE = "multiply-adds of the forward pass, the gradients to weights and those to inputs that something below needs"


def _training_flops(network: Network, epochs: int = 1) -> Callable[[int, Path], Floor]:
    """Two operations for each multiply-add."""
    return lambda samples, _: Floor(flops=2 * network.training * samples * epochs, note=TRAINING_NOTE)


FOREST_COLUMNS = 40

# Every network is trained by all of them; the fastest counts.
NETWORK_PEERS = ("keras-tensorflow", "keras-jax", "jax")

WORKLOADS = [
    Workload(
        "lstm-b32", "LSTM 128 → 64 → Dense 32 → 1, windows 10×22, one epoch, batch 32", "lstm",
        NETWORK_PEERS, samples=70_000, pairs=7, floor=_training_flops(LSTM), batch=32, window=10, data="lstm"),
    Workload(
        "lstm-b256", "the network and windows of lstm-b32, one epoch, batch 256", "lstm",
        (*NETWORK_PEERS, "keras-tensorflow, unrolled"), samples=70_000, pairs=7, floor=_training_flops(LSTM), batch=256,
        window=10, data="lstm", fewest=10_000),
    Workload(
        "autoencoder-b32", "LSTM autoencoder 64 → 32 → 32 → 64, windows 20×12, one epoch, batch 32", "autoencoder",
        NETWORK_PEERS, samples=50_000, pairs=5, floor=_training_flops(AUTOENCODER), batch=32, window=20,
        data="autoencoder"),
    Workload(
        "policy-b32", "policy network 18 → 128 → 64 → 32 → 3, one epoch, batch 32", "policy",
        NETWORK_PEERS, samples=70_000, pairs=9, floor=_training_flops(POLICY), batch=32, data="policy"),
    Workload(
        "variants",
        "eight networks 14 → 14 → 1, 1,000 rows: four for 300 epochs in batches of 70, four for 400 in batches of 90",
        "variants", NETWORK_PEERS, samples=1_000, pairs=5, floor=_training_flops(VARIANT, VARIANT_EPOCHS), data="variants",
        fewest=1_000, run_once=("keras-tensorflow",)),
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
        "inference", "one sample through the LSTM of lstm-b32 from its model file, median of the calls", "single-sample",
        ("onnxruntime", "keras-jax", "keras-jax, predict_on_batch"), samples=1_000, pairs=9,
        floor=lambda calls, _: Floor(
            flops=2 * LSTM.forward, threads=1, note="multiply-adds of the forward pass, one thread"),
        window=10, data="inference", files=(("model", "inference.keras"), ("inputs", "inference_samples.npy"))),
]

# Measured in another way: see startup.py, composition.py and training.py.
START = Workload(
    "start", "from the start of the process to the end of the first training step of lstm-b32, batch 32", "start",
    NETWORK_PEERS, samples=1_024, pairs=5, batch=32, window=10, data="lstm", fewest=1_024)

FOUR_MODELS = "four-models"
FOUR_MODELS_MEANING = (
    "the four models: lstm-b32 for 100 epochs, policy-b32 for 50, forest-fit, autoencoder-b32 for 50 on 70,000 windows; "
    "wall time")

MEMORY = "memory"
MEMORY_MEANING = (
    "peak memory of all processes of `dwcp train-all` on the reference scenario, beside one Keras process in its first "
    "epoch of lstm-b32")
MEMORY_PEERS = ("keras-tensorflow", "keras-jax")

# The names that a complete report has, in its order, and how many times faster (or smaller) than the best peer ours must be
# at least, and should be.
GOALS = {
    "lstm-b32": (3.5, 4.5), "lstm-b256": (2.5, 3), "autoencoder-b32": (3, 4.5), "policy-b32": (3, 6),
    "variants": (100, 300), "forest-fit": (3, 8), "forest-score": (5, 12), "csv": (1, 2), "four-models": (3.5, 4.5),
    "inference": (1, 2), "start": (20, 50), "memory": (4, 8),
}
ALL_NAMES = list(GOALS)

# What a report says beside them: see written_models.py, growth.py, precision.py and losses.py.
WRITTEN_MODELS, GROWTH, PRECISION, LOSSES = "written-models", "growth", "precision", "losses"
SECTION_NAMES = [WRITTEN_MODELS, GROWTH, PRECISION, LOSSES]


def workload(name: str) -> Workload:
    return next(workload for workload in WORKLOADS if workload.name == name)


# How far what two sides computed in the first run may lie apart, relative to ours. Seeds differ, work must not.
AGREEMENT = {
    "loss": 0.25, "rows": 0, "trees": 0, "networks": 0, "steps": 0, "mean score": 0.01, "first output": 1e-3}


def thread_count() -> int:
    return len(os.sched_getaffinity(0))
