"""Real runs of `dwcp`: the workload `memory` (a whole train-all), and the trainings that other measurements need."""

import json
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import contestant
from measurement import Result, Setup, say
from memory import PeakMemory
from workloads import MEMORY, MEMORY_MEANING, MEMORY_PEERS, workload


def measure(setup: Setup) -> Result:
    """One pair: a run takes minutes. The ruler is the same for all: proportional set sizes, ten times a second."""
    recording = workload("csv")
    data = setup.data_folder(recording)
    ours = train_all(setup, data, data / "run", epochs=None if setup.scale == 1 else 1)
    peers = {peer: _keras_epoch(setup, peer) for peer in MEMORY_PEERS}
    rows = setup.samples(recording)
    mebibyte = 1 << 20
    bounds = ", ".join(f"{peer} {memory.bound / mebibyte:.0f} MiB" for peer, memory in peers.items())
    return Result(
        MEMORY, MEMORY_MEANING, rows, [ours.memory.proportional / mebibyte],
        {peer: [memory.proportional / mebibyte] for peer, memory in peers.items()}, unit="MiB",
        remarks=[
            f"`dwcp train-all` on {rows:,} rows{'' if setup.scale == 1 else ', one epoch a model,'} took "
            f"{ours.seconds:.1f} s of wall time, models trained, judged and written",
            f"sums of each process' own peak, which no sample can miss: ours {ours.memory.bound / mebibyte:.0f} MiB over "
            f"all processes, {bounds}",
        ])


@dataclass
class TrainAll:
    """A finished `dwcp train-all`."""

    checkpoints: Path
    memory: PeakMemory
    seconds: float


def train_all(setup: Setup, data: Path, out: Path, epochs: int | None) -> TrainAll:
    """On the recording in `data`; `epochs` instead of the schema's."""
    shutil.rmtree(out, ignore_errors=True)
    command = [
        setup.trainer, "train-all", "--data-path", f"{data}/telemetry.csv", "--incidents-path", f"{data}/incidents.json",
        "--output-dir", f"{out}/checkpoints", "--reports-dir", f"{out}/reports", "--quiet",
    ]
    if epochs:
        command += ["--epochs", str(epochs)]
    say("running dwcp train-all")
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=setup.root, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    memory = PeakMemory(process.pid)
    code = process.wait()
    seconds = time.perf_counter() - start
    memory.stop()
    # 1: it finished, and a target was missed. How good the models are is not the question here.
    if code not in (0, 1):
        raise contestant.Failure(f"dwcp train-all ended with exit code {code}")
    return TrainAll(out / "checkpoints", memory, seconds)


class BandwidthTraining:
    """`dwcp train bandwidth` for one epoch, while it runs; leaving the context ends it."""

    def __init__(self, setup: Setup, data: Path):
        self._out = tempfile.TemporaryDirectory()
        self._start = time.perf_counter()
        self._process = subprocess.Popen(
            [
                setup.trainer, "train", "bandwidth", "--data-path", f"{data}/telemetry.csv", "--output",
                f"{self._out.name}/model.keras", "--epochs", "1", "--json-progress",
            ], cwd=setup.root, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self._memory = PeakMemory(self._process.pid)

    def wait_for(self, event: str) -> float:
        """Seconds from the start of the process to this event of its progress."""
        for line in self._process.stdout:
            if json.loads(line).get("event") == event:
                return time.perf_counter() - self._start
        raise contestant.Failure(
            f"dwcp train bandwidth ended with exit code {self._process.wait()} before its event “{event}”")

    def stop_memory(self) -> PeakMemory:
        self._memory.stop()
        return self._memory

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.stdout.close()
        self._process.wait()
        self._memory.stop()
        self._out.cleanup()


def _keras_epoch(setup: Setup, peer: str) -> PeakMemory:
    network = workload("lstm-b32")
    settings = setup.workload_settings(network, setup.data_folder(network))
    say(f"memory: running one epoch of {peer}")
    with contestant.peer(setup.python, f"{peer}/{network.kind}", settings) as keras:
        memory = PeakMemory(keras.pid)
        keras.run()
        memory.stop()
    return memory
