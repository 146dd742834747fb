#!/usr/bin/env python3
"""Runs the commands of a page of docs/guides in an empty folder, and holds every flag the page
names against the help of the commands it is about."""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from guide import blocks_of  # noqa: E402
from run_tutorial import ROOT, Wrong, run_block  # noqa: E402


def hold_flags(page: Path, lode: Path, commands: list) -> int:
    text = "".join(subprocess.run([lode, "help", command], capture_output=True, text=True,
                                  check=True).stdout for command in commands)
    named = set(re.findall(r"(?<![\w-])--[a-z]+", page.read_text()))
    for flag in sorted(named):
        if not re.search(rf"{flag}\b", text):
            raise Wrong(f"{page.name} names {flag}, which no {' or '.join(commands)} has")
    return len(named)


def run_page(page: Path, lode: Path, folder: Path) -> int:
    programs = folder / "programs"
    programs.mkdir()
    (programs / "lode").symlink_to(lode)
    environment = os.environ | {"PATH": f"{programs}:{os.environ['PATH']}"}
    project = folder / "project"
    project.mkdir()
    done = 0
    for block in blocks_of(page):
        if block.kind != "sh":
            continue
        try:
            run_block(block.text, project, environment)
        except Wrong as wrong:
            raise Wrong(f"{page.name}:{block.line}: {wrong}") from None
        done += 1
    return done


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lode", type=Path, default=ROOT / "build" / "lode")
    parser.add_argument("page", help="such as mine: docs/guides/mine.md")
    parser.add_argument("commands", nargs="+", help="whose flags it names")
    arguments = parser.parse_args()
    page = ROOT / "docs" / "guides" / f"{arguments.page}.md"
    lode = arguments.lode.resolve()
    with tempfile.TemporaryDirectory(prefix="lode-guide-") as scratch:
        try:
            blocks = run_page(page, lode, Path(scratch))
            flags = hold_flags(page, lode, arguments.commands)
            if not blocks or not flags:
                raise Wrong(f"{blocks} blocks and {flags} flags were found: what became of it?")
            print(f"{blocks} blocks, {flags} flags")
        except Wrong as wrong:
            print(wrong)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
