#!/usr/bin/env python3
"""Checks the rules of the house that a compiler cannot.

A finding is file:line, the rule, and what to do. A line that must break a rule says so, with its
reason, on it or above it:  // lint: allow(banned_calls) the signal handler may only use write()
"""

import argparse
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import rules  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
TOO_BIG = 4_000_000  # bytes: data, not code


def read_tree(root: Path) -> rules.Tree:
    """Every text file git tracks or would track."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root, check=True, capture_output=True).stdout.decode()
    files = {}
    for path in sorted(set(listed.split("\0")) - {""}):
        full = root / path
        if not full.is_file() or full.is_symlink() or full.stat().st_size > TOO_BIG:
            continue
        content = full.read_bytes()
        if b"\0" not in content[:8192]:
            files[path] = content.decode("utf-8", "replace")
    return rules.Tree(files)


def under(path: str, wanted: list) -> bool:
    return not wanted or any(path == w or path.startswith(w.rstrip("/") + "/") for w in wanted)


def main(arguments: list) -> int:
    parser = argparse.ArgumentParser(prog="./dev lint", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", metavar="PATH",
                        help="show only what is in these files and folders")
    parser.add_argument("--rules", action="store_true", help="list the rules")
    parser.add_argument("--root", type=Path, default=ROOT, help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.rules:
        for rule in rules.RULES:
            print(f"{rule.__name__:18} {rule.__doc__}")
        return 0
    tree = read_tree(given.root)
    wanted = [Path(path).as_posix().removeprefix("./") for path in given.paths]
    found = [p for p in rules.problems_of(tree) if under(p.path, wanted)]
    for problem in found:
        print(problem)
    print(f"lint: {len(tree.files)} files, {len(rules.RULES)} rules, {len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
