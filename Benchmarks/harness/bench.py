"""`make bench`: measures ours against the peers, prints ratios, writes reports/bench.md and reports/bench.json."""

import argparse
import datetime
import sys
from pathlib import Path

import contestant
import foreign_load
import measurement
import report
import training
from workloads import ALL_NAMES, MEMORY, WORKLOADS

ROOT = Path(__file__).resolve().parent.parent.parent


def main() -> int:
    arguments = _arguments()
    scale = arguments.scale
    setup = measurement.Setup(
        program=str(arguments.program.resolve()), trainer=str(arguments.trainer.resolve()), python=sys.executable,
        root=ROOT, folder=ROOT / "Benchmarks" / ".data", scale=scale, pairs=arguments.pairs)
    setup.folder.mkdir(exist_ok=True)
    before = foreign_load.share()
    if before > report.IDLE_SHARE:
        measurement.say(f"other programs use {before:.0%} of the processors: these figures will not be worth quoting")
    limits = measurement.machine_limits(setup)
    results, failures = [], {}
    for name in _chosen(arguments.only):
        try:
            result = _measure(name, setup)
        except (contestant.Failure, OSError) as error:
            failures[name] = str(error)
            measurement.say(f"{name} FAILED: {error}")
            continue
        results.append(result)
        print(f"{name}: {report.ratio_text(result.ratios(result.best_peer))} against {result.best_peer}", flush=True)
    limits = limits.best(measurement.machine_limits(setup))
    for result in results:
        result.apply(limits)
    for name, state in report.missing(results, failures, measurable_names()):
        print(f"{name}: {state}")
    today = datetime.date.today().isoformat()
    circumstances = report.Circumstances(limits, before, foreign_load.share(), scale, today)
    text = report.markdown(results, failures, circumstances, measurable_names())
    stem = "bench" if scale == 1 else "bench-trial"
    report.write(ROOT / "reports", stem, text, report.rows(results))
    print(f"written: reports/{stem}.md, reports/{stem}.json")
    return 1 if failures else 0


def measurable_names() -> list[str]:
    names = {workload.name for workload in WORKLOADS} | {MEMORY}
    return [name for name in ALL_NAMES if name in names]


def _chosen(only: str | None) -> list[str]:
    return [only] if only else measurable_names()


def _measure(name: str, setup: measurement.Setup) -> measurement.Result:
    if name == MEMORY:
        return training.measure(setup)
    return measurement.measure(next(workload for workload in WORKLOADS if workload.name == name), setup)


def _arguments():
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--program", type=Path, required=True, help="the built dwcp-bench")
    parser.add_argument("--trainer", type=Path, required=True, help="the built dwcp")
    parser.add_argument("--only", choices=measurable_names(), help="one workload (make: BENCH=name)")
    parser.add_argument("--pairs", type=int, help="pairs of each workload instead of its own number (make: PAIRS=n)")
    parser.add_argument(
        "--scale", type=float, default=1,
        help="part of the sizes, for a trial of the tool; its report is bench-trial (make: SCALE=x)")
    arguments = parser.parse_args()
    if arguments.pairs is not None and arguments.pairs < 1:
        parser.error("--pairs must be at least 1")
    if not 0 < arguments.scale <= 1:
        parser.error("--scale must be above 0 and at most 1")
    return arguments


if __name__ == "__main__":
    sys.exit(main())
