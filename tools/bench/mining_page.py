"""docs/benchmarks.md from what was measured."""

import datetime
import os
import subprocess
from pathlib import Path

from mining_sets import SETS, SHARE_OF_TEST
from mining_statistics import corrected_interval, judgement, mean

ROOT = Path(__file__).resolve().parents[2]
NAMES = {"log_loss": "log-loss", "auc": "AUC", "brier": "Brier", "rmse": "RMSE", "mae": "MAE"}


def digits(value: float) -> str:
    return f"{value:.2f}" if abs(value) >= 10 else f"{value:.5f}"


def signed(value: float) -> str:
    return ("+" if value >= 0 else "-") + digits(abs(value))


def machine() -> str:
    name = "a processor without a name"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            name = line.split(":", 1)[1].strip()
            break
    return f"{name}, {os.cpu_count()} processors"


def commit(root: Path) -> str:
    def git(*words: str) -> str:
        return subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True,
                              check=False).stdout.strip()
    changed = git("status", "--porcelain", "--untracked-files=no", "--", "src")
    return git("rev-parse", "--short", "HEAD") + (" with changes of src/" if changed else "")


def delivered(fold: dict) -> dict:
    return fold["figures"][fold["winner"]]


def shown(fold: dict) -> list[str]:
    """Models of lode's and peers' that stand on the page, without the baseline."""
    return [name for name in fold["figures"] if name != "baseline"]


def level_table(folds: list[dict], metrics: list[str]) -> list[str]:
    out = ["| | " + " | ".join(NAMES[m] for m in metrics) + " |", "|---|" + "---:|" * len(metrics)]
    winners = sorted({f["winner"] for f in folds})
    times = ", ".join(f"{w} {sum(f['winner'] == w for f in folds)} times" for w in winners)
    out.append(f"| **lode mine** ({times}) | " + " | ".join(
        f"**{digits(mean([delivered(f)[m] for f in folds]))}**" for m in metrics) + " |")
    for name in shown(folds[0]):
        out.append(f"| {name} | " + " | ".join(
            digits(mean([f["figures"][name][m] for f in folds])) for m in metrics) + " |")
    return out


def difference_rows(folds: list[dict], metrics: list[str], peers) -> list[str]:
    theirs = [n for n in shown(folds[0]) if n in peers_named(folds[0])]
    ours = [("lode mine", delivered)]
    if "boosted" in folds[0]["figures"]:
        ours.append(("boosted alone", lambda f: f["figures"]["boosted"]))
    out = []
    for label, figures in ours:
        for peer in theirs:
            cells = []
            for m in metrics:
                less = peers.LESS_IS_BETTER[m]
                d = [figures(f)[m] - f["figures"][peer][m] for f in folds]
                low, high = corrected_interval(d, SHARE_OF_TEST)
                wins = sum((x < 0) == less and x != 0 for x in d)
                cells.append(f"{signed(mean(d))} [{signed(low)}, {signed(high)}], better in "
                             f"{wins} of {len(d)}: {judgement(low, high, less)}")
            out.append(f"| {label} less {peer} | " + " | ".join(cells) + " |")
    return out


def peers_named(fold: dict) -> set[str]:
    return set(fold["figures"]) - {"baseline", "linear", "boosted", "forest"}


def shuffled_line(results: list[dict]) -> str:
    no = sum(r["helps"] == "no" for r in results)
    metric = results[0]["metric"]
    chance = 0.5 if metric == "auc" else 0.0
    inside = outside = 0
    for r in results:
        for estimate in r["chance"].values():
            # Of R2 chance is 0 or below: what learns from noise is worse than the mean.
            ok = estimate["low"] <= chance and (metric == "r2" or chance <= estimate["high"])
            inside, outside = inside + ok, outside + (not ok)
    name = "AUC .5" if metric == "auc" else "R2 0 or less"
    return (f"Targets dealt out anew: the verdict is NO in {no} of {len(results)}; {name} within "
            f"the 95 % interval of {inside} of {inside + outside} models.")


HEAD = """# Benchmarks: `lode mine` with its defaults against others with theirs

Made by the tool, not by hand:

```text
{command}
```
{date}, commit {commit}, {machine}; {versions}.

Each of {seeds} seeds is another run of `lode mine FILE --target COLUMN --seed N`: another random
quarter of the rows as the test. The rows it was judged on and its scores are read with
`lode sql 'select _seq, score from scores.MODEL'`; the others are fitted on all other rows and
judged on the same, by the same code (lode's own figures come out of it to six digits, or the tool
stops). **lode mine** is the model that its verdict names: it is chosen by training rows scored out
of fold, never by the rows below. The columns are the same for all. Categories are of pandas' type
`category`, by which LightGBM and HistGradientBoosting know them by themselves; missing values stay
missing; nothing else is set but the seed. Texts: `TfidfVectorizer()` and `LogisticRegression()`.

Differences are lode's figure less the other's on the same fold, with a 95 % interval of the
corrected resampled t of Nadeau and Bengio (2003): folds share rows, and its variance is
(1/{seeds} + 1/3) of that of the differences, where the plain one, of 1/{seeds}, would be half as
wide and wrong. "Worse" and "better" are said where the interval leaves out 0. Ten prefixes of one
file share still more, so that the interval of bike-sharing is a rough one.

lode's defaults were chosen on folds of adult.data and of three quarters of telco-churn and
bike-sharing ([decision 009](decisions/009-boosting-defaults.md)), rows that these seeds partly
score: on those sets the figures may flatter lode by what ten candidates can be told apart by. The
others' defaults had no such look.
"""


def page(results: dict, seeds: int, peers) -> str:
    versions = ", ".join(f"{name} {v}" for name, v in peers.VERSIONS.items())
    out = [HEAD.format(command="./dev bench mining -- --write docs/benchmarks.md",
                       date=datetime.date.today().isoformat(), commit=commit(ROOT),
                       machine=machine(), versions=versions, seeds=seeds)]
    for data in SETS:
        if data.name not in results:
            continue
        folds = results[data.name].get("fold", [])
        if not folds:
            continue
        metrics = list(next(iter(folds[0]["figures"].values())))
        out.append(f"## {data.name}\n\n{data.says[0].upper()}{data.says[1:]}.")
        if data.flags:
            out.append(f"With `{' '.join(data.flags)}`.")
        out += ["", *level_table(folds, metrics), ""]
        out += ["| difference | " + " | ".join(NAMES[m] for m in metrics) + " |",
                "|---|" + "---|" * len(metrics), *difference_rows(folds, metrics, peers), ""]
        if moved := results[data.name].get("shuffled"):
            out += [shuffled_line(moved), ""]
    return "\n".join(out)
