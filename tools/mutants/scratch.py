"""The scratch copy: the tree as it stands in the working folder, with a build folder of its own,
and what is done in it: patch, compile, compare object files, run one test program."""

import fcntl
import hashlib
import os
import re
import resource
import shutil
import signal
import subprocess
import time
from pathlib import Path

CPU_LIMIT_SECONDS = 8  # and four times what the tests take; a loop runs into it
UNKNOWN_LIMIT_SECONDS = 300
MEMORY_LIMIT = 8 << 30
OBJECT = re.compile(r"src/(\w+)/")


class Failed(Exception):
    """What keeps mutants from being run at all, as a sentence for the user."""


class Scratch:
    def __init__(self, root: Path, folder: Path, jobs: int):
        self.root, self.tree, self.build = root, folder / "tree", folder / "tree" / "build"
        self.jobs = jobs
        self.objects: dict = {}  # path -> hash of what it does, as far as known
        self.stamps: dict = {}
        folder.mkdir(parents=True, exist_ok=True)
        self.guard = open(folder / "lock", "w", encoding="utf-8")
        try:
            fcntl.flock(self.guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failed(f"another ./dev mutants works in {folder}; wait for it") from None

    # ---- the copy

    def refresh(self) -> None:
        """Copies what differs, removes what is gone; times of equal files are left alone."""
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=self.root, capture_output=True, check=True).stdout.decode().split("\0")
        wanted = {name for name in listed if name and (self.root / name).is_file()}
        self.tree.mkdir(parents=True, exist_ok=True)
        for path in [p for p in self.tree.rglob("*") if p.is_file() and not p.is_symlink()]:
            name = str(path.relative_to(self.tree))
            if not name.startswith(("build/", "third_party/prefix")) and name not in wanted:
                path.unlink()
        for name in sorted(wanted):
            source, copy = self.root / name, self.tree / name
            if not copy.exists() or copy.read_bytes() != source.read_bytes():
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, copy)
        for link in ("third_party/prefix",):
            copy = self.tree / link
            if not copy.exists():
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.symlink_to(self.root / link)

    def configure(self) -> None:
        if (self.build / "build.ninja").exists():
            return
        done = subprocess.run(["cmake", "--preset", "release", "-D", "LODE_BENCH=OFF"],
                              cwd=self.tree, capture_output=True, text=True)
        if done.returncode != 0:
            raise Failed(f"cmake failed in {self.tree}:\n{done.stderr[-2000:]}")

    def read(self, file: str) -> str:
        return (self.tree / file).read_text(encoding="utf-8")

    def write(self, file: str, text: str) -> None:
        (self.tree / file).write_text(text, encoding="utf-8")

    # ---- building

    def ninja(self, *targets: str) -> tuple:
        """(built, what it said)"""
        done = subprocess.run(["ninja", "-C", str(self.build), "-j", str(self.jobs), *targets],
                              capture_output=True, text=True)
        return done.returncode == 0, done.stdout + done.stderr

    def station_objects(self, file: str) -> tuple:
        """The station of a source, and the object files of that station."""
        station = OBJECT.match(file).group(1)
        folder = self.build / "CMakeFiles" / f"lode_{station}.dir"
        return f"lode_{station}", sorted(folder.rglob("*.o"))

    def code_hash(self, path: Path) -> str:
        """Of an object file without its line numbers and names of variables."""
        stamp = (path.stat().st_mtime_ns, path.stat().st_size)
        if self.stamps.get(path) != stamp:
            stripped = self.build / "stripped.o"
            subprocess.run(["strip", "--strip-debug", "-o", str(stripped), str(path)], check=True)
            self.objects[path] = hashlib.sha256(stripped.read_bytes()).hexdigest()
            self.stamps[path] = stamp
        return self.objects[path]

    def hashes(self, file: str) -> dict:
        return {path: self.code_hash(path) for path in self.station_objects(file)[1]}

    # ---- running

    def run(self, program: str, test_filter: str, cpu_seconds: float = UNKNOWN_LIMIT_SECONDS,
            report: Path | None = None) -> dict:
        """One test program, stopped at its first failure. {"ok", "test", "how", "seconds"}"""
        command = [str(self.build / "tests" / f"{program}_test"), "--gtest_fail_fast",
                   "--gtest_brief=0", f"--gtest_filter={test_filter}"]
        if report is not None:
            command.append(f"--gtest_output=json:{report}")
        limit = int(cpu_seconds) + 1

        def limits() -> None:
            os.setsid()
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

        began = time.monotonic()
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   cwd=self.build, preexec_fn=limits)
        try:
            out = process.communicate(timeout=60 + 20 * limit)[0].decode(errors="replace")
            late = process.returncode in (-signal.SIGXCPU, -signal.SIGKILL)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out, late = process.communicate()[0].decode(errors="replace"), True
        return verdict_of(program, process.returncode, out, late, time.monotonic() - began)


def verdict_of(program: str, status: int, out: str, late: bool, seconds: float) -> dict:
    """What a test program's end means, and which test it was in."""
    if status == 0:
        return {"ok": True, "seconds": seconds}
    failed = re.search(r"^\[  FAILED  \] ([^\s,]+)", out, re.M)
    running = re.findall(r"^\[ RUN      \] (\S+)", out, re.M)
    done = set(re.findall(r"^\[  (?:     OK|FAILED |SKIPPED) \] ([^\s,]+)", out, re.M))
    inside = running[-1] if running and running[-1] not in done else None
    how = "a failed check"
    test = failed.group(1) if failed else inside
    if test is None or (inside is not None and failed is None):
        how = "time out" if late else f"a crash (signal {-status})" if status < 0 else "its end"
    return {"ok": False, "test": f"{program}.{test or '(start)'}", "how": how, "seconds": seconds}
