"""The workload `start`: new processes, from their start to the end of their first training step."""

import time

import contestant
from measurement import Result, Setup, contest, say
from training import BandwidthTraining
from workloads import START, workload


def measure(setup: Setup) -> Result:
    folder = setup.data_folder(START)
    settings = setup.workload_settings(START, folder)

    def run(name: str) -> dict:
        start = time.perf_counter()
        # It says that it is ready when it has taken its first step.
        if name == "dwcp":
            process = contestant.ours(setup.program, START.kind, settings)
        else:
            process = contestant.peer(setup.python, f"{name}/{START.kind}", settings)
        seconds = time.perf_counter() - start
        with process:
            return process.run() | {"seconds": seconds}

    result = contest(START, setup, ["dwcp", *START.peers], run, folder)
    result.remarks.append(_command(setup))
    return result


def _command(setup: Setup) -> str:
    """What the real command needs: the figure above is for arrays in files, like the peers'."""
    say("start: running dwcp train bandwidth until its first step")
    with BandwidthTraining(setup, setup.data_folder(workload("csv"))) as training:
        seconds = training.wait_for("started")
    return (
        f"`dwcp train bandwidth` on {setup.samples(workload('csv')):,} rows of CSV took {seconds:.3g} s to its first step, "
        "everything validated, read and turned into features")
