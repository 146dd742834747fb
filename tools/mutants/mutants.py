#!/usr/bin/env python3
"""Breaks the shipped source on purpose, one small change at a time, in a scratch copy, and sees
that a named test notices. Twelve mutants are named (catalogue.py), the others machine-made over
src/features (generator.py).

A mutant whose object code is the original's, or that does not compile, is replaced by the next of
the sequence. What no test notices is a survivor: it is listed, and the exit status is 1 unless
tools/mutants/survivors.toml says why it changes no answer."""

import argparse
import fnmatch
import hashlib
import json
import os
import re
import subprocess
import sys
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

import generator
import report
from catalogue import NAMED, Mutant, Stale, mutated
from scratch import CPU_LIMIT_SECONDS, UNKNOWN_LIMIT_SECONDS, Failed, Scratch

ROOT = Path(__file__).resolve().parents[2]
SURVIVORS = Path(__file__).resolve().parent / "survivors.toml"
QUICK_MS = 60

# Which test programs can notice a change of a station, the nearest and fastest first; a name after
# @ is a filter. The later ones are only built for what the earlier ones let live.
STAGES = {
    "features": ["features", "agreement@Batches/*/0", "project", "mine", "orchestrate", "e2e",
                 "agreement@-Batches/*/0", "contract", "cli"],
    "ingest": ["ingest", "agreement@Batches/*/0", "orchestrate", "e2e"],
    "judge": ["judge", "contract", "orchestrate", "e2e"],
    "orchestrate": ["orchestrate", "e2e"],
}


@dataclass
class Outcome:
    mutant: Mutant
    state: str  # killed, survived, does not compile, same code
    test: str = ""
    how: str = ""
    seconds: float = 0
    reason: str = ""  # why a survivor may live

    def as_json(self) -> dict:
        return {"name": self.mutant.name, "file": self.mutant.file, "line": self.mutant.line,
                "change": self.mutant.meaning, "state": self.state, "test": self.test,
                "how": self.how, "seconds": round(self.seconds, 1), "reason": self.reason}


class Runner:
    def __init__(self, scratch: Scratch, say):
        self.scratch, self.say = scratch, say
        self.slow: dict = {}  # program -> names of its slow tests
        self.limits: dict = {}  # program -> seconds for its quick tests and for the slow ones

    # ---- before any mutant

    def baseline(self, program: str) -> None:
        """The program passes on the tree as it is, and how long its tests take. Remembered for
        sources and tests that are the same."""
        if program in self.slow:
            return
        state = tree_hash(self.scratch.tree, ["src", "cmake", f"tests/{program}"])
        remembered = self.scratch.build / f"mutants-{program}.json"
        known = json.loads(remembered.read_text()) if remembered.exists() else {}
        if known.get("tree") != state:
            known = {"tree": state, "ms": self.measure(program)}
            remembered.write_text(json.dumps(known))
        self.slow[program] = [name for name, ms in known["ms"].items() if ms > QUICK_MS]
        quick = sum(ms for ms in known["ms"].values() if ms <= QUICK_MS)
        self.limits[program] = {slow: CPU_LIMIT_SECONDS + 4 * ms / 1000 for slow, ms in
                                ((False, quick), (True, sum(known["ms"].values())))}

    def measure(self, program: str) -> dict:
        self.say(f"the tree as it is: {program}")
        built, said = self.scratch.ninja(f"{program}_test")
        if not built:
            raise Failed(f"{program}_test does not build without a mutant:\n{said[-2000:]}")
        file = self.scratch.build / "mutants-report.json"
        ran = self.scratch.run(program, "*", cpu_seconds=900, report=file)
        if not ran["ok"]:
            raise Failed(f"{ran['test']} fails without a mutant; mend it first")
        times = {}
        for suite in json.loads(file.read_text())["testsuites"]:
            for test in suite["testsuite"]:
                times[f"{suite['name']}.{test['name']}"] = \
                    1000 * float(test["time"].removesuffix("s"))
        return times

    # ---- one mutant

    def run(self, mutant: Mutant, excused: bool = False) -> Outcome:
        """An excused one meets the nearest tests alone: they are to say if its reason is wrong."""
        began = time.monotonic()
        original = self.scratch.read(mutant.file)
        station, _ = self.scratch.station_objects(mutant.file)
        built, said = self.scratch.ninja(station)
        if not built:
            raise Failed(f"{station} does not build without a mutant:\n{said[-2000:]}")
        before = self.scratch.hashes(mutant.file)
        self.scratch.write(mutant.file, mutated(mutant, original))
        try:
            outcome = self.judge(mutant, station, before, excused)
        finally:
            self.scratch.write(mutant.file, original)
        outcome.seconds = time.monotonic() - began
        if outcome.test:  # a test that fails without the mutant would prove nothing
            self.baseline(outcome.test.partition(".")[0])
        return outcome

    def judge(self, mutant: Mutant, station: str, before: dict, excused: bool) -> Outcome:
        if not self.scratch.ninja(station)[0]:
            return Outcome(mutant, "does not compile")
        if self.scratch.hashes(mutant.file) == before:
            return Outcome(mutant, "same code")
        for program, test_filter in self.stages(mutant, station.removeprefix("lode_")):
            if excused and program != station.removeprefix("lode_"):
                break
            built, said = self.scratch.ninja(f"{program}_test")
            if not built:
                if re.search(r"\berror:", said):
                    return Outcome(mutant, "does not compile")
                return Outcome(mutant, "killed", f"{program}.(start)", "a crash at start")
            limit = UNKNOWN_LIMIT_SECONDS
            if program in self.limits:
                limit = self.limits[program][not test_filter.startswith("-")]
            ran = self.scratch.run(program, test_filter, limit)
            if not ran["ok"]:
                return Outcome(mutant, "killed", ran["test"], ran["how"])
        return Outcome(mutant, "survived")

    def stages(self, mutant: Mutant, station: str):
        """(program, filter): the expected tests, then quick ones before slow ones."""
        if mutant.expected:
            program = mutant.expected.split("\\.")[0]
            yield program, ":".join(gtest_patterns(mutant.expected)) or "*"
        for stage in STAGES.get(station, [station, "orchestrate", "e2e"]):
            program, _, test_filter = stage.partition("@")
            slow = self.slow.get(program, [])
            if test_filter or not slow:
                yield program, test_filter or "*"
            else:
                yield program, "-" + ":".join(slow)
                yield program, ":".join(slow)


def gtest_patterns(expected: str) -> list:
    """The filters of Google Test for an `expected` of the catalogue: program\\.name, with .* and
    one group of alternatives."""
    name = expected.split("\\.", 1)[1].replace("\\.", ".")
    group = re.search(r"\(([^)]*)\)", name)
    names = [name[:group.start()] + one + name[group.end():] for one in group.group(1).split("|")] \
        if group else [name]
    return [re.sub(r"\.\*", "*", one) + ("" if re.search(r"\d$", one) else "*") for one in names]


def tree_hash(tree: Path, folders: list) -> str:
    sha = hashlib.sha256()
    for folder in folders:
        for path in sorted((tree / folder).rglob("*")):
            if path.is_file():
                sha.update(str(path.relative_to(tree)).encode() + b"\0" + path.read_bytes())
    return sha.hexdigest()


def feature_sources(root: Path) -> dict:
    """What is mutated by machine: the sources of the engine. Not its headers: each would compile
    half the tree anew."""
    return {str(path.relative_to(root)): path.read_text(encoding="utf-8")
            for path in sorted((root / "src/features").rglob("*.cc"))}


def known_survivors() -> dict:
    """Name of a mutant's place and change -> why it may live. The place is file and text, not a
    line number."""
    entries = tomllib.loads(SURVIVORS.read_text(encoding="utf-8")).get("survivor", [])
    return {(entry["file"], entry["change"]): entry["reason"] for entry in entries}


def explained(outcomes: list) -> list:
    """Outcomes of earlier runs with the reasons that stand in survivors.toml now."""
    excused = known_survivors()
    return [o | {"reason": excused.get((o["file"], o["change"]), "")} for o in outcomes]


def remembered(file: Path) -> list:
    """What earlier runs found, each with the commit and the sources it was found on."""
    return json.loads(file.read_text()) if file.exists() else []


def commit_of(root: Path) -> str:
    """The commit that last changed what is mutated."""
    said = subprocess.run(["git", "log", "-1", "--format=%h", "--abbrev=10", "--", "src", "cmake"],
                          cwd=root, capture_output=True, text=True, check=False)
    return said.stdout.strip()


def run_all(args: argparse.Namespace, say) -> list:
    scratch = Scratch(ROOT, args.scratch, args.jobs)
    scratch.refresh()
    scratch.configure()
    machine = generator.sequence(feature_sources(scratch.tree), args.seed)
    named = [] if args.machine_only else NAMED
    if args.only:
        wanted = [m for m in named + machine
                  if any(fnmatch.fnmatchcase(m.name, pattern) for pattern in args.only)]
        if not wanted:
            raise Failed(f"no mutant is called {' or '.join(args.only)}; see --list")
        named, machine, args.machine = wanted, [], 0
    for mutant in named:
        mutated(mutant, scratch.read(mutant.file))  # stale ones are found before the long work
    runner = Runner(scratch, say)
    for mutant in named + machine[:args.machine][:1]:
        runner.baseline(STAGES.get(mutant.file.split("/")[1], ["e2e"])[0])
    outcomes, real, tried = [], 0, 0
    excused = known_survivors()
    found_on = {"commit": commit_of(ROOT), "sources": tree_hash(scratch.tree, ["src", "cmake"])}
    before = remembered(args.remembered) if args.only or args.resume else []
    dead = {o["name"]: o for o in before if args.resume and o["state"] != "survived"
            and o["sources"] == found_on["sources"]}
    queue = list(named)
    while queue or (real < args.machine and tried < len(machine)):
        mutant = queue.pop(0) if queue else machine[tried]
        is_machine = mutant.at >= 0
        tried += 1 if is_machine and not args.only else 0
        reason = excused.get((mutant.file, mutant.meaning), "")
        outcome = dead.get(mutant.name) or runner.run(mutant, bool(reason)).as_json() | found_on
        outcome["reason"] = reason
        outcomes.append(outcome)
        real += 1 if is_machine and outcome["state"] in ("killed", "survived") else 0
        count = f"{real}/{args.machine} " if is_machine and not args.only else ""
        say(f"{count}{mutant.name}: {outcome['state']}"
            f"{' by ' + outcome['test'] if outcome['test'] else ''} ({outcome['seconds']:.0f} s)")
        args.remembered.write_text(json.dumps(report.merged(before, outcomes), indent=1))
    return outcomes


def parse(argv: list) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev mutants", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="NAME", action="append",
                        help="only mutants of this name, with * and ?; may be given again")
    parser.add_argument("--machine", metavar="N", type=int, default=50,
                        help="how many machine-made mutants to run (50)")
    parser.add_argument("--resume", action="store_true",
                        help="take over what earlier runs on the same sources saw killed")
    parser.add_argument("--machine-only", action="store_true", help="none of the named ones")
    parser.add_argument("--seed", metavar="S", type=int, default=1,
                        help="which machine-made ones (1)")
    parser.add_argument("--json", action="store_true", help="the outcomes as one JSON document")
    parser.add_argument("--list", action="store_true", help="only name the mutants")
    parser.add_argument("--write", action="store_true",
                        help="write docs/mutants.md; with --only, what the last run found with "
                        "these in their place")
    parser.add_argument("--jobs", metavar="N", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--scratch", metavar="FOLDER", type=Path, default=ROOT / "build-mutants",
                        help="where the copy is made and built (build-mutants/)")
    args = parser.parse_args(argv)
    args.remembered = args.scratch / "outcomes.json"
    return args


def main(argv: list) -> int:
    args = parse(argv)
    say = (lambda text: print(text, file=sys.stderr, flush=True)) if args.json else \
        (lambda text: print(text, flush=True))
    try:
        if args.list:
            machine = generator.sequence(feature_sources(ROOT), args.seed)
            for mutant in NAMED + machine[:args.machine]:
                print(f"{mutant.name}  {mutant.meaning}")
            return 0
        outcomes = run_all(args, say)
    except (Failed, Stale) as error:
        print(f"mutants: {error}", file=sys.stderr)
        return 2
    if args.json:
        print(json.dumps(report.as_json(outcomes, args.seed), indent=1))
    else:
        print(report.summary(outcomes))
    if args.write:
        known = explained(remembered(args.remembered))
        (ROOT / "docs" / "mutants.md").write_text(report.page(known, args.seed), encoding="utf-8")
    return 0 if not report.unexplained(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
