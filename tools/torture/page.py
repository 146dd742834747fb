"""docs/torture.md: what the last whole torture found."""

import datetime
import os
import platform
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def machine() -> str:
    model = platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return f"{os.cpu_count()} cores of {model}, Linux {platform.release().split('-')[0]}"


def commit() -> str:
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True,
                          text=True, check=False)
    return done.stdout.strip() or "unknown"


def facts(result: dict) -> str:
    """The rows of the first table."""
    modes = ", ".join(f"{count} {mode}" for mode, count in result["modes"].items())
    ended = result["kills"] - result["died"]
    told = {
        "date": datetime.date.today().isoformat(),
        "machine": machine(),
        "commit": commit(),
        "project": f"the shop of tests/e2e, {result['rows']:,} orders; an undisturbed run takes "
                   f"{result['run_seconds']} s",
        "kills": f"{result['kills']} by SIGKILL; {ended} came when the run had just ended",
        "rounds": f"{result['continued']}: {modes}; in some the process was killed twice before it "
                  "could mend",
        "took": f"{result['seconds']} s",
        "failures": len(result["failures"]),
    }
    return "\n".join(f"| {name} | {value} |" for name, value in told.items())


def text(result: dict) -> str:
    """The page for one result of torture.py."""
    failures = "\n".join(f"- {failure}" for failure in result["failures"]) or "None."
    stations = "\n".join(f"| {name} | {kills} |" for name, kills in result["stations"].items())
    return f"""# Torture: `lode run` killed at random

Made by `./dev torture --kills {result["kills"]} --seed {result["seed"]}`; do not edit.

| | |
|---|---|
{facts(result)}

## Where they fell
By the stations the killed run had put on record. Stations with nothing to do are not recorded, so a
kill of a repeated run counts for the one that would come next in a whole run.

| station | kills |
|---|---|
{stations}

## What was held against what
After every kill `lode sql` had to work, or to say that nothing is there yet. After every round the
run was continued to its end, which had to give what an undisturbed run of the same file gives (of a
replaced file: a replacement, in a copy of what was there, that nobody kills):
- the same names of data sets, contents of models, and rows of sources;
- the same files below `.lode`, by name (which is their hash) and size, and no others. Run records
  grow with every run, and models of the other version of the file stay;
- every record once: accepted and set aside together are the rows of the file, no seq twice;
- no run left as running;
- no temporary file: {result["leftovers_removed"]} had been left by the kills,
  {result["leftovers_kept"]} were there at the end.

## Failures
{failures}
"""
