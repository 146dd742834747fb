"""Gets one archive of the lock: from the cache by its hash, else with the registry's own client."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from archive import sha256_of

TRIES = 3


class SetupError(Exception):
    """What went wrong, in words that say what to do."""


def cache_dir() -> pathlib.Path:
    return pathlib.Path(os.environ.get("LODE_CACHE") or pathlib.Path.home() / ".cache" / "lode")


def client_command(item: dict, folder: str) -> list[str]:
    name = f"{item['name']}@{item['version']}"
    if item["kind"] == "npm":
        return ["npm", "pack", "--loglevel=error", "--pack-destination", folder, name]
    return [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check",
            "--no-deps", "--only-binary=:all:", "--dest", folder, name.replace("@", "==")]


def need_client(command: list[str]) -> None:
    if command[0] == "npm" and not shutil.which("npm"):
        raise SetupError("npm is missing; on Debian: sudo apt-get install nodejs npm")
    probe = [sys.executable, "-m", "pip", "--version"]
    if command[0] != "npm" and subprocess.run(probe, capture_output=True).returncode != 0:
        raise SetupError("pip is missing; on Debian: sudo apt-get install python3-pip")


def run_with_retries(command: list[str], cwd: str) -> None:
    need_client(command)
    print("  +", " ".join(["pip" if a == sys.executable else a for a in command[:1]]
                          + [a for a in command[1:] if a not in ("-m", "pip")]), flush=True)
    for attempt in range(1, TRIES + 1):
        result = subprocess.run(command, cwd=cwd, stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, text=True)
        if result.returncode == 0:
            return
        last = "\n".join(result.stderr.strip().splitlines()[-5:])
        print(f"    try {attempt} of {TRIES} failed: {last}", file=sys.stderr, flush=True)
        if attempt < TRIES:
            time.sleep(2 * attempt)
    raise SetupError(f"`{' '.join(command)}` failed {TRIES} times. Is the network there? "
                     "With the cache filled once, ./dev setup --offline needs none.")


def check_hash(path: pathlib.Path, wanted: str, what: str, advice: str) -> None:
    found = sha256_of(path)
    if found != wanted:
        raise SetupError(f"{what} is not the file the lock names.\n"
                         f"  locked  sha256 {wanted}\n  found   sha256 {found}\n  {advice}")


def into_cache(path: pathlib.Path, digest: str) -> pathlib.Path:
    place = cache_dir() / digest / path.name
    place.parent.mkdir(parents=True, exist_ok=True)
    os.replace(path, place)
    return place


def fetch(item: dict, offline: bool) -> pathlib.Path:
    """The archive of `item`, hash checked. Keeps it in the cache."""
    cached = cache_dir() / item["sha256"] / item["file"]
    if cached.exists():
        check_hash(cached, item["sha256"], str(cached),
                   "The cached copy is damaged: delete it and run ./dev setup again.")
        return cached
    if offline:
        raise SetupError(f"{item['file']} is not in the cache ({cache_dir()}) and --offline "
                         "forbids fetching it. Run ./dev setup once with a network.")
    cache_dir().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache_dir(), prefix="fetch-") as folder:
        run_with_retries(client_command(item, folder), folder)
        got = pathlib.Path(folder) / item["file"]
        if not got.exists():
            names = ", ".join(os.listdir(folder)) or "nothing"
            raise SetupError(f"expected {item['file']} from the registry, got {names}. "
                             "This platform may need another file: see third_party/README.md.")
        check_hash(got, item["sha256"], f"{item['file']}, just fetched,",
                   "Nothing was installed. Try again; if it stays so, the registry serves another "
                   "file than the one reviewed: do not use it, and read third_party/README.md.")
        return into_cache(got, item["sha256"])
