#!/usr/bin/env python3
"""Plays nightly batch scoring over the flights of 2001: in full each night, and only what changed;
with a heavy model and a light one; and killed half way. Prints what each cost and whether the
scores are the same. Standard library only; reading Parquet is left to lode."""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
FLIGHTS = HERE.parent / "flights" / "data" / "flights-3m.parquet"
NIGHTS = ("2001-06-28", "2001-06-29", "2001-06-30")
NO_DATA = 77
BLOCK = 65_536  # rows that become durable together, as lode has it

TINY = """lode: 1
project: tiny
sources: {a: {files: a.csv, columns: {n: int64}, time: none}}
"""


class Player:
    def __init__(self, lode, folder, price):
        self.lode, self.folder, self.price = lode, folder, price
        self.jobs = []

    def call(self, *words, cwd=None):
        done = subprocess.run([self.lode, *words], cwd=cwd or self.folder, capture_output=True,
                              text=True)
        if done.returncode != 0:
            sys.exit(f"lode {' '.join(words)}: {done.stderr}")
        return done.stdout

    def prepare(self, first):
        """The flights as they come: all before the first night, then a file a night."""
        shutil.rmtree(self.folder, ignore_errors=True)
        tiny = self.folder / "tiny"
        tiny.mkdir(parents=True)
        (tiny / "lode.yaml").write_text(TINY)
        (tiny / "a.csv").write_text("n\n1\n")
        self.call("run", "--quiet", cwd=tiny)
        kept = self.folder / "kept"
        (kept / "data").mkdir(parents=True)
        edges = [first, *NIGHTS, "2002-01-01"]
        for night, (begin, end) in enumerate(zip(edges, edges[1:])):
            rows = self.call(
                "sql", "--csv", "SELECT strftime(date, '%Y-%m-%d %H:%M:%S') AS date, delay, "
                f"distance, origin, destination FROM '{FLIGHTS}' "
                f"WHERE date >= '{begin}' AND date < '{end}'", cwd=tiny)
            (self.folder / f"flights-{night}.csv").write_text(rows)
        shutil.rmtree(tiny)

    def project(self, split):
        text = (HERE / "lode.yaml").read_text().replace("2001-01-29", split)
        text = text.replace("../flights", os.path.relpath(HERE.parent / "flights",
                                                             self.folder / "kept"))
        (self.folder / "kept" / "lode.yaml").write_text(text)

    def night(self, number):
        for side in ("kept", "full"):
            if (self.folder / side).exists():
                shutil.copy(self.folder / f"flights-{number}.csv", self.folder / side / "data")

    def score(self, side, model, night, name, *more):
        said = json.loads(self.call("score", model, "--all", "--json", "--quiet", "--out",
                                    f"{name}.parquet", "--overwrite", *more,
                                    cwd=self.folder / side))
        self.jobs.append((night, name, said))
        return said

    def whole(self, model):
        """All scores that are kept, to be held against others: no part of a night's cost."""
        self.call("score", model, "--all", "--quiet", "--out", f"{model} whole.parquet",
                  "--overwrite", cwd=self.folder / "kept")

    def sql(self, query):
        return json.loads(self.call("sql", "--json", query, cwd=self.folder / "kept"))["rows"][0]

    def differences(self, one, other):
        """Of two files of scores: rows in one alone, rows whose scores are not equal, and by how
        much they differ."""
        return self.sql(
            "SELECT count(*) FILTER (a.score IS NULL OR b.score IS NULL) AS alone, "
            "count(*) FILTER (a.score <> b.score) AS unequal, "
            "avg(abs(a.score - b.score)) AS mean, corr(a.score, b.score) AS correlation "
            f"FROM '{self.folder / one}' a FULL JOIN '{self.folder / other}' b USING (seq)")

    def killed(self, side, model, blocks):
        """A job over all rows that loses its worker once so many blocks are durable."""
        kept = self.folder / side / ".lode/batch-cost/kept_scores"
        shutil.rmtree(kept)
        job = subprocess.Popen([self.lode, "score", model, "--all", "--quiet"],
                               cwd=self.folder / side, stdout=subprocess.DEVNULL)
        while job.poll() is None:
            if len(list((kept / model / "all/g1/parts").glob("*.parquet"))) >= blocks:
                break
            time.sleep(0.01)
        job.send_signal(signal.SIGKILL)
        job.wait()

    def table(self):
        head = ("night", "job", "scored", "records read", "MiB read", "seconds", "cpu seconds",
                "$ a million")
        rows = [head]
        for night, name, said in self.jobs:
            rows.append((night, name, f"{said['rows']['scored']:,}", f"{said['records_read']:,}",
                         f"{said['bytes_read'] / 2**20:.1f}", f"{said['seconds']:.2f}",
                         f"{said['cpu_seconds']:.2f}", f"{self.dollars(said):.7f}"))
        widths = [max(len(row[c]) for row in rows) for c in range(len(head))]
        for row in rows:
            print("  ".join(cell.ljust(w) if c < 2 else cell.rjust(w)
                            for c, (cell, w) in enumerate(zip(row, widths))).rstrip())

    def dollars(self, said):
        """Of a million scores that stand, brought up to date once."""
        return (said["cpu_seconds"] * self.price / 3600) / said["rows"]["standing"] * 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lode", default="lode")
    parser.add_argument("--folder", type=Path, default=HERE / "play", help="emptied first")
    parser.add_argument("--price", type=float, default=0.05, help="dollars a processor's hour")
    parser.add_argument("--sample", action="store_true", help="the flights of June alone")
    arguments = parser.parse_args()
    if not FLIGHTS.exists():
        print(f"no {FLIGHTS}: examples/flights/README.md says how to get it")
        return NO_DATA
    lode = shutil.which(arguments.lode) or sys.exit(f"no program {arguments.lode}")
    player = Player(str(Path(lode).resolve()), arguments.folder.resolve(), arguments.price)
    player.prepare("2001-06-01" if arguments.sample else "2001-01-01")
    player.project("2001-06-15" if arguments.sample else "2001-01-29")
    player.night(0)
    player.call("run", "--quiet", cwd=player.folder / "kept")
    shutil.copytree(player.folder / "kept", player.folder / "full")
    first = {}
    for model in ("heavy", "light"):
        first[model] = player.score("kept", model, "0", f"{model} kept")
    wrong = 0
    for number in range(1, len(NIGHTS) + 1):
        player.night(number)
        whole = player.score("full", "heavy", str(number), "heavy full", "--full")
        part = player.score("kept", "heavy", str(number), "heavy kept", "--changed")
        light = player.score("kept", "light", str(number), "light kept", "--changed")
        player.whole("heavy")
        same = player.differences("full/heavy full.parquet", "kept/heavy whole.parquet")
        wrong += same["alone"] + same["unequal"]
        print(f"night {number}: {part['rows']['scored']:,} of {whole['rows']['scored']:,} rows "
              f"scored; of the scores {same['alone'] + same['unequal']} differ from those of "
              "scoring all")
    player.whole("light")
    lighter = player.differences("full/heavy full.parquet", "kept/light whole.parquet")
    player.table()
    print(f"light against heavy: scores differ by {lighter['mean']:.4f} on average, correlation "
          f"{lighter['correlation']:.4f}")
    print(f"a night's cost, light kept against heavy full: 1 to "
          f"{player.dollars(whole) / player.dollars(light):.0f}; heavy kept against heavy full: "
          f"1 to {player.dollars(whole) / player.dollars(part):.0f}")
    player.killed("full", "heavy", whole["rows"]["scored"] // BLOCK // 2)
    again = player.score("full", "heavy", "killed", "heavy resumed")
    same = player.differences("full/heavy resumed.parquet", "kept/heavy whole.parquet")
    wrong += same["alone"] + same["unequal"] + (again["rows"]["resumed"] == 0)
    print(f"killed and gone on: {again['rows']['resumed']:,} scores were durable, "
          f"{again['rows']['scored']:,} were left to score, "
          f"{same['alone'] + same['unequal']} differ")
    print(f"a processor's hour is taken to cost ${player.price:.2f}; "
          "a million scores that stand, brought up to date once, cost what the last column says")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
