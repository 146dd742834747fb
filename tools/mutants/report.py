"""What came of a run of mutants: a summary, one JSON document, and the page docs/mutants.md."""

import datetime
import os
import platform
import re
from collections import Counter
from pathlib import Path


def unexplained(outcomes: list) -> list:
    return [o for o in outcomes if o["state"] == "survived" and not o["reason"]]


def counts(outcomes: list) -> Counter:
    return Counter(o["state"] for o in outcomes)


def merged(before: list, now: list) -> list:
    """What an earlier run found, with what this one found of the same mutants in its place."""
    fresh = {o["name"]: o for o in now}
    known = {o["name"] for o in before}
    return [fresh.get(o["name"], o) for o in before] + [o for o in now if o["name"] not in known]


def as_json(outcomes: list, seed: int) -> dict:
    return {"seed": seed, "counts": dict(counts(outcomes)), "mutants": outcomes}


def summary(outcomes: list) -> str:
    count = counts(outcomes)
    lines = [f"{count['killed']} killed, {count['survived']} survived; left out: "
             f"{count['same code']} with the original's object code, "
             f"{count['does not compile']} that do not compile"]
    for outcome in outcomes:
        if outcome["state"] == "survived":
            lines.append(f"SURVIVED {outcome['name']}: {outcome['change']}")
            lines.append(f"         {outcome['reason'] or 'no test notices: write one'}")
    return "\n".join(lines)


def machine() -> str:
    model = ""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        found = re.search(r"^model name\s*: (.*)$", cpuinfo.read_text(), re.M)
        model = found.group(1) + ", " if found else ""
    return f"{model}{os.cpu_count()} CPUs, {platform.system()} {platform.machine()}"


def cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def is_machine_made(outcome: dict) -> bool:
    return ":" in outcome["name"]  # file:line:column:kind


def row(outcome: dict) -> str:
    where = outcome["file"].removeprefix("src/")
    where += f":{outcome['line']}" if outcome["line"] else ""
    if outcome["state"] == "survived":
        fate = f"**SURVIVED**: {outcome['reason'] or 'no test notices'}"
    else:
        how = "" if outcome["how"] == "a failed check" else f", by {outcome['how']}"
        fate = f"`{outcome['test']}`{how}"
    name = "" if is_machine_made(outcome) else f"{outcome['name']}: "
    return f"| {cell(where)} | {cell(name + outcome['change'])} | {cell(fate)} |"


def page(outcomes: list, seed: int) -> str:
    count = counts(outcomes)
    today = datetime.date.today().isoformat()
    lines = [
        "# Mutants", "",
        "Made by `./dev mutants --write`: the shipped source is broken in a scratch copy, one",
        "small change at a time, and the first test that fails is named. The twelve named ones",
        "are in tools/mutants/catalogue.py; the machine-made ones (tools/mutants/generator.py)",
        "are taken over src/features by a seed. Mutants that do not compile, or whose object",
        "file is the original's, are replaced by the next.", "",
        f"Run on {today}, seed {seed}, {machine()}, commit "
        f"{' and '.join(sorted({o['commit'] for o in outcomes}))}:",
        f"{count['killed']} killed, {count['survived']} survived, "
        f"{len(unexplained(outcomes)) or 'none'} of them without an explanation. Left out:",
        f"{count['same code']} with the original's object code,",
        f"{count['does not compile']} that do not compile.", ""]
    for title, is_machine in (("Named", False), ("Machine-made", True)):
        lines += [f"## {title}", "", "| where | what was changed | killed by |", "|---|---|---|"]
        lines += [row(o) for o in outcomes
                  if is_machine_made(o) == is_machine and o["state"] in ("killed", "survived")]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"
