#!/usr/bin/env python3
"""Holds README.md to the program: its project is checked and run on a small sample, its command
lines are there (./dev commands by their --help, for they build and fetch), the commands it calls
present are, those it calls missing are not, and its figures are those of the tutorial, which are
run."""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from guide import blocks_of  # noqa: E402
from run_tutorial import PAGE, ROOT, Wrong, figures_told, page_without_data, run_block, \
    sample_of_flights  # noqa: E402

README = ROOT / "README.md"
COMMAND = re.compile(r"`(?:build/)?lode ([a-z]+)[^`]*`")


def hold_project(text: str, folder: Path, environment: dict) -> None:
    (folder / "data").mkdir()
    sample_of_flights(folder / "data" / "flights-3m.parquet")
    (folder / "airport-zones.csv").write_text(
        (ROOT / "examples" / "flights" / "airport-zones.csv").read_text())
    (folder / "lode.yaml").write_text(page_without_data(text))
    run_block("lode check\nlode run", folder, environment)


def run_line(line: str, folder: Path, environment: dict) -> None:
    command = line.split("#", 1)[0].strip()
    if match := re.fullmatch(r"\./dev (\w+)", command):
        help_text = subprocess.run([ROOT / "dev", match.group(1), "--help"], capture_output=True,
                                   text=True, check=False)
        if help_text.returncode != 0 or f"./dev {match.group(1)}" not in help_text.stdout:
            raise Wrong(f"{command} --help: {help_text.stdout}{help_text.stderr}")
    elif command:
        run_block(command, folder, environment)


def hold_commands(lode: Path) -> int:
    """Commands the page names, but for the column of what is not there yet."""
    there = subprocess.run([lode, "help"], capture_output=True, text=True, check=True).stdout
    known = set(re.findall(r"^  ([a-z]+)\s", there, re.MULTILINE))
    named = 0
    for number, line in enumerate(README.read_text().splitlines(), 1):
        cells = line.split("|")
        later = cells.pop(3) if line.startswith("| the ") and len(cells) == 5 else ""
        for command in COMMAND.findall("|".join(cells)):
            named += 1
            if command not in known:
                raise Wrong(f"README.md:{number}: there is no `lode {command}`")
        for command in COMMAND.findall(later):
            if command in known:
                raise Wrong(f"README.md:{number}: `lode {command}` is there, and the page says not")
    return named


def hold_figures() -> int:
    words = " ".join(README.read_text().split())
    told = dict(re.findall(r"\| `(\w+)` \| (\.\d{4}) \|", words))
    tutorial = figures_told(" ".join(PAGE.read_text().split()), ["static"])
    for model, figure in tutorial.items():
        if told.get(model) != figure:
            raise Wrong(f"README.md says {model} {told.get(model)}, the tutorial {figure}")
    return len(tutorial)


def run_page(lode: Path, folder: Path) -> str:
    programs = folder.parent / "programs"
    programs.mkdir()
    (programs / "lode").symlink_to(lode)
    environment = os.environ | {"PATH": f"{programs}:{os.environ['PATH']}"}
    folder.mkdir()
    lines = projects = 0
    for block in blocks_of(README):
        if block.kind == "yaml":
            hold_project(block.text, folder, environment)
            projects += 1
    for block in blocks_of(README):
        for line in block.text.splitlines() if block.kind == "sh" else ():
            try:
                run_line(line, folder, environment)
            except Wrong as wrong:
                raise Wrong(f"README.md:{block.line}: {wrong}") from None
            lines += 1
    if (folder / ".lode").exists():
        raise Wrong("the page's way to undo leaves .lode behind")
    commands, figures = hold_commands(lode), hold_figures()
    if not projects or lines < 3 or commands < 8 or figures < 3:
        raise Wrong(f"only {projects} projects, {lines} lines, {commands} commands and {figures} "
                    "figures were found: what became of the page?")
    return f"{projects} project, {lines} lines, {commands} commands, {figures} figures"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lode", type=Path, default=ROOT / "build" / "lode")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lode-readme-") as scratch:
        try:
            print(run_page(arguments.lode.resolve(), Path(scratch) / "project"))
        except Wrong as wrong:
            print(wrong)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
