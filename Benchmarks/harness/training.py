"""The workload `memory`: a whole `dwcp train-all`, its wall time and the memory of all its processes."""

import shutil
import subprocess
import time

import contestant
from measurement import Result, Setup, say
from memory import PeakMemory
from workloads import MEMORY, MEMORY_MEANING, MEMORY_PEER, WORKLOADS


def measure(setup: Setup) -> Result:
    """One pair: a run takes minutes. The ruler is the same for both: proportional set sizes, ten times a second."""
    table = {workload.name: workload for workload in WORKLOADS}
    recording, training = table["csv"], table["lstm-b32"]
    ours, seconds = _train_all(setup, setup.data_folder(recording))
    theirs = _keras_epoch(setup, training)
    rows = setup.samples(recording)
    mebibyte = 1 << 20
    return Result(
        MEMORY, MEMORY_MEANING, rows, [ours.proportional / mebibyte], {MEMORY_PEER: [theirs.proportional / mebibyte]},
        unit="MiB",
        remarks=[
            f"`dwcp train-all` on {rows:,} rows{_epochs_remark(setup)} took {seconds:.1f} s of wall time, models trained, "
            "judged and written",
            f"sums of each process' own peak, which no sample can miss: ours {ours.bound / mebibyte:.0f} MiB over all "
            f"processes, Keras {theirs.bound / mebibyte:.0f} MiB",
        ])


def _epochs_remark(setup: Setup) -> str:
    return "" if setup.scale == 1 else ", one epoch a model,"


def _train_all(setup: Setup, folder) -> tuple[PeakMemory, float]:
    out = folder / "run"
    shutil.rmtree(out, ignore_errors=True)
    command = [
        setup.trainer, "train-all", "--data-path", f"{folder}/telemetry.csv",
        "--incidents-path", f"{folder}/incidents.json", "--output-dir", f"{out}/checkpoints",
        "--reports-dir", f"{out}/reports", "--quiet",
    ]
    if setup.scale != 1:
        command += ["--epochs", "1"]
    say("memory: running dwcp train-all")
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=setup.root, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    memory = PeakMemory(process.pid)
    code = process.wait()
    seconds = time.perf_counter() - start
    memory.stop()
    # 1: it finished, and a target was missed. How good the models are is not the question here.
    if code not in (0, 1):
        raise contestant.Failure(f"dwcp train-all ended with exit code {code}")
    return memory, seconds


def _keras_epoch(setup: Setup, workload) -> PeakMemory:
    settings = setup.settings(setup.data_folder(workload), batchSize=workload.batch, windowLength=workload.window)
    say("memory: running one epoch of Keras")
    with contestant.peer(setup.python, f"{MEMORY_PEER}/{workload.kind}", settings) as keras:
        memory = PeakMemory(keras.pid)
        keras.run()
        memory.stop()
    return memory
