#!/usr/bin/env python3
"""Holds mining_statistics and mining_sets to values worked out by hand."""

import math
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from types import SimpleNamespace  # noqa: E402

from mining_page import page  # noqa: E402
from mining_sets import DataSet, fold_lines, shuffled_target  # noqa: E402
from mining_statistics import corrected_interval, judgement, mean  # noqa: E402


class Statistics(unittest.TestCase):
    def test_interval_is_that_of_nadeau_and_bengio(self):
        # Mean 2, variance 1, 3 folds, a quarter tested: 4.3027 * sqrt(1/3 + 1/3) = 3.51314.
        low, high = corrected_interval([1.0, 2.0, 3.0], 0.25)
        self.assertAlmostEqual(low, 2 - 3.51314, places=4)
        self.assertAlmostEqual(high, 2 + 3.51314, places=4)

    def test_one_fold_says_nothing(self):
        self.assertEqual(corrected_interval([1.0], 0.25), (-math.inf, math.inf))

    def test_judgement_goes_by_the_side_that_is_better(self):
        self.assertEqual(judgement(-2, -1, True), "better")
        self.assertEqual(judgement(-2, -1, False), "worse")
        self.assertEqual(judgement(1, 2, True), "worse")
        self.assertEqual(judgement(-1, 2, True), "not told apart")

    def test_mean(self):
        self.assertEqual(mean([1.0, 2.0, 6.0]), 3.0)


class Page(unittest.TestCase):
    PEERS = SimpleNamespace(VERSIONS={"LightGBM": "4"}, LESS_IS_BETTER={"log_loss": True})

    @staticmethod
    def fold(linear: float, peer: float, winner: str = "linear") -> dict:
        return {"winner": winner, "figures": {"baseline": {"log_loss": 0.6},
                                              "linear": {"log_loss": linear},
                                              "LightGBM": {"log_loss": peer}}}

    def test_says_what_was_measured(self):
        moved = {"helps": "no", "metric": "auc", "chance": {
            "linear": {"low": 0.4, "high": 0.6}, "boosted": {"low": 0.51, "high": 0.6}}}
        text = page({"telco-churn": {"fold": [self.fold(0.41, 0.44), self.fold(0.43, 0.45)],
                                     "shuffled": [moved, moved]}}, 2, self.PEERS)
        self.assertIn("| **lode mine** (linear 2 times) | **0.42000** |", text)
        # Differences -.03 and -.02: mean -.025, t 12.7062 * .00707107 * sqrt(1/2 + 1/3).
        self.assertIn("-0.02500 [-0.10702, +0.05702], better in 2 of 2: not told apart", text)
        self.assertIn("the verdict is NO in 2 of 2; AUC .5 within the 95 % interval of 2 of 4",
                      text)

    def test_a_baseline_that_won_is_counted(self):
        text = page({"telco-churn": {"fold": [self.fold(0.41, 0.44, "baseline")] * 2}}, 2,
                    self.PEERS)
        self.assertIn("| **lode mine** (baseline 2 times) | **0.60000** |", text)


class Sets(unittest.TestCase):
    def test_a_walk_ends_with_the_whole_file(self):
        rows = [str(i) for i in range(100)]
        walk = DataSet("w", "y", "w.csv", walk=True)
        self.assertEqual(len(fold_lines(walk, rows, 1, 10)), 55)
        self.assertEqual(fold_lines(walk, rows, 10, 10), rows)
        self.assertEqual(fold_lines(DataSet("r", "y", "r.csv"), rows, 1, 10), rows)

    def test_shuffling_moves_the_target_and_nothing_else(self):
        data = DataSet("s", "y", "s.csv", yes="1")
        rows = [f"a{i},{i % 2},b,{i}" for i in range(50)]
        moved = shuffled_target(data, "a,y,b,c", rows, 1)
        self.assertNotEqual(rows, moved)
        cut = [row.split(",") for row in moved]
        self.assertEqual(sum(int(fields[1]) for fields in cut), 25)
        self.assertEqual([fields[3] for fields in cut], [str(i) for i in range(50)])


if __name__ == "__main__":
    unittest.main()
