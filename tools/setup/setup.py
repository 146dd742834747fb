#!/usr/bin/env python3
"""Gets everything lode is built, shown and tested with, by third_party/lock.toml and apt.txt.

Done again it changes nothing and takes a moment: a stamp holds the hash of all that decides the
outcome. Nothing is fetched later, by CMake or by the build.
"""

import argparse
import fcntl
import hashlib
import json
import os
import pathlib
import sys
import time
import tomllib

from archive import read_members, sha256_of, tree_hash
from debian import install_missing, install_wished, wanted_packages
from fetch import SetupError, fetch
from smoke import smoke
from venv_tests import make_venv
from web_packages import are_current, install_web

ROOT = pathlib.Path(__file__).resolve().parents[2]
THIRD = ROOT / "third_party"
PREFIX = THIRD / "prefix"
VENV = THIRD / "venv"
WEB = ROOT / "web"
LOCK, APT, REQUIREMENTS = THIRD / "lock.toml", THIRD / "apt.txt", THIRD / "test-requirements.txt"
MANIFEST = PREFIX / "manifest.json"
GROUPS = {
    "build": {"build"},
    "demo": {"build", "demo"},
    "test": {"build", "demo", "test"},
    "lint": {"build", "lint"},
    "full": {"build", "demo", "test", "lint", "full"},
}


def fingerprint() -> str:
    """Hash of all that decides what setup does. One place: manifest, stamp and CMake agree."""
    digest = hashlib.sha256()
    for path in [LOCK, APT, REQUIREMENTS, *sorted(pathlib.Path(__file__).parent.glob("*.py"))]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def replaced(data: bytes, change: dict, name: str) -> bytes:
    old, new = change["old"].encode() + b"\0", change["new"].encode() + b"\0"
    if data.count(old) != 1:
        raise SetupError(f"{name}: {change['old']!r} stands {data.count(old)} times, not once")
    return data.replace(old, new.ljust(len(old), b"\0"))


def files_of_members(item: dict, read) -> dict[str, bytes]:
    files = {}
    members = {m["path"]: m for m in item.get("member", [])}
    for path, data in read(lambda name: name in members).items():
        member = members.pop(path)
        found = hashlib.sha256(data).hexdigest()
        if found != member["sha256"]:
            raise SetupError(f"{item['name']}: {path} is not the file the lock names.\n  locked  "
                             f"sha256 {member['sha256']}\n  found   sha256 {found}\n"
                             "  See third_party/README.md.")
        change = member.get("replace")
        files[member["to"]] = replaced(data, change, path) if change else data
    if members:
        raise SetupError(f"{item['name']} {item['version']} has no {', '.join(members)}")
    return files


def files_of_trees(item: dict, read) -> dict[str, bytes]:
    files = {}
    for tree in item.get("tree", []):
        start = tree["path"]
        found = read(lambda n: n.startswith(start) and not n.endswith(tree["skip"]))
        found = {name[len(start):]: data for name, data in found.items()}
        if tree_hash(found) != tree["sha256"]:
            raise SetupError(f"{item['name']}: folder {start} is not what the lock names.\n  locked"
                             f"  {tree['sha256']}\n  found   {tree_hash(found)}")
        files |= {tree["to"] + name: data for name, data in found.items()}
    return files


def files_of(item: dict, offline: bool) -> dict[str, bytes]:
    """What `item` puts into the prefix: path under it, and bytes."""
    if item["kind"] == "file":
        def read(wanted):
            paths = [m["path"] for m in item["member"] if wanted(m["path"])]
            return {path: (THIRD / path).read_bytes() for path in paths}
    else:
        archive = fetch(item, offline)

        def read(wanted):
            return read_members(archive, wanted)
    files = files_of_members(item, read) | files_of_trees(item, read)
    return files | {w["to"]: w["text"].encode() for w in item.get("write", [])}


def put(path: pathlib.Path, data: bytes) -> None:
    """Atomic, and leaves an equal file alone, so that a running program keeps its library."""
    if path.exists() and path.stat().st_size == len(data) and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    fresh.write_bytes(data)
    fresh.chmod(0o644)
    os.replace(fresh, path)


def install_items(items: list[dict], offline: bool) -> list[dict]:
    done = []
    for item in items:
        start = time.monotonic()
        files = files_of(item, offline)
        for name, data in files.items():
            put(PREFIX / name, data)
        size = sum(map(len, files.values())) / 1e6
        print(f"  {item['name']} {item['version']}: {len(files)} file"
              f"{'s' * (len(files) != 1)}, {size:.1f} MB, {time.monotonic() - start:.1f} s",
              flush=True)
        done.append({"name": item["name"], "version": item["version"], "files": {
            name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())}})
    return done


def read_manifest() -> dict:
    try:
        return json.loads(MANIFEST.read_text())
    except (OSError, ValueError):
        return {}


def is_current(group: str) -> bool:
    manifest = read_manifest()
    if manifest.get("fingerprint") != fingerprint() or group not in manifest["groups"]:
        return False
    names = [name for item in manifest["items"] for name in item["files"]]
    return all((PREFIX / name).exists() for name in names) and \
        ("test" not in manifest["groups"] or
         (VENV / "bin/python").exists() and are_current(WEB))


def write_manifest(groups: set[str], items: list[dict]) -> None:
    text = json.dumps({"schema": 1, "lock_sha256": sha256_of(LOCK), "fingerprint": fingerprint(),
                       "groups": sorted(groups), "items": items}, indent=1)
    put(MANIFEST, text.encode() + b"\n")


def verify() -> None:
    """Every installed file against the manifest, then opens the libraries."""
    manifest = read_manifest()
    if not manifest:
        raise SetupError("nothing is installed yet: run ./dev setup")
    if manifest["lock_sha256"] != sha256_of(LOCK):
        raise SetupError("the lock changed since setup ran: run ./dev setup")
    for item in manifest["items"]:
        for name, digest in item["files"].items():
            if not (PREFIX / name).exists() or sha256_of(PREFIX / name) != digest:
                raise SetupError(f"third_party/prefix/{name} is missing or changed: delete "
                                 "third_party/prefix and run ./dev setup")
    smoke(PREFIX, {item["name"]: item["version"] for item in manifest["items"]})
    print(f"  {sum(len(i['files']) for i in manifest['items'])} files are as the lock says")


def remove_leftovers(before: dict, items: list[dict]) -> None:
    """Files an earlier lock installed and this one does not."""
    kept = {name for item in items for name in item["files"]}
    for name in (name for item in before.get("items", []) for name in item["files"]):
        if name not in kept:
            (PREFIX / name).unlink(missing_ok=True)


def setup(group: str, offline: bool) -> None:
    before = read_manifest()
    groups = GROUPS[group] | set(before.get("groups", []))  # what was asked for once stays current
    install_missing(wanted_packages(APT, groups - {"test"}), offline)
    if "test" in groups:
        install_wished(wanted_packages(APT, {"test"}), offline)
    lock = tomllib.loads(LOCK.read_text())
    items = install_items([item for item in lock["item"] if item["group"] in groups], offline)
    if "test" in groups:
        start = time.monotonic()
        make_venv(REQUIREMENTS, VENV, offline)
        print(f"  third_party/venv: {time.monotonic() - start:.1f} s")
        install_web(WEB, offline)
    smoke(PREFIX, {item["name"]: item["version"] for item in items})
    remove_leftovers(before, items)
    write_manifest(groups, items)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./dev setup", description="Gets compilers, libraries and data, pinned by hash.",
        epilog="example: ./dev setup --group test    (build < demo < test; full is all)")
    parser.add_argument("--group", choices=GROUPS, default="build", help="default: build")
    parser.add_argument("--offline", action="store_true", help="use the cache, fetch nothing")
    parser.add_argument("--verify", action="store_true", help="check every installed file")
    parser.add_argument("--quiet", action="store_true", help="no word when there is nothing to do")
    return parser.parse_args()


def main() -> int:
    arguments, start = parse_arguments(), time.monotonic()
    THIRD.joinpath(".setup.lock").touch()
    with THIRD.joinpath(".setup.lock").open("r") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)  # two builds in one tree set it up once
        try:
            if arguments.verify:
                verify()
            elif is_current(arguments.group):
                if arguments.quiet:
                    return 0
                print(f"  group {arguments.group}: nothing to do")
            else:
                setup(arguments.group, arguments.offline)
        except SetupError as error:
            print(f"setup: {error}", file=sys.stderr)
            return 2
    print(f"  setup done in {time.monotonic() - start:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
