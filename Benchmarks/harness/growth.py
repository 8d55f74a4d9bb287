"""How the cost of training grows: with the rows of the file, and with threads."""

import statistics
from dataclasses import dataclass, replace

from measurement import Section, Setup, own_epochs, say
from report import ratio_text
from training import BandwidthTraining
from workloads import GROWTH, thread_count, workload

ROWS = [10_000, 100_000, 1_000_000]
# With --large only: a file of 5 GB.
LARGE_ROWS = 10_000_000
# Time per row is held against this many rows: fewer are dominated by what every run has once.
REFERENCE_ROWS = 100_000
FLAT_WITHIN = 0.2
LEAST_SPEEDUP = 1.7


@dataclass
class Growth:
    """`dwcp train bandwidth` up to the end of its first epoch."""

    rows: int
    file_bytes: int
    starting_seconds: float  # until the program opens the file: loading libraries, reading arguments
    reading_seconds: float  # from the start: validating, reading and features too
    seconds: float  # all
    peak_bytes: int

    @property
    def seconds_per_row(self) -> float:
        return self.seconds / self.rows


def measure(setup: Setup) -> Section:
    sizes = ROWS + ([LARGE_ROWS] if setup.large else [])
    # A trial leaves the large files out: the smallest is as small as a split can be.
    sizes = [rows for rows in sizes if rows <= max(ROWS[0], setup.scale * sizes[-1])]
    grown = [_train(setup, rows) for rows in sizes]
    lines = [
        f"`dwcp train bandwidth --epochs 1` from its start to the end of the epoch, on {thread_count()} threads; the fastest "
        "of three runs, of ten million rows one.", "",
        "| rows | file | process started | and validated, read, features made | all | per row | beside 100,000 rows "
        "| peak memory | per row |",
        "|---|---|---|---|---|---|---|---|---|",
        *rows(grown), "", *_threads(setup),
    ]
    return Section("How the cost grows", lines)


def rows(grown: list[Growth]) -> list[str]:
    reference = next((growth for growth in grown if growth.rows == REFERENCE_ROWS), grown[-1])
    lines = []
    for growth in grown:
        relative = growth.seconds_per_row / reference.seconds_per_row
        verdict = "" if abs(relative - 1) <= FLAT_WITHIN else f", not within {FLAT_WITHIN:.0%}"
        lines.append(
            f"| {growth.rows:,} | {growth.file_bytes / 1e6:.1f} MB | {growth.starting_seconds * 1e3:.0f} ms | "
            f"{growth.reading_seconds:.3g} s | {growth.seconds:.3g} s | {growth.seconds_per_row * 1e6:.1f} µs | "
            f"{relative:.2f}×{verdict} | "
            f"{growth.peak_bytes / (1 << 20):.0f} MiB | {growth.peak_bytes / growth.rows:,.0f} B |")
    return lines


def _train(setup: Setup, count: int) -> Growth:
    # Whatever the scale, a row of this table is its number of rows.
    recording = replace(workload("csv"), samples=count, fewest=count)
    folder = setup.data_folder(recording)
    best = None
    for run in range(1 if count == LARGE_ROWS else 3):
        say(f"{GROWTH}: {count:,} rows, run {run + 1}")
        with BandwidthTraining(setup, folder) as training:
            # The first phase is reading.
            starting, reading, seconds = (training.wait_for(event) for event in ["phase", "started", "epoch"])
            memory = training.stop_memory()
        growth = Growth(count, (folder / "telemetry.csv").stat().st_size, starting, reading, seconds, memory.bound)
        if best is None or growth.seconds < best.seconds:
            best = growth
    return best


def _threads(setup: Setup) -> list[str]:
    """One epoch on one thread and on all."""
    count = thread_count()
    if count == 1:
        return ["One thread only: nothing to say about threads."]
    lines = [
        f"| one epoch | 1 thread | {count} threads | ratio: median (range) | at least {LEAST_SPEEDUP} |",
        "|---|---|---|---|---|",
    ]
    for name in ["lstm-b32", "autoencoder-b32"]:
        one, all_threads = own_epochs(
            setup, GROWTH, name, {"1 thread": {"threads": 1}, f"{count} threads": {"threads": count}}, pairs=3)
        ratios = [slow / fast for slow, fast in zip(one, all_threads)]
        lines.append(
            f"| {name} | {statistics.median(one):.3g} s | {statistics.median(all_threads):.3g} s "
            f"| {ratio_text(ratios)} | {'yes' if statistics.median(ratios) >= LEAST_SPEEDUP else 'NO'} |")
    return lines
