#!/usr/bin/env python3
"""Thins Ninja's output when it goes to a file: one line of progress each few seconds, and every
line that is not progress (warnings, errors) as it is."""

import re
import sys
import time

EVERY = 5.0
PROGRESS = re.compile(r"\[\d+/\d+ ")
NOISE = ("ninja: Entering directory", "ninja: no work to do", "-- ")


def main() -> None:
    shown, pending = time.monotonic(), ""
    for line in sys.stdin:
        if line.startswith(NOISE) or "Re-checking globbed" in line:
            continue
        if not PROGRESS.match(line):
            if line.startswith(("FAILED", "ninja: build stopped")):
                pending = ""
            print(line, end="", flush=True)
            continue
        pending = line
        if time.monotonic() - shown >= EVERY:
            print(pending, end="", flush=True)
            shown, pending = time.monotonic(), ""
    print(pending, end="", flush=True)


if __name__ == "__main__":
    main()
