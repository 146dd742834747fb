#!/usr/bin/env python3
"""Builds the page of web/ (build), and tests it: its types, its units, that the committed page is
what its source makes, and the page in a browser. What is not installed is said, and skips the test
(exit status 77)."""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent),
                str(Path(__file__).resolve().parents[1] / "setup")]
from sample import write_bare, write_bicycles, write_shop  # noqa: E402
from web_packages import are_current, node_version  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "web"
SKIPPED = 77


class Skip(Exception):
    """Why a test cannot run here."""


def need_node() -> None:
    if not node_version():
        raise Skip("there is no npm and Node 20.19 or newer")
    if not are_current(WEB):
        raise Skip("web/node_modules is not what the lock says; ./dev setup --group test brings it")


def node(*words: str, out: str = "") -> None:
    environment = dict(os.environ, **({"LODE_WEB_OUT": out} if out else {}))
    subprocess.run(["node", *words], cwd=WEB, env=environment, check=True)


def check(_: argparse.Namespace) -> None:
    node("node_modules/typescript/bin/tsc")


def units(_: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as folder:
        node("node_modules/vite/bin/vite.js", "build", "--logLevel=warn", "--config",
             "vite.tests.ts", out=folder)
        node("--test", folder)


def build(_: argparse.Namespace) -> None:
    check(_)
    node("node_modules/vite/bin/vite.js", "build", "--logLevel=warn")
    print(f"web/built/report.html: {(WEB / 'built' / 'report.html').stat().st_size} bytes")


def built(_: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as folder:
        node("node_modules/vite/bin/vite.js", "build", "--logLevel=warn", out=folder)
        made = (Path(folder) / "report.html").read_bytes()
    if made != (WEB / "built" / "report.html").read_bytes():
        sys.exit("web/built/report.html is not what web/ makes. Run: ./dev web, and commit it")
    print(f"web/built/report.html is what web/ makes: {len(made)} bytes")


def chromium() -> str:
    found = os.environ.get("LODE_CHROMIUM") or shutil.which("chromium")
    if not found:
        raise Skip("chromium is not installed; ./dev setup --group test brings it")
    return found


def browser(given: argparse.Namespace) -> None:
    program = chromium()
    out, lode = Path(given.out).resolve(), Path(given.lode).resolve()
    out.mkdir(parents=True, exist_ok=True)
    for write in (write_shop, write_bicycles, write_bare):
        with tempfile.TemporaryDirectory() as folder:
            name = write(Path(folder))
            json = out / f"{name}.json"
            page = out / f"{name}.html"
            ran = subprocess.run([lode, "run", "--json", "--quiet", "--report", page],
                                 cwd=folder, capture_output=True, check=False)
            if ran.returncode != 0:
                sys.exit(f"lode run: {ran.stdout.decode()}{ran.stderr.decode()}")
            json.write_bytes(ran.stdout)
        subprocess.run(["node", "browser/report_test.mjs", page, json, out], cwd=WEB, check=True,
                       env=dict(os.environ, LODE_CHROMIUM=program))


STEPS = {"build": build, "check": check, "units": units, "built": built, "browser": browser}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("step", choices=STEPS)
    parser.add_argument("--lode", help="the program, for browser")
    parser.add_argument("--out", help="folder for pages and screenshots, for browser")
    given = parser.parse_args()
    try:
        need_node()
        STEPS[given.step](given)
    except Skip as reason:
        print(f"skipped: {reason}")
        return SKIPPED
    except subprocess.CalledProcessError as failed:
        return failed.returncode or 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
