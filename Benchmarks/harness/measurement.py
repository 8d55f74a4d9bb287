"""Runs ours and the peers alternately on the same data."""

import hashlib
import statistics
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import contestant
import data
from workloads import AGREEMENT, Floor, Limits, Workload, thread_count, workload as workload_named


@dataclass
class Setup:
    """Where things are, and how much of them to measure."""

    program: str  # dwcp-bench
    trainer: str  # dwcp
    python: str
    root: Path  # of the repository
    folder: Path  # of generated data
    scale: float
    pairs: int | None
    # Whether growth goes on to ten million rows.
    large: bool = False

    @property
    def schema(self) -> str:
        return str(self.root / "schemas" / "dwcp_training_schema.json")

    def settings(self, folder, **more) -> dict:
        given = {key: value for key, value in more.items() if value is not None}
        return {"data": str(folder), "threads": thread_count(), "schema": self.schema} | given

    def workload_settings(self, workload: Workload, folder, **more) -> dict:
        files = {setting: f"{folder}/{name}" for setting, name in workload.files}
        return self.settings(
            folder, batchSize=workload.batch, windowLength=workload.window, samples=self.samples(workload), **files, **more)

    def samples(self, workload: Workload) -> int:
        return max(workload.fewest, round(workload.samples * self.scale))

    def data_folder(self, workload: Workload):
        """The workload's data, made unless this size is there already and was made by the same code."""
        samples = self.samples(workload)
        folder = self.folder / f"{workload.data}-{samples}"
        made, maker = folder / "complete", self._maker()
        if not made.exists() or made.read_text() != maker:
            say(f"{workload.name}: making its data")
            folder.mkdir(parents=True, exist_ok=True)
            data.make(workload, samples, folder, lambda name, count: self._prepare(name, folder, count))
            made.write_text(maker)
        return folder

    def _maker(self) -> str:
        return hashlib.sha256(Path(self.program).read_bytes() + Path(data.__file__).read_bytes()).hexdigest()

    def _prepare(self, name: str, folder, samples: int) -> None:
        with contestant.ours(self.program, name, self.settings(folder, samples=samples)) as preparation:
            preparation.run()


@dataclass
class Result:
    """Seconds (or bytes) of ours and each peer, pair by pair."""

    workload: str
    meaning: str
    samples: int
    ours: list[float]
    peers: dict[str, list[float]]
    unit: str = "s"
    floor: Floor | None = None
    # What the floor's work takes on this machine; known once the machine's limits are.
    floor_seconds: float | None = None
    # What each computed in its first run, for the reader to compare.
    evidence: dict[str, dict] = field(default_factory=dict)
    # All that ours and each peer answered, pair by pair.
    replies: dict[str, list[dict]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    # Share of the processors that other programs used meanwhile.
    foreign: float = 0

    @property
    def best_peer(self) -> str:
        return min(self.peers, key=lambda name: statistics.median(self.peers[name]))

    def ratios(self, peer: str) -> list[float]:
        """Peer's over ours, pair by pair: above 1, ours is faster (or smaller)."""
        return [theirs / ours for theirs, ours in zip(self.peers[peer], self.ours)]

    def apply(self, limits: Limits) -> None:
        self.floor_seconds = self.floor.seconds(limits) if self.floor else None
        if self.floor_seconds is not None and self.fraction_of_floor > 1:
            self.remarks.append(
                "faster than the floor: something slowed the machine down while its limits were measured; the floor is void")

    @property
    def fraction_of_floor(self) -> float | None:
        return None if self.floor_seconds is None else self.floor_seconds / statistics.median(self.ours)


@dataclass
class Section:
    """A part of the report beside the table of ratios, in Markdown."""

    title: str
    lines: list[str]
    # Share of the processors that other programs used meanwhile.
    foreign: float = 0


def say(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


def measure(workload: Workload, setup: Setup, folder=None) -> Result:
    """In `folder`, or in the workload's own, which is made if need be."""
    folder = folder or setup.data_folder(workload)
    settings = setup.workload_settings(workload, folder)
    with ExitStack() as running:
        say(f"{workload.name}: preparing ours and {', '.join(workload.peers)}")
        everyone = {"dwcp": running.enter_context(contestant.ours(setup.program, workload.kind, settings))}
        for peer in workload.peers:
            everyone[peer] = running.enter_context(
                contestant.peer(setup.python, f"{peer}/{workload.kind}", _settings_for(peer, settings)))
        return contest(workload, setup, list(everyone), lambda name: everyone[name].run(), folder)


def contest(workload: Workload, setup: Setup, names: list[str], run, folder) -> Result:
    """Lets each of `names` run in turn: `dwcp` and its peers. `run(name)` gives a reply."""
    pairs = setup.pairs or workload.pairs
    # The warm-up: compilers, caches, page faults. Networks start from fresh weights here, so losses can be compared.
    first = {name: run(name) for name in names if name not in workload.run_once}
    _evidence(first)
    replies = alternate(workload.name, names, pairs, run, workload.run_once)
    evidence = _evidence({name: first.get(name, given[0]) for name, given in replies.items()})
    seconds = {name: [reply["seconds"] for reply in replies[name]] for name in names}
    samples = setup.samples(workload)
    return Result(
        workload.name, workload.meaning, samples, seconds.pop("dwcp"), seconds,
        floor=workload.floor(samples, folder) if workload.floor else None, evidence=evidence, replies=replies)


def alternate(title: str, names: list[str], pairs: int, run, run_once: tuple[str, ...] = ()) -> dict[str, list[dict]]:
    """Every name's replies, pair by pair; those of `run_once` are in the first pair only."""
    replies = {name: [] for name in names}
    for pair in range(pairs):
        # Who goes first changes, so that heat and drift hit both sides.
        for name in names if pair % 2 == 0 else reversed(names):
            if name in run_once and pair > 0:
                continue
            replies[name].append(run(name))
        latest = ", ".join(f"{name} {given[-1]['seconds']:.4g} s" for name, given in replies.items())
        say(f"{title}: pair {pair + 1} of {pairs}: {latest}")
    return replies


def own_epochs(setup: Setup, section: str, name: str, variants: dict[str, dict], pairs: int) -> tuple[list[float], ...]:
    """Seconds of one epoch of ours for each variant of the workload's settings, alternately."""
    workload = workload_named(name)
    settings = setup.workload_settings(workload, setup.data_folder(workload))
    with ExitStack() as stack:
        contenders = {
            label: stack.enter_context(contestant.ours(setup.program, workload.kind, settings | special))
            for label, special in variants.items()
        }
        for contender in contenders.values():
            contender.run()
        title = f"{section}, {name}"
        replies = alternate(title, list(contenders), setup.pairs or pairs, lambda who: contenders[who].run())
    return tuple([reply["seconds"] for reply in given] for given in replies.values())


def _settings_for(peer: str, settings: dict) -> dict:
    """ONNX Runtime reads the twin of the Keras file that the others read."""
    if peer != "onnxruntime" or "model" not in settings:
        return settings
    return settings | {"model": str(Path(settings["model"]).with_suffix(".onnx"))}


def _evidence(replies: dict[str, dict]) -> dict[str, dict]:
    """What each computed in a run; a failure if it was not the same work."""
    evidence = {name: _without_seconds(reply) for name, reply in replies.items()}
    require_same_work(evidence)
    return evidence


def require_same_work(evidence: dict[str, dict]) -> None:
    """A ratio means nothing between two that did not do the same."""
    ours = evidence["dwcp"]
    for name, theirs in evidence.items():
        for key, tolerance in AGREEMENT.items():
            if key not in ours and key not in theirs:
                continue
            own, other = ours.get(key, float("nan")), theirs.get(key, float("nan"))
            # Not the other way round: a NaN must not agree.
            if not abs(other - own) <= tolerance * abs(own):
                raise contestant.Failure(f"{name} did not do the same work: its {key} is {other}, ours is {own}")


def _without_seconds(reply: dict) -> dict:
    return {key: value for key, value in reply.items() if key != "seconds"}


def machine_limits(setup: Setup) -> Limits:
    """The best that our matrix product, numpy's and a copy reach: a floor must not be low because our product is slow."""
    say("measuring the machine's matrix-product peak and memory bandwidth")
    settings = setup.settings(setup.folder)
    with contestant.ours(setup.program, "limits", settings) as ours:
        own = _without_seconds(ours.run())
    with contestant.peer(setup.python, "numpy/limits", settings) as numpy:
        other = _without_seconds(numpy.run())
    details = {f"ours, {name}": value for name, value in own.items()} | {f"numpy, {n}": v for n, v in other.items()}
    products = {name: value * 1e9 for name, value in details.items() if "GFLOP/s" in name}
    return Limits(
        flops=max(products.values()), flops_one_thread=max(v for n, v in products.items() if n.endswith("1 thread")),
        bytes_per_second=own["copy GB/s"] * 1e9, details=details)
