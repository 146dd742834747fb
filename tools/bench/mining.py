#!/usr/bin/env python3
"""`lode mine` with its defaults against other libraries with theirs, on the same rows.

For each data set and seed `lode mine --seed N` learns and judges; its test rows and its scores are
read with `lode sql`. The peers are fitted on the rows that are left and judged on the same test
rows by the same code, which lode's own figures are held against too. Runs in third_party/venv-bench
(./dev bench mining makes it)."""

import argparse
import csv
import hashlib
import io
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import mining_peers as peers
from mining_page import page
from mining_sets import SETS, DataSet, fold_lines, lines_of, shuffled_target

ROOT = Path(__file__).resolve().parents[2]
SAME = 1e-6  # lode's figures and ours, of the same scores


def ask(lode: Path, words: list) -> str:
    done = subprocess.run([lode, *map(str, words)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"bench mining: lode {' '.join(map(str, words))}\n{done.stderr[-2000:]}")
    return done.stdout


def mine(lode: Path, data: DataSet, file: Path, seed: int, project: Path) -> dict:
    report = ask(lode, ["mine", file, "--target", data.target, *data.flags, "--seed", seed,
                        "--save", project, "--json", "--quiet"])
    return json.loads(report)


def test_scores(lode: Path, project: Path, model: str) -> tuple[np.ndarray, np.ndarray]:
    """Positions in the file of the rows a model was judged on, and its scores."""
    rows = csv.DictReader(io.StringIO(ask(lode, [
        "sql", f"select _seq, score from scores.{model} order by _seq", project, "--csv"])))
    pairs = [(int(row["_seq"]), float(row["score"])) for row in rows]
    return np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs])


def check_figures(report: dict, model: str, ours: dict[str, float]) -> None:
    """Rows and scores were read rightly only if lode's own figures come out of them."""
    told = next(m for m in report["models"] if m["name"] == model)["metrics"]["test"]
    for name, value in ours.items():
        if name in told and abs(told[name]["value"] - value) > SAME * max(1, abs(value)):
            raise SystemExit(f"bench mining: {model}: {name} is {value}, lode says "
                             f"{told[name]['value']}")


def one_fold(lode: Path, data: DataSet, header: str, rows: list[str], seed: int) -> dict:
    with tempfile.TemporaryDirectory(prefix="lode-bench-") as folder:
        file = Path(folder) / "table.csv"
        file.write_text("\n".join([header, *rows]) + "\n")
        project = Path(folder) / "lode.yaml"
        report = mine(lode, data, file, seed, project)
        x, y = peers.table_of(data, header, rows)
        board = report["leaderboards"][0]
        found = {"winner": board["winner"], "helps": board["helps"], "figures": {}}
        train = test = None
        for row in report["models"]:
            seqs, scores = test_scores(lode, project, row["name"])
            test = seqs if test is None else test
            if not np.array_equal(test, seqs) or row["test_rows"] != len(test):
                raise SystemExit(f"bench mining: {row['name']} was judged on other rows")
            train = np.setdiff1d(np.arange(len(rows)), test)
            if row["train_rows"] != len(train):
                raise SystemExit(f"bench mining: {row['name']} learnt from {row['train_rows']} "
                                 f"rows, and {len(train)} are left")
            figures = peers.figures(data, y[test], scores)
            check_figures(report, row["name"], figures)
            found["figures"][row["name"]] = figures
            found.setdefault("intervals", {})[row["name"]] = {
                name: [e["low"], e["high"]] for name, e in row["metrics"]["test"].items()}
    for name, peer in peers.peers_of(data, seed).items():
        scores = peers.scores_of(peer, data, x, y, train, test)
        found["figures"][name] = peers.figures(data, y[test], scores)
    found |= {"train_rows": len(train), "test_rows": len(test)}
    return found


def shuffled(lode: Path, data: DataSet, header: str, rows: list[str], seed: int) -> dict:
    """The verdict and lode's own intervals where there is nothing to learn."""
    with tempfile.TemporaryDirectory(prefix="lode-bench-") as folder:
        file = Path(folder) / "table.csv"
        file.write_text("\n".join([header, *shuffled_target(data, header, rows, seed)]) + "\n")
        report = mine(lode, data, file, seed, Path(folder) / "lode.yaml")
    metric = "r2" if data.number else "auc"
    return {"helps": report["leaderboards"][0]["helps"], "metric": metric,
            "chance": {m["name"]: m["metrics"]["test"][metric] for m in report["models"]
                       if not m["name"] == "baseline"}}


class Kept:
    """Results by what made them, so that a run that was stopped goes on where it was."""

    def __init__(self, folder: Path, lode: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256(lode.read_bytes())
        for name in ("mining.py", "mining_peers.py", "mining_sets.py"):
            digest.update((Path(__file__).parent / name).read_bytes())
        self.made_by = digest.hexdigest()[:16]

    def get(self, kind: str, data: DataSet, seed: int, folds: int, make) -> dict:
        name = f"{kind}-{data.name}-{seed}-of-{folds}-{self.made_by}.json".replace(" ", "-")
        path = self.folder / name
        if not path.exists():
            print(f"  {kind} {data.name} {seed}", file=sys.stderr, flush=True)
            path.write_text(json.dumps(make()))
        return json.loads(path.read_text())


def measure(options: argparse.Namespace) -> dict:
    kept = Kept(options.keep, options.lode)
    results = {}
    for data in SETS:
        if options.only and data.name not in options.only:
            continue
        header, rows = lines_of(data, options.data)
        seeds = range(1, options.seeds + 1)

        def fold(kind, make, seed, data=data, header=header, rows=rows):
            part = fold_lines(data, rows, seed, options.seeds)
            return kept.get(kind, data, seed, options.seeds,
                            lambda: make(options.lode, data, header, part, seed))
        parts = {"fold": one_fold, "shuffled": shuffled}
        results[data.name] = {kind: [fold(kind, make, seed) for seed in seeds]
                              for kind, make in parts.items() if kind in options.parts}
    return results


def main() -> None:
    parser = argparse.ArgumentParser(prog="./dev bench mining --", description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared/data",
                        help="the folder of adult/, telco-churn/, bike-sharing/, sms-spam/")
    parser.add_argument("--lode", type=Path, default=ROOT / "build/lode")
    parser.add_argument("--seeds", type=int, default=10, help="2 to 10")
    parser.add_argument("--only", nargs="*", help="names of sets")
    parser.add_argument("--parts", nargs="*", default=["fold", "shuffled"],
                        help="fold, shuffled: two of them at a time fill two processors")
    parser.add_argument("--keep", type=Path, default=ROOT / "build/bench-mining",
                        help="where results are kept, to go on from")
    parser.add_argument("--write", type=Path, help="the page, such as docs/benchmarks.md")
    options = parser.parse_args()
    options.lode = options.lode.resolve()
    if not options.data.is_dir():
        parser.error(f"{options.data} is not there: say where with --data")
    if not 2 <= options.seeds <= 10:
        parser.error("--seeds is 2 to 10")
    text = page(measure(options), options.seeds, peers)
    print(text)
    if options.write:
        options.write.write_text(text)


if __name__ == "__main__":
    main()
