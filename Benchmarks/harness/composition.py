"""The workload `four-models`: ours trained for real and to the end, the peers' time put together from their epochs."""

import statistics
from dataclasses import replace

import contestant
import measurement
from measurement import Result, Setup, say
from workloads import FOUR_MODELS, FOUR_MODELS_MEANING, NETWORK_PEERS, TRAINING_NOTE, Floor, workload

EPOCHS = {"lstm-b32": 100, "policy-b32": 50, "autoencoder-b32": 50}
FOREST = "forest-fit"
# Of all three networks.
SAMPLES = 70_000


def measure(setup: Setup, measured: dict[str, Result]) -> Result:
    """`measured`: results of this run; what is missing of the parts is measured now, with one pair."""
    once = replace(setup, pairs=setup.pairs or 1)
    parts = {
        name: measured.get(name) or measurement.measure(workload(name), once) for name in [*EPOCHS, FOREST]
    }
    networks = {name: replace(workload(name), samples=SAMPLES) for name in EPOCHS}
    settings = {
        network.kind: setup.workload_settings(network, setup.data_folder(network), epochs=EPOCHS[name])
        for name, network in networks.items()
    }
    forest = workload(FOREST)
    settings[forest.kind] = setup.workload_settings(forest, setup.data_folder(forest))
    say(f"{FOUR_MODELS}: training ours in full")
    with contestant.ours(setup.program, FOUR_MODELS, setup.settings(setup.folder, parts=settings)) as ours:
        reply = ours.run()
    samples = setup.samples(networks["lstm-b32"])
    flops = sum(
        network.floor(setup.samples(network), None).flops * EPOCHS[name] for name, network in networks.items())
    return Result(
        FOUR_MODELS, FOUR_MODELS_MEANING, samples, [reply.pop("seconds")],
        {peer: [in_sequence(parts, peer, samples)] for peer in NETWORK_PEERS},
        floor=Floor(flops=flops, note=f"{TRAINING_NOTE}, all epochs"), evidence={"dwcp": reply},
        remarks=[
            "ours: trained once, in full, one model on each thread, the longest first, free threads handed over; data in "
            "memory",
            "peers: not run in full but put together from the medians of their epochs in this run, one model after the "
            "other: " + " + ".join(f"{epochs} × {name}" for name, epochs in EPOCHS.items())
            + f" (its epoch taken per window) + scikit-learn's {FOREST}",
        ])


def in_sequence(parts: dict[str, Result], peer: str, samples: int) -> float:
    """Seconds of all epochs of all models, each epoch brought to `samples`."""
    forest = parts[FOREST]
    return statistics.median(forest.peers[forest.best_peer]) + sum(
        epochs * statistics.median(parts[name].peers[peer]) * samples / parts[name].samples
        for name, epochs in EPOCHS.items())
