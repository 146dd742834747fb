"""Checks acceptance.sql, read.sql and read_large.sql: hand-made cases, each with the sentence of
docs/semantics.md it tests and values worked out by hand from the text, and random streams against a
brute force in Python that shares nothing with the SQL but the page.

    pip install duckdb==1.5.5
    python selfcheck.py [--streams N] [--seed S] [--large ROWS READS KEYS]
"""

import argparse
import os
import sys

import cases_acceptance  # noqa: F401  importing them adds their cases, in this order
import cases_versions  # noqa: F401
import cases_windows  # noqa: F401
import cases_values  # noqa: F401
from cases import CASES
from large import run_large, run_refusals
from random_streams import run_random
from streams import HERE, load, results, script


def run_hand():
    con = load([(i, c["stream"]) for i, c in enumerate(CASES)])
    script(con, "acceptance.sql")
    script(con, "read.sql")
    verdicts, answers = results(con)
    bad = checks = 0
    for i, c in enumerate(CASES):
        got = "".join(verdicts[i, q][0] for q in range(len(c["stream"]["arrivals"])))
        checks += len(got)
        if c["verdicts"] and got != c["verdicts"]:
            bad += 1
            print("FAIL %s: verdicts %s, by hand %s" % (c["what"], got, c["verdicts"]))
        for j, e in enumerate(c["expect"]):
            for name, want in e.items():
                checks += 1
                have = answers[i, j][name]
                if have != want or isinstance(have, bool) != isinstance(want, bool):
                    bad += 1
                    print("FAIL %s: read %d %s = %r, by hand %r" % (c["what"], j, name, have, want))
    print("hand-made: %d cases, %d values, %d wrong" % (len(CASES), checks, bad))
    return bad


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--streams", type=int, default=60)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument(
        "--large",
        type=int,
        nargs=3,
        metavar=("ROWS", "READS", "KEYS"),
        help="time read_large.sql as well",
    )
    args = ap.parse_args()
    bad = run_hand() + run_random(args.streams, args.seed)
    if os.path.exists(os.path.join(HERE, "read_large.sql")):
        bad += run_refusals() + run_large(20000, 4000, 20, True)
        if args.large:
            run_large(*args.large, False)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
