"""third_party/venv: Python packages for tests alone, pinned by hash, kept in the same cache."""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from archive import sha256_of
from fetch import SetupError, cache_dir, into_cache, run_with_retries


def cached_wheels(requirements: pathlib.Path) -> list[pathlib.Path]:
    hashes = re.findall(r"--hash=sha256:([0-9a-f]{64})", requirements.read_text())
    return [wheel for digest in hashes for wheel in (cache_dir() / digest).glob("*.whl")]


def fetch_wheels(requirements: pathlib.Path) -> None:
    cache_dir().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache_dir(), prefix="fetch-") as folder:
        run_with_retries([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
                          "--disable-pip-version-check", "--only-binary=:all:", "--require-hashes",
                          "--dest", folder, "-r", str(requirements)], folder)
        for wheel in list(pathlib.Path(folder).iterdir()):
            into_cache(wheel, sha256_of(wheel))


def install(requirements: pathlib.Path, venv: pathlib.Path) -> bool:
    """From cached wheels only; False when they do not fit this Python."""
    with tempfile.TemporaryDirectory(prefix="lode-wheels-") as folder:
        for wheel in cached_wheels(requirements):
            (pathlib.Path(folder) / wheel.name).symlink_to(wheel)
        result = subprocess.run(
            [sys.executable, "-m", "pip", "--python", str(venv / "bin/python"), "install",
             "--quiet", "--disable-pip-version-check", "--no-deps", "--no-index", "--no-compile",
             "--find-links", folder, "--require-hashes", "-r", str(requirements)],
            capture_output=True, text=True)
    return result.returncode == 0


def make_venv(requirements: pathlib.Path, venv: pathlib.Path, offline: bool) -> None:
    fresh = venv.with_name("venv.new")
    shutil.rmtree(fresh, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(fresh)], check=True)
    if not install(requirements, fresh):
        if offline:
            raise SetupError("the test packages are not in the cache for this Python, and "
                             "--offline forbids fetching them")
        fetch_wheels(requirements)
        if not install(requirements, fresh):
            raise SetupError(f"pip cannot install {requirements.name} for Python "
                             f"{sys.version.split()[0]}: add its hash to that file")
    shutil.rmtree(venv, ignore_errors=True)
    fresh.rename(venv)
