#!/usr/bin/env python3
"""docs/properties.md lists the properties of the engine's contract as the tests have them: run with
--write to make it anew. Each is a test of its own whose name says the property."""

import re
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "properties.md"
LEAST = 40
# Files of properties, in the order of the page; the first comment of each is its heading.
FILES = ["contract_merge", "key_merge", "contract_save", "contract_order", "contract_evict",
         "key_cells", "contract_edges", "contract_laws", "key_state"]
TEST = re.compile(r"^TEST(_[PF])?\((\w+),\s*(\w+)\)", re.M)
HEAD = """# Properties of the engine's contract

What every state of a key keeps to, whatever the records are. Each property is a test over random
streams, held against the plain fold of semantics.md 6 (tests/features/plain_read.h) or against
another state; over every kind of window and every part, unless it is about some of them. Those
marked * run at least twice: with records known at their own time, and up to hours later.

Made by `tests/features/properties_test.py --write`; ctest `features.properties` holds it to the
tests.
"""


def words(name: str) -> str:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    text = " ".join(word if word.isupper() and len(word) > 1 else word.lower()
                    for word in spaced.split())
    return text[0].upper() + text[1:]


def heading(text: str) -> str:
    lines = []
    for line in text.splitlines():
        if not line.startswith("//") or line.startswith("// covers:"):
            break
        lines.append(line.removeprefix("//").strip())
    return " ".join(lines)


def properties(file: str) -> list:
    """(suite, name, is parameterised) of each test of a file."""
    text = (ROOT / "tests" / "features" / f"{file}_test.cc").read_text(encoding="utf-8")
    return [(suite, name, kind == "_P") for kind, suite, name in TEST.findall(text)]


def page() -> str:
    out, number = [HEAD], 0
    for file in FILES:
        text = (ROOT / "tests" / "features" / f"{file}_test.cc").read_text(encoding="utf-8")
        out.append(f"## tests/features/{file}_test.cc\n\n{heading(text)}\n")
        out.append("| | property | test |\n|---|---|---|")
        for suite, name, twice in properties(file):
            number += 1
            mark = " *" if twice else ""
            out.append(f"| {number} | {words(name)}{mark} | `features.*{suite}.{name}*` |")
        out.append("")
    return "\n".join(out).rstrip() + "\n"


class Properties(unittest.TestCase):
    def test_the_page_is_what_the_tests_are(self):
        self.assertEqual(PAGE.read_text(encoding="utf-8"), page(),
                         "run tests/features/properties_test.py --write")

    def test_there_are_enough_and_no_two_are_called_alike(self):
        names = [name for file in FILES for _, name, _ in properties(file)]
        self.assertGreaterEqual(len(names), LEAST)
        self.assertEqual(len(set(names)), len(names))

    def test_every_file_of_the_contract_is_listed(self):
        there = {path.name.removesuffix("_test.cc")
                 for path in (ROOT / "tests" / "features").glob("contract_*_test.cc")}
        self.assertLessEqual(there, set(FILES))


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(page(), encoding="utf-8")
    else:
        unittest.main()
