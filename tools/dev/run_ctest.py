#!/usr/bin/env python3
"""Runs CTest: progress while it runs, the output of what fails, then what was skipped and why,
the time all took, and CTest's own closing lines last."""

import argparse
import os
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as xml

EVERY = 5.0
STARTED = re.compile(r"^\s*Start\s+\d+:")
QUIET_RESULT = re.compile(r"^\s*\d+/\d+ Test\s+#\d+: .*(Passed|\*\*\*Skipped|\*\*\*Not Run)")
CLOSING = re.compile(r"^\d+% tests passed")
NOISE = ("Internal ctest changing", "Test project ", "Errors while running CTest", "Output from")


def run(command: list[str]) -> tuple[int, list[str]]:
    """CTest's exit code and its closing block; everything before it is shown, thinned."""
    closing: list[str] = []
    shown = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace") as ctest:
        for line in ctest.stdout:
            if closing or CLOSING.match(line):
                closing.append(line.rstrip())
            elif STARTED.match(line) or line.startswith(NOISE):
                continue
            elif not QUIET_RESULT.match(line):
                if line.strip():
                    print(line, end="", flush=True)
            elif time.monotonic() - shown >= EVERY:
                print(line, end="", flush=True)
                shown = time.monotonic()
    return ctest.returncode, [line for line in closing if not line.startswith(NOISE)]


def reason(case: xml.Element) -> str:
    """The message of GTEST_SKIP, else the last line a script printed, else CTest's word."""
    lines = [line.strip() for line in (case.findtext("system-out") or "").splitlines()]
    for at, line in enumerate(lines[:-1]):
        if re.search(r":\d+: Skipped$", line) and lines[at + 1]:
            return lines[at + 1]
    told = [line for line in lines if re.match(r"skip", line, re.IGNORECASE)]
    skipped = case.find("skipped")
    word = skipped.get("message", "") if skipped is not None else ""
    return told[0] if told else word or "no reason given"


def skipped_tests(report: str) -> list[tuple[str, str]]:
    cases = xml.parse(report).getroot().iter("testcase") if os.path.exists(report) else []
    return [(case.get("name", "?"), reason(case)) for case in cases
            if case.find("skipped") is not None or case.get("status") in ("notrun", "disabled")]


def block(lines: list[str], title: str) -> list[str]:
    """The lines of the closing block under `title`, up to the next empty one."""
    starts = [at for at, line in enumerate(lines) if line.startswith(title)]
    if not starts:
        return []
    rest = lines[starts[0]:]
    return rest[:rest.index("")] if "" in rest else rest


def show_end(closing: list[str], skipped: list[tuple[str, str]], times: str) -> None:
    for line in block(closing, "The following tests FAILED"):
        print(line)
    if skipped:
        print(f"Skipped, {len(skipped)}:")
    for name, why in skipped:
        print(f"  {name}: {why}")
    print(times)
    for line in closing:
        if CLOSING.match(line) or line.startswith("Total Test time"):
            print(line)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", required=True)
    parser.add_argument("--before", default="", help='what took time before: "setup 3, build 200"')
    parser.add_argument("options", nargs="*", help="passed on to ctest")
    arguments = parser.parse_args()
    report = os.path.abspath(os.path.join(arguments.folder, "ctest.xml"))
    if os.path.exists(report):
        os.remove(report)
    start = time.monotonic()
    code, closing = run(["ctest", "--test-dir", arguments.folder, "--output-on-failure",
                         "--no-tests=error", "--parallel", "2", "--output-junit", report,
                         *arguments.options])
    tests = round(time.monotonic() - start)
    total = tests + sum(int(number) for number in re.findall(r"\d+", arguments.before))
    label = os.environ.get("LODE_TIME_LABEL", "time")
    show_end(closing, skipped_tests(report),
             f"{label}: {total} s ({arguments.before}, test {tests})")
    return code


if __name__ == "__main__":
    sys.exit(main())
