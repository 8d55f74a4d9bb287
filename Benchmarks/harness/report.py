"""reports/bench.md and reports/bench.json."""

import json
import os
import platform
import statistics
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from measurement import Result, Section
from workloads import ALL_NAMES, GOALS, Limits, thread_count

# Below this share of the processors, what else runs does not show in the figures.
IDLE_SHARE = 0.05

PACKAGES = ["keras", "tensorflow-cpu", "jax", "scikit-learn", "pandas", "pyarrow", "onnxruntime", "numpy"]


def rows(results: list[Result]) -> list[dict]:
    """One row a workload, against its best peer: what bench.json holds."""
    table = []
    for result in results:
        ratios = result.ratios(result.best_peer)
        table.append({
            "workload": result.workload, "peer": result.best_peer, "ratio_median": statistics.median(ratios),
            "ratio_min": min(ratios), "ratio_max": max(ratios), "fraction_of_floor": result.fraction_of_floor,
        })
    return table


def ratio_text(ratios: list[float]) -> str:
    return f"{statistics.median(ratios):.2f}× ({min(ratios):.2f}–{max(ratios):.2f})"


@dataclass(frozen=True)
class Circumstances:
    """Under what conditions a report came about."""

    limits: Limits
    # Share of the processors that other programs used just before and just after.
    foreign_before: float
    foreign_after: float
    scale: float
    date: str

    def warnings(self) -> list[str]:
        lines = []
        if self.scale != 1:
            lines += [f"**A trial at {self.scale:g} of the sizes: it shows that the tool works, not how fast it is.**", ""]
        if max(self.foreign_before, self.foreign_after) > IDLE_SHARE:
            lines += ["**Other programs were running beside the measurement. Do not quote these figures.**", ""]
        return lines


def markdown(
    results: list[Result], failures: dict[str, str], under: Circumstances, sections: list[Section], unfinished: list[str]
) -> str:
    lines = ["# Benchmarks", "", *under.warnings()]
    lines += [
        f"{under.date} · {_processor()} · {thread_count()} threads · other programs used "
        f"{under.foreign_before:.0%} of the processors before, {under.foreign_after:.0%} after", "",
        "Ratio = the best peer's figure / ours, pair by pair; above 1, ours is better. Method: docs/performance.md.", "",
        "| workload | ours, median | best peer | its median | ratio: median (range) | at least; aim | pairs | floor "
        "| fraction of it |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [_row(result) for result in results]
    lines += [f"| {name} | FAILED | | | | | | | |" for name in failures]
    lines += [f"| {name} | not in this run | | | | | | | |" for name in unfinished]
    lines += [text for name, why in failures.items() for text in ("", f"FAILED {name}: {why}")]
    lines += _details(results)
    for section in sections:
        lines += ["", f"## {section.title}", "", *section.lines, "", *_foreign(section)]
    lines += _limits(under.limits) + _versions()
    return "\n".join(lines) + "\n"


def missing(results: list[Result], failures: dict[str, str]) -> list[str]:
    """The names of a complete report that this one lacks."""
    present = {result.workload for result in results} | set(failures)
    return [name for name in ALL_NAMES if name not in present]


def goal_text(name: str, ratio: float) -> str:
    """What was to be reached, and whether it was."""
    at_least, aim = GOALS[name]
    verdict = "aim reached" if ratio >= aim else "reached" if ratio >= at_least else "MISSED"
    return f"{at_least:g}×; {aim:g}×: {verdict}"


def _row(result: Result) -> str:
    best = result.best_peer
    floor, fraction = "–", "–"
    if result.floor_seconds is not None:
        floor, fraction = amount(result.floor_seconds, "s"), f"{result.fraction_of_floor:.2g}"
    return (
        f"| {result.workload} | {amount(statistics.median(result.ours), result.unit)} | {best} "
        f"| {amount(statistics.median(result.peers[best]), result.unit)} | {ratio_text(result.ratios(best))} "
        f"| {goal_text(result.workload, statistics.median(result.ratios(best)))} "
        f"| {len(result.ours)} | {floor} | {fraction} |")


def _details(results: list[Result]) -> list[str]:
    lines = []
    for result in results:
        lines += ["", f"## {result.workload}", "", f"{result.meaning}; {result.samples:,} samples.", ""]
        lines += ["| | median | range | ratio to ours: median (range) | in its first run |", "|---|---|---|---|---|"]
        for name, figures in {"dwcp": result.ours, **result.peers}.items():
            ratio = "" if name == "dwcp" else ratio_text(result.ratios(name))
            evidence = ", ".join(f"{key} {value:.5g}" for key, value in result.evidence.get(name, {}).items())
            lines.append(
                f"| {name} | {amount(statistics.median(figures), result.unit)} | {amount(min(figures), result.unit)} – "
                f"{amount(max(figures), result.unit)} | {ratio} | {evidence} |")
        if result.floor:
            lines += [
                "", f"Floor: {_work(result)} ({result.floor.note}) take {amount(result.floor_seconds, 's')}; ours reaches "
                f"{result.fraction_of_floor:.2g} of it.",
            ]
        lines += ["", *_foreign(result), *(f"- {remark}" for remark in result.remarks)]
    return lines


def _foreign(measured: Result | Section) -> list[str]:
    """What ran beside it: the machine can be idle before and after, and not meanwhile."""
    warning = "; **do not quote its figures**" if measured.foreign > IDLE_SHARE else ""
    return [f"- other programs used {measured.foreign:.0%} of the processors meanwhile{warning}"]


def _work(result: Result) -> str:
    floor = result.floor
    return f"{floor.flops / 1e9:.4g} GFLOP" if floor.flops else f"{floor.bytes / 1e6:.4g} MB"


def _limits(limits: Limits) -> list[str]:
    lines = [
        "", "## The machine's limits in this run", "",
        f"Peak for the floors: {limits.flops / 1e9:.0f} GFLOP/s on all threads, {limits.flops_one_thread / 1e9:.0f} on one; "
        f"{limits.bytes_per_second / 1e9:.1f} GB/s copied (read + written).", "", "| | |", "|---|---|",
    ]
    return lines + [f"| {name} | {value:.1f} |" for name, value in sorted(limits.details.items())]


def _versions() -> list[str]:
    return ["", "Peers: " + ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES)
            + f"; Python {platform.python_version()}."]


def amount(value: float, unit: str) -> str:
    if unit != "s":
        return f"{value:,.0f} {unit}"
    for factor, name in [(1, "s"), (1e-3, "ms"), (1e-6, "µs")]:
        if value >= factor:
            return f"{value / factor:.3g} {name}"
    return f"{value * 1e9:.3g} ns"


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def write(folder: Path, stem: str, text: str, table: list[dict], only: str | None) -> list[str]:
    """A full run's report and table. A run of `only` one workload has a report of its own, and its row replaces that
    workload's in the table. Each file whole or not at all; the names of those written."""
    folder.mkdir(exist_ok=True)
    contents = {f"{stem}-{only}.md" if only else f"{stem}.md": text}
    if table or not only:
        contents[f"{stem}.json"] = json.dumps(_merged(folder / f"{stem}.json", table) if only else table, indent=2) + "\n"
    for name, content in contents.items():
        temporary = folder / f".{name}.tmp"
        temporary.write_text(content)
        os.replace(temporary, folder / name)
    return list(contents)


def _merged(path: Path, table: list[dict]) -> list[dict]:
    """The rows that stand in `path`, in their order, those of `table` in place of older ones."""
    older = json.loads(path.read_text()) if path.exists() else []
    named = {row["workload"]: row for row in older + table}
    return [named[name] for name in ALL_NAMES if name in named]
