#!/usr/bin/env python3
"""What a search for options buys: boosted trees with lode mine's own defaults beside what is found
in so many seconds, on the test rows. One row a data set, time and seed.

    python3 bench/tuning.py build/lode ../shared/data 30 120

The data sets are those of the issue's benchmarks. --tiny takes 1 s and one seed, to be tested."""
import json
import pathlib
import subprocess
import sys
import tempfile

SETS = {
    "adult": ["adult/adult.data.gz", "--target", "c15"],
    "telco-churn": ["telco-churn/telco_churn.csv", "--target", "churn"],
    "bike day": ["bike-sharing/day.csv", "--target", "cnt", "--drop", "casual,registered"],
}
SEARCHED = "rounds, max_depth, eta, min_child_weight, subsample, colsample_bytree, lambda"
LEFT_OUT = ("calibrate:", "threshold:", "fairness:", "compare_with:")


def project(lode, words, data, folder):
    made = folder / "lode.yaml"
    subprocess.run([lode, "init", data / words[0], *words[1:], "--out", made], check=True,
                   stdout=subprocess.DEVNULL)
    return made


def only_boosted(text, seconds, seed):
    """The project with the boosted model alone, searched."""
    head, models = text.split("\nmodels:\n")
    block = models.split("  boosted:\n")[1].split("\n  forest:")[0].splitlines()
    kept = [line for line in block if not line.strip().startswith(LEFT_OUT)]
    tune = [f"    seed: {seed}", f"    tune: {{time: {seconds}s, options: [{SEARCHED}]}}"]
    return "\n".join([head, "models:", "  boosted:", *kept, *tune, ""])


def run(lode, made):
    out = subprocess.run([lode, "run", made, "--json"], check=True, capture_output=True, text=True)
    return json.loads(out.stdout)["models"][0]


def interval(estimate, form):
    return f"{estimate['value']:{form}} [{estimate['low']:{form}}, {estimate['high']:{form}}]"


def row(name, seconds, seed, model):
    tuning = model["tuning"]
    metric = tuning["metric"]
    form = "+.4f" if metric == "log_loss" else "+.0f"
    test = [t for t in tuning["test"] if t["metric"] == metric]
    as_is = test[0]["declared"] if test else model["metrics"]["test"][metric]
    bought = interval(test[0]["difference"], form) if test else "declared kept"
    count = len(tuning["trials"])
    return (f"| {name} | {seconds} s | {seed} | {count} | {tuning['seconds']:.1f} | "
            f"{metric} {as_is['value']:{form[1:]}} | {bought} | {interval(tuning['gain'], form)} |")


def main(lode, data, *times):
    seeds = [1, 2, 3]
    if times == ("--tiny",):
        times, seeds = ("1",), [1]
    print("| data | time | seed | trials | s | as declared, test rows | tuned less declared | "
          "gain on the folds |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, words in SETS.items():
        for seconds in times:
            for seed in seeds:
                with tempfile.TemporaryDirectory() as folder:
                    made = project(lode, words, data, pathlib.Path(folder))
                    made.write_text(only_boosted(made.read_text(), seconds, seed))
                    print(row(name, seconds, seed, run(lode, made)), flush=True)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve(), *sys.argv[3:])
