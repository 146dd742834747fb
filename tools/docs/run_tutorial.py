#!/usr/bin/env python3
"""Runs docs/guides/tutorial.md as a reader would, from an empty folder, and holds the figures it
tells against those lode prints.

Without the flights (./dev setup --group demo) a small sample of the same shape takes their place:
then every command must work, and figures are not compared."""

import argparse
import csv
import json
import os
import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from guide import blocks_of  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "guides" / "tutorial.md"
DATA = ROOT / "third_party" / "prefix" / "share" / "vega-datasets" / "flights-3m.parquet"
FIGURE = r"\d?\.\d{4}"


class Wrong(Exception):
    """What the page says and the program does not do."""


def sample_of_flights(path: Path) -> None:
    """4,000 flights over the same half year, as CSV."""
    airports = [row["airport"] if "airport" in row else next(iter(row.values())) for row in
                csv.DictReader((ROOT / "examples" / "flights" / "airport-zones.csv").open())][:12]
    chance = random.Random(7)
    with path.open("w") as out:
        out.write("date,delay,distance,origin,destination\n")
        for number in range(4000):
            day, minute = divmod(number * 181 * 1440 // 4000, 1440)
            month, of_month = divmod(day, 30)
            delay = chance.randrange(-20, 20) + (40 if chance.random() < 0.2 else 0)
            out.write(f"2001-{month + 1:02}-{of_month % 28 + 1:02} {minute // 60:02}:"
                      f"{minute % 60:02}:00,{delay},{chance.randrange(100, 2500)},"
                      f"{chance.choice(airports)},{chance.choice(airports)}\n")


def prepare(folder: Path, lode: Path, whole: bool) -> dict:
    """The environment of the reader's shell: $LODE, and lode in the PATH."""
    programs = folder.parent / "programs"
    programs.mkdir()
    (programs / "lode").symlink_to(lode)
    source = ROOT
    if not whole:
        source = folder.parent / "source"
        (source / DATA.parent.relative_to(ROOT)).mkdir(parents=True)
        sample_of_flights(source / DATA.relative_to(ROOT))
        (source / "examples").symlink_to(ROOT / "examples")
    return os.environ | {"LODE": str(source), "PATH": f"{programs}:{os.environ['PATH']}"}


def page_without_data(text: str) -> str:
    """The same declaration over the sample, which is CSV under the Parquet file's name."""
    return text.replace("files: data/flights-3m.parquet",
                        "files: data/flights-3m.parquet\n    format: csv")


def run_block(text: str, folder: Path, environment: dict) -> str:
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", text], cwd=folder, env=environment,
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Wrong(f"exit status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def auc_of(printed: str, model: str) -> str:
    """The AUC in the summary's table of models, as the page writes it: .7265."""
    match = re.search(rf"^{model}\s+\w+\s+[\d,]+\s+0({FIGURE})", printed, re.MULTILINE)
    if not match:
        raise Wrong(f"the summary has no AUC of {model}:\n{printed}")
    return match.group(1)


def figures_told(words: str, models: list) -> dict:
    """Model -> AUC that the words after a block tell: in a table, or in the one sentence."""
    told = dict(re.findall(rf"\| (\w+) \| ({FIGURE}) \|", words))
    if match := re.search(rf"an AUC of ({FIGURE})", words):
        told[models[0]] = match.group(1)
    return told


def hold(printed: str, words: str) -> int:
    """What a run printed against what the page says of it; how many figures were compared."""
    compared = 0
    models = re.findall(r"^(\w+)\s+(?:logistic|xgboost|constant)\s", printed, re.MULTILINE)
    for model, figure in figures_told(words, models).items():
        compared += 1
        if auc_of(printed, model) != figure:
            raise Wrong(f"the page says {model} has an AUC of {figure}, lode says "
                        f"{auc_of(printed, model)}")
    source = re.search(r"^flights(?: \(unchanged\))?\s+([\d,]+)\s+([\d,]+)\s+([\d,]+)\s+2001-",
                       printed, re.MULTILINE)
    if match := re.search(r"read ([\d,]+) rows and set (\d+) aside", words):
        compared += 2
        if not source or (source.group(1), source.group(3)) != match.groups():
            raise Wrong(f"the page says {match.group(0)}; lode:\n{printed}")
    if "One more is set aside" in words:
        compared += 1
        if not source or source.group(3) != "4":
            raise Wrong(f"the page says one more is set aside than 3; lode:\n{printed}")
    return compared


def run_page(lode: Path, folder: Path, whole: bool) -> tuple:
    """(blocks run, figures compared); with the `whole` data or a sample."""
    folder.mkdir()
    environment = prepare(folder, lode, whole)
    done = compared = 0
    for block in blocks_of(PAGE):
        try:
            if block.kind == "yaml":
                text = block.text if whole else page_without_data(block.text)
                (folder / block.file_name()).write_text(text)
            elif block.kind == "sh":
                printed = run_block(block.text, folder, environment)
                compared += hold(printed, block.after) if whole else 0
            elif block.kind != "text":
                raise Wrong(f"nobody knows how to run a block of '{block.kind}'")
        except Wrong as wrong:
            raise Wrong(f"{PAGE.relative_to(ROOT)}:{block.line}: {wrong}\n{block.text}") from None
        done += block.kind != "text"
    if (folder / ".lode").exists():
        raise Wrong("the page's last block leaves .lode behind")
    json.loads((folder / "run.json").read_text())
    return done, compared


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lode", type=Path, default=ROOT / "build" / "lode")
    parser.add_argument("--sample", action="store_true", help="even where the flights are")
    arguments = parser.parse_args()
    whole = DATA.exists() and not arguments.sample
    with tempfile.TemporaryDirectory(prefix="lode-tutorial-") as scratch:
        try:
            done, compared = run_page(arguments.lode.resolve(), Path(scratch) / "empty",
                                      whole)
        except Wrong as wrong:
            print(wrong)
            return 1
    if done < 10 or (whole and compared < 7):
        print(f"only {done} blocks were run and {compared} figures compared: what became of the "
              "page?")
        return 1
    print(f"{done} blocks run, {compared} figures compared"
          + ("" if whole else "; not the flights, but a small sample of their shape"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
