"""`make bench`: measures ours against the peers, prints ratios, writes reports/bench.md and reports/bench.json."""

import argparse
import datetime
import sys
import traceback
from pathlib import Path

import composition
import contestant
import foreign_load
import growth
import losses
import measurement
import precision
import report
import startup
import training
import written_models
from workloads import (
    ALL_NAMES, FOUR_MODELS, GROWTH, LOSSES, MEMORY, PRECISION, SECTION_NAMES, START, WRITTEN_MODELS, workload)

ROOT = Path(__file__).resolve().parent.parent.parent


def main() -> int:
    arguments = _arguments()
    scale = arguments.scale
    setup = measurement.Setup(
        program=str(arguments.program.resolve()), trainer=str(arguments.trainer.resolve()), python=sys.executable,
        root=ROOT, folder=ROOT / "Benchmarks" / ".data", scale=scale, pairs=arguments.pairs, large=arguments.large)
    setup.folder.mkdir(exist_ok=True)
    before = foreign_load.share()
    if before > report.IDLE_SHARE:
        measurement.say(f"other programs use {before:.0%} of the processors: these figures will not be worth quoting")
    limits = measurement.machine_limits(setup)
    results, sections, failures = {}, [], {}
    for name in [arguments.only] if arguments.only else ALL_NAMES + SECTION_NAMES:
        meanwhile = foreign_load.Meanwhile()
        measured = _attempt(name, failures, lambda: _measure(name, setup, results))
        if measured:
            measured.foreign = meanwhile.share()
        if isinstance(measured, measurement.Section):
            sections.append(measured)
            print("\n".join([f"{name}:", *measured.lines]), flush=True)
        elif measured:
            results[name] = measured
            best = measured.best_peer
            print(f"{name}: {report.ratio_text(measured.ratios(best))} against {best}", flush=True)
    results = list(results.values())
    limits = limits.best(_attempt("limits", failures, lambda: measurement.machine_limits(setup)) or limits)
    for result in results:
        result.apply(limits)
    # Of a run of one workload the others are not missing.
    missing = [] if arguments.only else report.missing(results, failures)
    for name in missing:
        print(f"{name}: not in this run")
    today = datetime.date.today().isoformat()
    circumstances = report.Circumstances(limits, before, foreign_load.share(), scale, today)
    text = report.markdown(results, failures, circumstances, sections, missing)
    written = report.write(
        ROOT / "reports", "bench" if scale == 1 else "bench-trial", text, report.rows(results), only=arguments.only)
    print(f"written: {', '.join(f'reports/{name}' for name in written)}")
    return 1 if failures or missing else 0


def _attempt(name: str, failures: dict[str, str], measure):
    """What `measure` gives, or None and its reason in `failures`: one workload must not cost the run."""
    try:
        return measure()
    except (contestant.Failure, OSError) as error:
        failures[name] = str(error)
    except Exception as error:  # a fault of the harness: its place goes to standard error
        traceback.print_exc()
        failures[name] = f"{type(error).__name__}: {error}"
    measurement.say(f"{name} FAILED: {failures[name]}")
    return None


def _measure(name: str, setup: measurement.Setup, results: dict) -> measurement.Result | measurement.Section:
    special = {
        START.name: startup.measure, MEMORY: training.measure, WRITTEN_MODELS: written_models.measure,
        GROWTH: growth.measure, PRECISION: precision.measure, LOSSES: losses.measure,
    }
    if name == FOUR_MODELS:
        return composition.measure(setup, results)
    return special[name](setup) if name in special else measurement.measure(workload(name), setup)


def _arguments():
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--program", type=Path, required=True, help="the built dwcp-bench")
    parser.add_argument("--trainer", type=Path, required=True, help="the built dwcp")
    parser.add_argument("--only", choices=ALL_NAMES + SECTION_NAMES, help="one workload or section (make: BENCH=name)")
    parser.add_argument(
        "--pairs", type=int, help="pairs of each workload, seeds of losses, instead of their own number (make: PAIRS=n)")
    parser.add_argument(
        "--scale", type=float, default=1,
        help="part of the sizes, for a trial of the tool; its report is bench-trial (make: SCALE=x)")
    parser.add_argument(
        "--large", action="store_true", help="let growth go on to ten million rows, a file of 5 GB (make: LARGE=yes)")
    arguments = parser.parse_args()
    if arguments.pairs is not None and arguments.pairs < 1:
        parser.error("--pairs must be at least 1")
    if not 0 < arguments.scale <= 1:
        parser.error("--scale must be above 0 and at most 1")
    return arguments


if __name__ == "__main__":
    sys.exit(main())
