#!/usr/bin/env python3
"""Starts a component from its model: one .cc and its test, which build and pass as they are.

The models, tools/new/KIND.cc.txt, are small components that work; a test builds them, so they keep
up with the interfaces. Change what is in the new file; nothing else has to be edited."""

import argparse
import difflib
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODELS = Path(__file__).resolve().parent / "new"


@dataclass(frozen=True)
class Kind:
    source: str  # where the files go; {file} is the name with underscores, {family} its folder
    test: str
    meaning: str
    then: str = ""  # what is left to do


KINDS = {
    "aggregate": Kind("src/features/aggregate/{file}.cc",
                      "tests/features/aggregate/{file}_test.cc",
                      "what a feature keeps of its window"),
    "metric": Kind("src/judge/metrics/{file}.cc", "tests/judge/metrics/{file}_test.cc",
                   "how good scores are"),
    "function": Kind("src/table/expression/{file}.cc", "tests/table/expression/{file}_test.cc",
                     "a function of expressions",
                     "build/lode functions --markdown > docs/reference/expressions.md"),
    "decoder": Kind("src/ingest/{file}.cc", "tests/ingest/{file}_test.cc", "how a file is read"),
    "encoder": Kind("src/features/encoders/{file}.cc", "tests/features/encoders/{file}_test.cc",
                    "columns as numbers for an algorithm"),
    "algorithm": Kind("src/mine/{family}/{file}.cc", "tests/mine/{family}/{file}_test.cc",
                      "what makes a model of rows; NAME may be FAMILY/NAME"),
    "command": Kind("src/cli/{file}.cc", "tests/cli/{file}_test.cc", "a command of the program",
                    "build/lode help --markdown > docs/reference/commands.md"),
}


class Refused(Exception):
    """What is wrong with the request, as a sentence for the user."""


def check_name(kind: str, name: str) -> tuple:
    """(family, name); the family is the name itself where none is given."""
    family, _, last = name.rpartition("/")
    if family and kind != "algorithm":
        raise Refused(f"only algorithms have a family; give the {kind} a plain name")
    pattern = r"[a-z][a-z0-9-]*" if kind == "command" else r"[a-z][a-z0-9_]*"
    for part in filter(None, (family, last)):
        if not re.fullmatch(pattern, part):
            raise Refused(f"'{part}' is no name; use a-z, 0-9 and "
                          f"{'-' if kind == 'command' else '_'}, a letter first")
    if not last:
        raise Refused("the name is missing")
    return family or last, last


def is_registered(root: Path, kind: str, name: str) -> str:
    """The file that registers a component of this kind and name already, or nothing."""
    named = re.compile(rf'function_component\(\s*"{re.escape(name)}"' if kind == "function"
                       else rf'"{re.escape(name)}"')
    for path in sorted((root / "src").rglob("*.cc")):
        text = path.read_text(encoding="utf-8")
        of_kind = kind == "function" or f'.kind = "{kind}"' in text
        if of_kind and "Registration " in text and named.search(text):
            return path.relative_to(root).as_posix()
    return ""


def camel(name: str) -> str:
    return "".join(part.capitalize() for part in re.split(r"[_-]", name))


def filled(model: Path, name: str) -> str:
    text = model.read_text(encoding="utf-8")
    for mark, value in (("@name@", name), ("@file@", name.replace("-", "_")),
                        ("@Name@", camel(name))):
        text = text.replace(mark, value)
    return text


def create(root: Path, kind: str, name: str) -> list:
    """Writes both files and returns their paths from the root."""
    if kind not in KINDS:
        near = difflib.get_close_matches(kind, KINDS, 1)
        hint = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(KINDS)}"
        raise Refused(f"there is no kind '{kind}'; {hint}")
    family, last = check_name(kind, name)
    if taken := is_registered(root, kind, last):
        raise Refused(f"there is a {kind} '{last}' already, in {taken}")
    place = {"file": last.replace("-", "_"), "family": family}
    files = {KINDS[kind].source.format(**place): filled(MODELS / f"{kind}.cc.txt", last),
             KINDS[kind].test.format(**place): filled(MODELS / f"{kind}_test.cc.txt", last)}
    for path in files:
        if (root / path).exists():
            raise Refused(f"{path} is there already")
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    format_files(root, list(files))
    return list(files)


def format_files(root: Path, paths: list) -> None:
    """A longer name than the model's may need other line breaks."""
    tool = shutil.which("clang-format-19")
    if tool and (root / ".clang-format").exists():
        subprocess.run([tool, "-i", *paths], cwd=root, check=True)


def main(arguments: list) -> int:
    kinds = "\n".join(f"  {kind:10} {entry.meaning}" for kind, entry in KINDS.items())
    parser = argparse.ArgumentParser(
        prog="./dev new", description=__doc__, epilog=f"kinds:\n{kinds}\n\nexample: ./dev new "
        "aggregate median", formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", metavar="KIND")
    parser.add_argument("name", metavar="NAME")
    parser.add_argument("--root", type=Path, default=ROOT, help=argparse.SUPPRESS)
    parser.add_argument("--quiet", action="store_true", help=argparse.SUPPRESS)  # for the build
    given = parser.parse_args(arguments)
    try:
        made = create(given.root, given.kind, given.name)
    except Refused as refused:
        print(f"new: {refused}", file=sys.stderr)
        return 2
    if given.quiet:
        return 0
    for path in made:
        print(f"wrote {path}")
    print(f"It works as it is: ./dev test -R {camel(given.name.rpartition('/')[2])}")
    if KINDS[given.kind].then:
        print(f"Its page: {KINDS[given.kind].then}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
