#!/usr/bin/env python3
"""The named mutants fit the present source; the machine-made ones are the same every time and look
like C++; outcomes are read from test programs as they are."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import catalogue  # noqa: E402
import generator  # noqa: E402
import mutants  # noqa: E402
import report  # noqa: E402
from scratch import verdict_of  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = '''// a < b in a comment stays
#include <vector>
Status f(int a, int b) {
  if (a < b && b > 1) return fail(Code::kInvalid, "a {} < b {}; 2 places", a + 1, b);
  std::vector<int> values;
  values.push_back(a + 2);
  ++a;
  static_assert(sizeof(int) == 4);
  const char* text = "x < y && 3";
  return std::max(a, b) == 7 ? true : false;
}
constexpr Component kComponent = {
    .name = "x",
    .limit = 5,
};
'''


def sample_points(kind: str) -> list:
    return [p for p in generator.points("src/features/x.cc", SAMPLE) if p.kind == kind]


class Catalogue(unittest.TestCase):
    def test_every_named_mutant_fits_the_source_once(self):
        for mutant in catalogue.NAMED:
            text = (ROOT / mutant.file).read_text()
            self.assertEqual(text.count(mutant.old), 1, mutant.name)
            changed = catalogue.mutated(mutant, text)
            self.assertNotEqual(changed, text, mutant.name)
            self.assertEqual(changed.replace(mutant.new, mutant.old, 1), text, mutant.name)

    def test_the_twelve_of_the_issue_are_there(self):
        self.assertEqual(len({m.name for m in catalogue.NAMED}), 12)
        self.assertTrue(all(m.expected and m.meaning for m in catalogue.NAMED))

    def test_a_stale_mutant_says_what_to_do(self):
        for text, count in (("", 0), ("ab ab", 2)):
            with self.assertRaises(catalogue.Stale) as raised:
                catalogue.mutated(catalogue.Mutant("m", "src/a.cc", "ab", "c", "x"), text)
            self.assertIn(f"stands {count} times in src/a.cc", str(raised.exception))
            self.assertIn("catalogue.py", str(raised.exception))

    def test_filters_of_the_expected_tests(self):
        self.assertEqual(mutants.gtest_patterns(r"features\..*Key(Cells|Merge)"),
                         ["*KeyCells*", "*KeyMerge*"])
        self.assertEqual(mutants.gtest_patterns(r"ingest\.Acceptance\."), ["Acceptance.*"])
        self.assertEqual(mutants.gtest_patterns(r"agreement\.Batches/.*/0"), ["Batches/*/0"])

    def test_survivors_stand_for_lines_that_are_there(self):
        made = {(m.file, m.meaning)
                for m in generator.sequence(mutants.feature_sources(ROOT), 1)}
        for place in mutants.known_survivors():
            self.assertIn(place, made, "survivors.toml excuses a mutant that is no more")


class Generator(unittest.TestCase):
    def test_only_code_is_changed(self):
        for point in generator.points("src/features/x.cc", SAMPLE):
            line = SAMPLE[:point.at].count("\n") + 1
            self.assertIn(line, (3, 4, 6, 7, 10), point)
        swapped = {(p.old, p.new) for p in sample_points("edge")}
        self.assertEqual(swapped, {("<", "<="), (">", ">=")})
        self.assertEqual([p.old for p in sample_points("logic")], ["&&"])
        self.assertEqual({p.old for p in sample_points("boolean")}, {"true", "false"})
        self.assertEqual([p.new for p in sample_points("extreme")], ["min"])
        self.assertEqual([p.new for p in sample_points("negation")], ["(!(a < b && b > 1))"])
        self.assertEqual([p.old for p in sample_points("dropped")],
                         ["values.push_back(a + 2);", "++a;"])
        self.assertEqual({(p.old, p.new) for p in sample_points("constant")},
                         {("1", "2"), ("1", "0"), ("2", "3"), ("2", "1"), ("7", "8"), ("7", "6")})

    def test_a_patch_changes_its_place_alone(self):
        for mutant in generator.sequence({"src/features/x.cc": SAMPLE}, 1):
            changed = catalogue.mutated(mutant, SAMPLE)
            self.assertNotEqual(changed, SAMPLE)
            self.assertEqual(changed.count("\n"), SAMPLE.count("\n"))
            for pair in ("()", "{}"):
                self.assertEqual(changed.count(pair[0]), changed.count(pair[1]), mutant)

    def test_the_same_seed_gives_the_same_order(self):
        files = {str(p.relative_to(ROOT)): p.read_text()
                 for p in (ROOT / "src/features").glob("c*.cc")}
        once = generator.sequence(files, 1)
        self.assertEqual(once, generator.sequence(dict(reversed(files.items())), 1))
        self.assertNotEqual(once, generator.sequence(files, 2))
        self.assertEqual(set(once), set(generator.sequence(files, 2)))
        self.assertEqual(len({m.name for m in once}), len(once), "names are unique")

    def test_an_edit_elsewhere_keeps_the_order_of_the_others(self):
        before = generator.sequence({"src/features/x.cc": SAMPLE}, 1)
        after = generator.sequence({"src/features/x.cc": "// one line more\n" + SAMPLE}, 1)
        self.assertEqual([m.meaning for m in before], [m.meaning for m in after])

    def test_every_kind_comes_early(self):
        made = generator.sequence(mutants.feature_sources(ROOT), 1)
        self.assertGreater(len(made), 1000)
        kinds = {m.name.split(":")[3] for m in made[:10]}
        self.assertEqual(kinds, {"edge", "flip", "arithmetic", "step", "logic", "boolean",
                                 "extreme", "constant", "negation", "dropped"})


class Verdicts(unittest.TestCase):
    def test_a_failed_check_names_its_test(self):
        out = "[ RUN      ] A.b\nx: Failure\n[  FAILED  ] A.b, where GetParam() = 1 (3 ms)\n"
        verdict = verdict_of("features", 1, out, False, 1.0)
        self.assertEqual((verdict["test"], verdict["how"]), ("features.A.b", "a failed check"))

    def test_a_crash_and_a_loop_name_the_test_they_were_in(self):
        out = "[ RUN      ] A.a\n[       OK ] A.a (0 ms)\n[ RUN      ] A.b\n"
        self.assertEqual(verdict_of("base", -11, out, False, 1.0)["how"], "a crash (signal 11)")
        self.assertEqual(verdict_of("base", -24, out, True, 1.0)["how"], "time out")
        self.assertEqual(verdict_of("base", -11, out, False, 1.0)["test"], "base.A.b")

    def test_passing_is_surviving(self):
        self.assertTrue(verdict_of("base", 0, "", False, 1.0)["ok"])

    def test_the_page_lists_survivors_with_their_reasons(self):
        mutant = catalogue.Mutant("a.cc:7:1:edge", "src/features/a.cc", "a", "b", "a | b", at=3,
                                  line=7)
        lives = mutants.Outcome(mutant, "survived", reason="it moves no answer").as_json()
        lives["commit"] = "abc"
        self.assertEqual(report.unexplained([lives]), [])
        page = report.page([lives], 1)
        self.assertIn("| features/a.cc:7 | a \\| b | **SURVIVED**: it moves no answer |", page)
        self.assertIn("none of them without an explanation", page)
        lives["reason"] = ""
        self.assertEqual(report.unexplained([lives]), [lives])
        self.assertIn("no test notices", report.summary([lives]))

    def test_a_later_run_of_some_takes_their_place(self):
        before = [{"name": "a", "state": "survived"}, {"name": "b", "state": "killed"}]
        now = [{"name": "a", "state": "killed"}, {"name": "c", "state": "killed"}]
        self.assertEqual(report.merged(before, now), [now[0], before[1], now[1]])

    def test_outcomes_are_kept_beside_the_scratch_copy(self):
        with tempfile.TemporaryDirectory() as folder:
            args = mutants.parse(["--only", "x", "--only", "y*", "--scratch", folder])
            self.assertEqual(args.only, ["x", "y*"])
            self.assertEqual(args.remembered, Path(folder) / "outcomes.json")


if __name__ == "__main__":
    unittest.main()
