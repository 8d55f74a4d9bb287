"""What the harness must not get wrong; `make bench` runs these checks before it measures."""

import subprocess
import sys
import time
import unittest

import contestant
import measurement
import report
from memory import PeakMemory
from workloads import ALL_NAMES, LSTM, AUTOENCODER, POLICY, WORKLOADS, Floor, Limits


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
        # GFLOP an epoch: 530 on 70,000 windows, 392 on 50,000, 5.3 on 70,000 rows.
        self.assertAlmostEqual(6 * LSTM * 70_000 / 1e9, 530, delta=0.5)
        self.assertAlmostEqual(6 * AUTOENCODER * 50_000 / 1e9, 392, delta=0.5)
        self.assertAlmostEqual(6 * POLICY * 70_000 / 1e9, 5.3, delta=0.05)

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
        states = dict(report.missing([_result()], {"csv": "no file"}, [workload.name for workload in WORKLOADS]))
        self.assertEqual(set(states), set(ALL_NAMES) - {"lstm-b32", "csv"})
        self.assertEqual((states["policy-b32"], states["variants"]), ("not in this run", "not yet measured"))

    def test_warn_about_a_busy_machine(self):
        limits = Limits(1, 1, 1)
        self.assertEqual(report.Circumstances(limits, 0.01, 0.02, 1, "").warnings(), [])
        self.assertTrue(report.Circumstances(limits, 0.01, 0.4, 1, "").warnings())


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


class Contestants(unittest.TestCase):
    def test_that_die_are_a_failure_with_their_name(self):
        with self.assertRaisesRegex(contestant.Failure, "broken ended with exit code 3"):
            contestant.Contestant("broken", [sys.executable, "-c", "raise SystemExit(3)"])


if __name__ == "__main__":
    unittest.main()
