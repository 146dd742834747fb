"""web/node_modules: what the page is built and tested with, by web/package-lock.json, which
holds a hash of each archive. lode itself is built without."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

from fetch import TRIES, SetupError, cache_dir

LEAST_NODE = (20, 19)


def node_version() -> tuple[int, ...] | None:
    """None: there is no Node, or one too old for Vite."""
    node = shutil.which("node")
    if not node or not shutil.which("npm"):
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
    version = tuple(int(part) for part in re.findall(r"\d+", said))
    return version if version[:2] >= LEAST_NODE else None


def stamp_of(web: pathlib.Path) -> pathlib.Path:
    return web / "node_modules" / ".lode-lock"


def are_current(web: pathlib.Path) -> bool:
    """Whether there is nothing to do: they are those of the lock, or no Node could use them."""
    if not node_version():
        return True
    stamp = stamp_of(web)
    return stamp.exists() and stamp.read_bytes() == (web / "package-lock.json").read_bytes()


def npm_ci(web: pathlib.Path, offline: bool) -> subprocess.CompletedProcess:
    # No install scripts: nothing of a package runs while it is put there.
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error",
               "--cache", str(cache_dir() / "npm")] + (["--offline"] if offline else [])
    with tempfile.TemporaryDirectory(prefix="lode-npm-") as home:
        return subprocess.run(command, cwd=web, capture_output=True, text=True,
                              env=dict(os.environ, npm_config_logs_dir=home))


def install_web(web: pathlib.Path, offline: bool) -> None:
    if not node_version():
        print("  web: left out; it needs npm and Node 20.19 or newer. lode is built without, the "
              "tests web.* are skipped", flush=True)
        return
    if are_current(web):
        return
    start = time.monotonic()
    for attempt in range(1, TRIES + 1):
        result = npm_ci(web, offline)
        if result.returncode == 0:
            stamp_of(web).write_bytes((web / "package-lock.json").read_bytes())
            print(f"  web/node_modules: {time.monotonic() - start:.1f} s")
            return
        if offline:
            raise SetupError("packages of web/package-lock.json are not in the cache "
                             f"({cache_dir() / 'npm'}), and --offline forbids fetching them")
        if attempt < TRIES:
            time.sleep(2 * attempt)
    last = "\n".join(result.stderr.strip().splitlines()[:5])
    raise SetupError(f"`npm ci` in web/ failed {TRIES} times:\n{last}")
