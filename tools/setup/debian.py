"""Debian packages of third_party/apt.txt: which are missing, and getting them."""

import os
import pathlib
import shutil
import subprocess

from fetch import TRIES, SetupError


def wanted_packages(apt_list: pathlib.Path, groups: set[str]) -> list[str]:
    rows = [line.split() for line in apt_list.read_text().splitlines()]
    return [row[0] for row in rows if row and row[0] != "#" and row[1] in groups]


def missing_packages(packages: list[str]) -> list[str]:
    query = ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *packages]
    lines = subprocess.run(query, capture_output=True, text=True).stdout.splitlines()
    installed = {line.split()[0] for line in lines if line.endswith(" installed")}
    return [name for name in packages if name not in installed]


def apt_get(*arguments: str) -> bool:
    command = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300", *arguments]
    print("  +", " ".join(command), flush=True)
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    result = subprocess.run(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            text=True)
    if result.returncode != 0:
        print("\n".join(result.stdout.splitlines()[-8:]), flush=True)
    return result.returncode == 0


def install_missing(packages: list[str], offline: bool) -> None:
    """Installs what is not there; without root only says the line to run."""
    if not shutil.which("dpkg-query"):
        print("  no dpkg here: make sure that these are installed:", " ".join(packages))
        return
    missing = missing_packages(packages)
    if not missing:
        return
    line = f"sudo apt-get install --no-install-recommends {' '.join(missing)}"
    if offline or os.geteuid() != 0:
        reason = "--offline was given" if offline else "installing them needs root"
        raise SetupError(f"Debian packages are missing and {reason}. Run:\n  {line}")
    for _ in range(TRIES):
        if apt_get("update") and apt_get("install", "-y", "--no-install-recommends", *missing):
            return
    raise SetupError(f"apt-get failed {TRIES} times. See its words above, then run:\n  {line}")


def install_wished(packages: list[str], offline: bool) -> None:
    """The same for what only tests need that are skipped without: said, and no error."""
    try:
        install_missing(packages, offline)
    except SetupError as error:
        print(f"  left out, and tests that need it are skipped. {error}", flush=True)
