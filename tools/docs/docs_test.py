#!/usr/bin/env python3
"""The checks of pages find what a page says wrongly."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import guide  # noqa: E402
import run_tutorial  # noqa: E402

PRINTED = """
source        rows   accepted  set aside  from              to                zone  known
flights  3,000,000  2,999,997          3  2001-01-01T00:01  2001-07-01T00:00  UTC   date

model    algorithm  test rows  AUC                      log-loss
static   logistic   2,541,609  0.6346 [0.6285, 0.6404]  0.5
windows  logistic   2,541,609  0.7265 [0.7185, 0.7345]  0.4
"""


class Pages(unittest.TestCase):
    def test_blocks_know_their_kind_line_and_the_words_after(self):
        with tempfile.TemporaryDirectory() as folder:
            page = Path(folder) / "page.md"
            page.write_text("# A\n\n```yaml\n# lode.yaml\nlode: 1\n```\nread\nthis\n"
                            "```sh\nls\n```\n")
            yaml, shell = guide.blocks_of(page)
            page.write_text("```sh\nls\n")
            with self.assertRaises(ValueError):
                guide.blocks_of(page)
        self.assertEqual((yaml.kind, yaml.line, yaml.file_name()), ("yaml", 4, "lode.yaml"))
        self.assertEqual(yaml.after, "read this")
        self.assertEqual((shell.kind, shell.text), ("sh", "ls\n"))

    def test_right_figures_are_counted_and_wrong_ones_refused(self):
        for words, compared in (("`lode run` read 3,000,000 rows and set 3 aside: why", 2),
                                ("Trained on four weeks: an AUC of .6346.", 1),
                                ("| static | .6346 | | windows | .7265 |", 2), ("nothing", 0)):
            self.assertEqual(run_tutorial.hold(PRINTED, words), compared, words)
        for words in ("read 3,000,000 rows and set 4 aside", "an AUC of .6347",
                      "| windows | .7266 |", "| leak | .7612 |", "One more is set aside"):
            with self.assertRaises(run_tutorial.Wrong, msg=words):
                run_tutorial.hold(PRINTED, words)

    def test_a_command_that_fails_is_refused(self):
        with self.assertRaises(run_tutorial.Wrong), tempfile.TemporaryDirectory() as folder:
            run_tutorial.run_block("true\nfalse\ntrue", Path(folder), {"PATH": "/usr/bin:/bin"})


if __name__ == "__main__":
    unittest.main()
