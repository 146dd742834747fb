#!/usr/bin/env python3
"""Kills `lode run` at random moments; whatever a continued run then holds must be what an
undisturbed one holds: the same names and hashes, every record once, nothing left lying about."""

import argparse
import json
import random
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import page  # noqa: E402
from killing import Lode  # noqa: E402
from project import Folder, orders  # noqa: E402
from shown import Progress  # noqa: E402
from trial import Torture  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]


def arguments_of(words: list) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev torture", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "torture.md", metavar="FILE")
    parser.add_argument("--no-page", action="store_true", help="write no page")
    parser.add_argument("--lode", type=Path, default=ROOT / "build" / "lode", metavar="FILE",
                        help="the program to kill")
    parser.add_argument("--rows", type=int, default=20_000, metavar="N",
                        help="orders in the project")
    arguments = parser.parse_args(words)
    if arguments.kills < 1 or arguments.rows < 1000:
        parser.error("--kills is 1 or more, --rows is 1000 or more")
    if not arguments.lode.is_file():
        parser.error(f"there is no {arguments.lode}; ./dev build makes it")
    return arguments


def tell(result: dict) -> None:
    print(f"{result['kills']} kills, {result['died']} of them before the run had ended by itself:")
    for station, kills in result["stations"].items():
        print(f"  {kills:4}  {station}")
    print(f"{result['leftovers_removed']} unfinished files were left by kills, "
          f"{result['leftovers_kept']} are there at the end")
    for failure in result["failures"]:
        print(f"FAILED: {failure}")
    print("nothing was lost or doubled" if not result["failures"] else
          f"{len(result['failures'])} failures")


def main(words: list) -> int:
    arguments = arguments_of(words)
    scratch = Path(tempfile.mkdtemp(prefix="lode-torture-"))
    try:
        versions = [orders("first", arguments.rows, 11), orders("second", arguments.rows, 12)]
        torture = Torture(Lode(arguments.lode.resolve()), Folder(scratch / "shop"), versions,
                          random.Random(arguments.seed))
        result = torture.run(arguments.kills, Progress(sys.stderr, arguments.kills))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    result["seed"] = arguments.seed
    if not arguments.no_page:
        arguments.page.write_text(page.text(result))
    if arguments.json:
        print(json.dumps(result))
    else:
        tell(result)
        if not arguments.no_page:
            print(f"written to {arguments.page}")
    return 1 if result["failures"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
