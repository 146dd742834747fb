#!/usr/bin/env python3
"""The torture finds each fault a program can have, and none in one that has none."""

import contextlib
import io
import json
import os
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import page  # noqa: E402
import torture  # noqa: E402


def tortured(fault: str, kills: int = 14) -> dict:
    os.environ["FAKE_FAULT"] = fault
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "lode"
        program.write_text((HERE / "fake_lode.sh").read_text())
        program.chmod(0o755)
        said, heard = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(heard):
            exit_code = torture.main(["--kills", str(kills), "--rows", "1000", "--no-page",
                                      "--json", "--lode", str(program)])
    result = json.loads(said.getvalue())
    assert exit_code == (1 if result["failures"] else 0)
    assert f"{kills} of {kills} kills" in heard.getvalue(), heard.getvalue()
    return result


class Torture(unittest.TestCase):
    def test_a_program_without_faults_passes(self):
        result = tortured("none")
        self.assertEqual(result["failures"], [])
        self.assertEqual(result["kills"], 14)
        self.assertGreater(result["died"], 4)
        self.assertEqual(sum(result["stations"].values()), result["died"])

    def test_each_fault_is_found(self):
        for fault, said in (("names", "other names"), ("lost", "lost or doubled"),
                            ("leftover", "left lying about"), ("damage", "looking after a kill")):
            with self.subTest(fault):
                failures = tortured(fault)["failures"]
                self.assertTrue(any(said in failure for failure in failures), failures)

    def test_the_page_names_what_failed(self):
        result = tortured("lost") | {"seed": 1}
        self.assertIn(result["failures"][0], page.text(result))


if __name__ == "__main__":
    unittest.main()
