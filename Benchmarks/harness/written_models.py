"""Single samples through the four models that a real run of `dwcp` wrote, by our readers and by others on the same files."""

import statistics
from pathlib import Path

import contestant
import measurement
import training
from measurement import Result, Section, Setup
from report import amount, ratio_text
from workloads import WRITTEN_MODELS, Workload, workload

LIMIT_SECONDS = 1e-3
# Who else reads a file of this format.
READERS = {".keras": "keras-jax, predict_on_batch", ".onnx": "onnxruntime"}


def measure(setup: Setup) -> Section:
    recording = workload("csv")
    data = setup.data_folder(recording)
    # One epoch: how good the models are does not change how fast they answer.
    run = training.train_all(setup, data, data / "short-run", epochs=1)
    files = sorted(path for path in run.checkpoints.iterdir() if path.suffix in READERS)
    if len({path.stem for path in files}) != 4:
        raise contestant.Failure(f"dwcp train-all wrote {', '.join(path.name for path in files)}: not four models")
    results = {path.name: measurement.measure(_workload(path), setup, run.checkpoints) for path in files}
    return Section(
        "One sample through the four written models",
        [
            f"From `dwcp train-all --epochs 1` on {setup.samples(recording):,} rows; p50 and p99 of the calls of a "
            f"round, median over the rounds. Wanted: our p99 under {amount(LIMIT_SECONDS, 's')}.", "",
            "| file | ours, p50 | ours, p99 | other reader | its p50 | its p99 | ratio of p50: median (range) "
            "| our p99 under 1 ms |",
            "|---|---|---|---|---|---|---|---|",
            *(row(name, result) for name, result in results.items()),
        ])


def _workload(path: Path) -> Workload:
    return Workload(
        f"{WRITTEN_MODELS}, {path.name}", "", "single-sample", (READERS[path.suffix],), samples=1_000, pairs=5,
        files=(("model", path.name), ("inputs", f"{path.stem}_input.npy")))


def row(name: str, result: Result) -> str:
    peer = result.best_peer
    p99 = {who: statistics.median(reply["p99 µs"] for reply in result.replies[who]) * 1e-6 for who in ["dwcp", peer]}
    ratios = result.ratios(peer)
    return (
        f"| {name} | {amount(statistics.median(result.ours), 's')} | {amount(p99['dwcp'], 's')} | {peer} "
        f"| {amount(statistics.median(result.peers[peer]), 's')} | {amount(p99[peer], 's')} "
        f"| {ratio_text(ratios)} | {'yes' if p99['dwcp'] < LIMIT_SECONDS else 'NO'} |")
