#!/usr/bin/env python3
"""./dev new writes the right files under the right names, and refuses what would break the tree.
That the models build and pass is tested in tests/CMakeLists.txt."""

import contextlib
import importlib.util
import io
import sys
import tempfile
import unittest
from pathlib import Path

TOOLS = Path(__file__).resolve().parents[1]
specification = importlib.util.spec_from_file_location("new", TOOLS / "new.py")
new = importlib.util.module_from_spec(specification)
sys.modules["new"] = new
specification.loader.exec_module(new)


class New(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        (self.root / "src").mkdir()

    def refused(self, kind: str, name: str) -> str:
        with self.assertRaises(new.Refused) as raised:
            new.create(self.root, kind, name)
        return str(raised.exception)

    def test_every_kind_has_a_model_and_a_test(self):
        for kind in new.KINDS:
            source, test = new.create(self.root, kind, "sample")
            self.assertTrue(source.startswith("src/") and source.endswith("sample.cc"), source)
            self.assertTrue(test.startswith("tests/") and test.endswith("sample_test.cc"), test)
            for path in (source, test):
                text = (self.root / path).read_text()
                self.assertIn("sample", text)
                self.assertNotRegex(text, r"@\w+@")
            self.assertIn("TEST", (self.root / test).read_text())
            self.assertIn("Registration registration(kComponent);",
                          (self.root / source).read_text())
        models = {path.name for path in new.MODELS.glob("*.txt")}
        self.assertEqual(models, {f"{kind}{end}.cc.txt" for kind in new.KINDS
                                  for end in ("", "_test")}, "no model without a kind")

    def test_names_are_replaced_in_each_form(self):
        source, test = new.create(self.root, "command", "show-me")
        self.assertEqual(source, "src/cli/show_me.cc")
        self.assertIn('.name = "show-me"', (self.root / source).read_text())
        text = (self.root / test).read_text()
        self.assertIn("TEST(ShowMeCommand", text)
        self.assertIn("lode_show_me.txt", text)

    def test_algorithms_live_in_families(self):
        self.assertEqual(new.create(self.root, "algorithm", "trees/stump")[0],
                         "src/mine/trees/stump.cc")
        self.assertEqual(new.create(self.root, "algorithm", "knn")[0], "src/mine/knn/knn.cc")
        self.assertIn("only algorithms", self.refused("metric", "a/b"))

    def test_what_exists_is_never_overwritten(self):
        source, _ = new.create(self.root, "aggregate", "median")
        (self.root / source).write_text("mine")
        self.assertEqual(self.refused("aggregate", "median"), f"{source} is there already")
        self.assertEqual((self.root / source).read_text(), "mine")

    def test_a_test_that_exists_keeps_the_source_from_being_written(self):
        path = self.root / "tests/judge/metrics/gini_test.cc"
        path.parent.mkdir(parents=True)
        path.write_text("")
        self.assertIn("is there already", self.refused("metric", "gini"))
        self.assertFalse((self.root / "src/judge/metrics/gini.cc").exists())

    def test_a_component_in_another_file_is_found(self):
        path = self.root / "src/table/expression/rounding.cc"
        path.parent.mkdir(parents=True)
        path.write_text('constexpr Component kA = function_component(\n    "floor", "x");\n'
                        "const Registration floor_registration(kA);\n")
        self.assertEqual(self.refused("function", "floor"),
                         "there is a function 'floor' already, in src/table/expression/rounding.cc")
        new.create(self.root, "metric", "floor")

    def test_bad_names(self):
        for kind, name in (("metric", "Gini"), ("metric", "2nd"), ("metric", "a-b"),
                           ("command", "a_b"), ("metric", ""), ("metric", ".."),
                           ("algorithm", "../x"), ("algorithm", "a/"), ("metric", "x y")):
            self.refused(kind, name)
        self.assertEqual(list(self.root.rglob("*.cc")), [])

    def test_unknown_kinds(self):
        self.assertEqual(self.refused("agregate", "x"),
                         "there is no kind 'agregate'; did you mean 'aggregate'?")
        self.assertIn("there are aggregate", self.refused("zzz", "x"))

    def test_the_command_says_what_it_did(self):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            done = new.main(["--root", str(self.root), "metric", "gini"])
            again = new.main(["--root", str(self.root), "metric", "gini"])
        self.assertEqual((done, again), (0, 2))
        self.assertIn("wrote src/judge/metrics/gini.cc\n", out.getvalue())
        self.assertIn("./dev test -R Gini", out.getvalue())
        self.assertTrue(err.getvalue().startswith("new: there is a metric 'gini' already"))


if __name__ == "__main__":
    unittest.main()
