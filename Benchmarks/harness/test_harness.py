"""What the harness must not get wrong; `make bench` runs these checks before it measures."""

import json
import os
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

import composition
import contestant
import foreign_load
import growth
import losses
import measurement
import report
import written_models
from memory import PeakMemory
from workloads import (
    ALL_NAMES, AUTOENCODER, FOUR_MODELS, LSTM, MEMORY, POLICY, START, WORKLOADS, Floor, Limits, Workload)


def _result(**changes) -> measurement.Result:
    given = dict(
        workload="lstm-b32", meaning="", samples=1, ours=[1.0, 2.0, 4.0],
        peers={"slow": [9.0, 9.0, 9.0], "fast": [3.0, 4.0, 20.0]},
        floor=Floor(flops=1e9), floor_seconds=0.5)
    return measurement.Result(**(given | changes))


class Ratios(unittest.TestCase):
    def test_are_taken_pair_by_pair_against_the_peer_with_the_lowest_median(self):
        # 3/1, 4/2, 20/4; the ratio of the medians would be 2.
        self.assertEqual(
            report.rows([_result()]),
            [{"workload": "lstm-b32", "peer": "fast", "ratio_median": 3.0, "ratio_min": 2.0, "ratio_max": 5.0,
              "fraction_of_floor": 0.25}])

    def test_have_no_fraction_where_there_is_no_floor(self):
        self.assertIsNone(report.rows([_result(floor=None, floor_seconds=None)])[0]["fraction_of_floor"])


class Floors(unittest.TestCase):
    def test_agree_with_the_work_counted_by_hand(self):
        # Forward: 112,640 + 589,824 + 327,680 + 147,456 + 2,080; 61,440 + 311,296 + 163,840 + 77,824 + 4,096 + 77,824
        # + 163,840 + 311,296 + 15,360; 12,640. Thrice, without the gradient to the data.
        self.assertEqual(LSTM.training, 3 * 1_179_680 - 112_640)
        self.assertEqual(AUTOENCODER.training, 3 * 1_186_816 - 61_440)
        self.assertEqual(POLICY.training, 3 * 12_640 - 2_304)

    def test_take_the_longer_of_computing_and_moving(self):
        limits = Limits(flops=100, flops_one_thread=50, bytes_per_second=10)
        self.assertEqual(Floor(flops=100, bytes=30).seconds(limits), 3)
        self.assertEqual(Floor(flops=100, threads=1).seconds(limits), 2)

    def test_are_void_when_ours_is_faster(self):
        result = _result()
        result.apply(Limits(flops=1e9, flops_one_thread=1e9, bytes_per_second=1))
        self.assertEqual((result.fraction_of_floor, result.remarks), (0.5, []))
        result.apply(Limits(flops=4e8, flops_one_thread=4e8, bytes_per_second=1))
        self.assertEqual(len(result.remarks), 1)


class SameWork(unittest.TestCase):
    def test_is_refused_when_results_differ_or_are_missing_or_not_a_number(self):
        measurement.require_same_work({"dwcp": {"loss": 0.10}, "peer": {"loss": 0.11}})
        for theirs in [{"loss": 0.2}, {"loss": float("nan")}, {}]:
            with self.assertRaises(contestant.Failure):
                measurement.require_same_work({"dwcp": {"loss": 0.10}, "peer": theirs})


class Reports(unittest.TestCase):
    def test_say_what_is_missing_instead_of_leaving_it_out(self):
        missing = report.missing([_result()], {"csv": "no file"})
        self.assertEqual(missing, [name for name in ALL_NAMES if name not in ("lstm-b32", "csv")])
        text = report.markdown(
            [], {"csv": "no file"}, report.Circumstances(Limits(1, 1, 1), 0, 0, 1, ""),
            [measurement.Section("Something beside", ["a line"])], missing)
        for line in ["| csv | FAILED | | | | | | | |", "FAILED csv: no file", "| start | not in this run | | | | | | | |",
                     "## Something beside"]:
            self.assertIn(line, text.splitlines())

    def test_say_whether_a_goal_was_reached(self):
        for ratio, verdict in [(3.4, "MISSED"), (3.5, "reached"), (4.5, "aim reached")]:
            self.assertTrue(report.goal_text("lstm-b32", ratio).endswith(": " + verdict))

    def test_of_one_workload_keep_the_other_rows(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            rows = [{"workload": "lstm-b32", "ratio_median": 3}, {"workload": "csv", "ratio_median": 1}]
            report.write(folder, "bench", "all", rows, only=None)
            report.write(folder, "bench", "one", [{"workload": "lstm-b32", "ratio_median": 4}], only="lstm-b32")
            report.write(folder, "bench", "a section", [], only="growth")
            kept = [{"workload": "lstm-b32", "ratio_median": 4}, {"workload": "csv", "ratio_median": 1}]
            self.assertEqual(json.loads((folder / "bench.json").read_text()), kept)
            for file, text in [("bench.md", "all"), ("bench-lstm-b32.md", "one"), ("bench-growth.md", "a section")]:
                self.assertEqual((folder / file).read_text(), text)

    def test_have_every_name_that_is_measured(self):
        special = {START.name, FOUR_MODELS, MEMORY}
        self.assertEqual({workload.name for workload in WORKLOADS} | special, set(ALL_NAMES))

    def test_warn_about_a_busy_machine(self):
        limits = Limits(1, 1, 1)
        self.assertEqual(report.Circumstances(limits, 0.01, 0.02, 1, "").warnings(), [])
        self.assertTrue(report.Circumstances(limits, 0.01, 0.4, 1, "").warnings())
        for foreign, warned in [(0.01, False), (0.2, True)]:
            text = report.markdown([_result(foreign=foreign)], {}, report.Circumstances(limits, 0, 0, 1, ""), [], [])
            self.assertEqual("do not quote" in text, warned)


class Alternation(unittest.TestCase):
    def test_lets_another_go_first_in_every_pair(self):
        order = []

        def run(name):
            order.append(name)
            return {"seconds": 1}

        replies = measurement.alternate("", ["dwcp", "peer"], 3, run)
        self.assertEqual(order, ["dwcp", "peer", "peer", "dwcp", "dwcp", "peer"])
        self.assertEqual({name: len(given) for name, given in replies.items()}, {"dwcp": 3, "peer": 3})

    def test_runs_slow_peers_once_and_compares_their_work_all_the_same(self):
        work = Workload("start", "", "", ("peer", "slow"), samples=1, pairs=2, run_once=("slow",), fewest=1)
        setup = measurement.Setup("", "", "", Path(), Path(), scale=1, pairs=None)
        calls = []

        def run(name):
            calls.append(name)
            return {"seconds": 2 if name == "dwcp" else 6, "steps": 1}

        names = ["dwcp", "peer", "slow"]
        result = measurement.contest(work, setup, names, run, Path())
        self.assertEqual(calls, ["dwcp", "peer", "dwcp", "peer", "slow", "peer", "dwcp"])
        self.assertEqual((result.ratios("peer"), result.ratios("slow")), ([3.0, 3.0], [3.0]))
        self.assertEqual(result.evidence, {name: {"steps": 1} for name in names})
        with self.assertRaises(contestant.Failure):
            measurement.contest(
                work, setup, names, lambda name: {"seconds": 1, "steps": 2 if name == "slow" else 1}, Path())


class FourModels(unittest.TestCase):
    def test_puts_a_peer_together_from_its_epochs(self):
        def part(name, seconds, samples=70_000):
            return _result(workload=name, ours=[1.0], peers={"jax": [seconds]}, samples=samples)

        parts = {
            "lstm-b32": part("lstm-b32", 8), "policy-b32": part("policy-b32", 0.2),
            "autoencoder-b32": part("autoencoder-b32", 9, 50_000),
            "forest-fit": _result(workload="forest-fit", ours=[1.0], peers={"slow": [0.5], "fast": [0.3]}),
        }
        # 100 × 8 + 50 × 0.2 + 50 × 9 × 7/5 + 0.3
        self.assertAlmostEqual(composition.in_sequence(parts, "jax", 70_000), 1440.3)


class Growing(unittest.TestCase):
    def test_is_held_against_a_hundred_thousand_rows(self):
        grown = [growth.Growth(rows, 1, 0.05, 1, seconds, 1 << 20) for rows, seconds in [
            (10_000, 0.5), (100_000, 2), (1_000_000, 21)]]
        lines = growth.rows(grown)
        self.assertIn("2.50×, not within 20%", lines[0])
        self.assertIn("| 1.00× |", lines[1])
        self.assertIn("| 1.05× |", lines[2])


class Losses(unittest.TestCase):
    def test_are_equal_within_one_standard_deviation_of_keras(self):
        # Mean 2, standard deviation 1.
        keras = [1.0, 2.0, 3.0]
        for ours, in_range, verdict in [
                ([2.5, 3.0, 3.4], 2, "yes"), ([3.0, 3.0, 3.1], 2, "NO: ours is higher"),
                ([0.5, 0.6, 0.7], 0, "NO: ours is lower")]:
            compared = losses.Comparison("lstm-b32", "held out", ours, keras)
            self.assertEqual(compared.in_range, in_range)
            self.assertTrue(losses.row(compared).endswith(f"| {verdict} |"))
        self.assertFalse(losses.Comparison("lstm-b32", "held out", [2.0, 2.0, float("nan")], keras).agrees)

    def test_of_other_samples_are_refused(self):
        reply = {"training samples": 8000, "held-out samples": 2000}
        losses.require_same_samples(reply, dict(reply))
        with self.assertRaises(contestant.Failure):
            losses.require_same_samples(reply, reply | {"held-out samples": 1999})


class WrittenModels(unittest.TestCase):
    def test_fail_the_limit_by_their_p99_not_their_median(self):
        result = _result(
            workload="x", ours=[1e-4], peers={"onnxruntime": [2e-4]},
            replies={"dwcp": [{"p99 µs": 1200.0}], "onnxruntime": [{"p99 µs": 300.0}]})
        self.assertTrue(written_models.row("x.onnx", result).endswith("| NO |"))


class Memory(unittest.TestCase):
    def test_counts_a_process_and_its_children(self):
        # A parent that starts a child, each holding 64 MiB of its own.
        hold = "import time; held = bytearray(b'x') * (64 << 20); time.sleep(1.5)"
        parent = subprocess.Popen(
            [sys.executable, "-c", f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {hold!r}]); {hold}"])
        memory = PeakMemory(parent.pid)
        time.sleep(1)
        memory.stop()
        parent.wait()
        self.assertGreater(memory.proportional, 128 << 20)
        self.assertLess(memory.proportional, 192 << 20)
        self.assertGreaterEqual(memory.bound, memory.proportional)


class ForeignLoad(unittest.TestCase):
    def test_leaves_out_what_its_own_children_used(self):
        busy = "import time; end = time.perf_counter() + 1.5\nwhile time.perf_counter() < end: pass"
        meanwhile = foreign_load.Meanwhile()
        subprocess.run([sys.executable, "-c", busy], check=True)
        own = meanwhile.share()
        meanwhile = foreign_load.Meanwhile()
        # Not a child of this process once its parent has ended.
        subprocess.run([sys.executable, "-c", f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {busy!r}])"])
        time.sleep(1)
        self.assertGreater(meanwhile.share() - own, 0.5 / os.cpu_count())


class Contestants(unittest.TestCase):
    def test_that_die_between_rounds_or_answer_nonsense_are_a_failure_with_their_name(self):
        script = "print('{}', flush=True); input(); {}"
        for last, why in [("raise SystemExit(3)", "exit code 3"), ("print('what'); input()", "“what”")]:
            with contestant.Contestant("broken", [sys.executable, "-c", script.format("{}", last)]) as broken:
                with self.assertRaisesRegex(contestant.Failure, f"broken .*{why}"):
                    broken.run()
        with contestant.Contestant("broken", [sys.executable, "-c", "print('{}', flush=True); raise SystemExit(3)"]) as broken:
            time.sleep(0.5)
            with self.assertRaisesRegex(contestant.Failure, "broken ended with exit code 3"):
                broken.run()

    def test_that_die_are_a_failure_with_their_name(self):
        with self.assertRaisesRegex(contestant.Failure, "broken ended with exit code 3"):
            contestant.Contestant("broken", [sys.executable, "-c", "raise SystemExit(3)"])


if __name__ == "__main__":
    unittest.main()
