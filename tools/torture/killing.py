"""The program as a process: run to its end, or killed after a while."""

import contextlib
import json
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Ended:
    exit: int
    out: str
    err: str

    def said(self) -> str:
        return f"exit {self.exit}: {(self.err or self.out).strip()[:300]}"


class Lode:
    def __init__(self, program: Path):
        self.program = program

    def __call__(self, folder: Path, *words: str) -> Ended:
        done = subprocess.run([self.program, *words], cwd=folder, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False)
        return Ended(done.returncode, done.stdout, done.stderr)

    def rows(self, folder: Path, query: str) -> list:
        """Rows of `lode sql`, each a dict; an Ended that failed is raised as ValueError."""
        ended = self(folder, "sql", query, "--json")
        if ended.exit != 0:
            raise ValueError(f"lode sql {query!r}: {ended.said()}")
        return json.loads(ended.out)["rows"]

    def seconds(self, folder: Path, *words: str) -> float:
        """How long it takes undisturbed."""
        began = time.monotonic()
        self(folder, *words)
        return time.monotonic() - began

    def killed(self, folder: Path, after_s: float, *words: str) -> bool:
        """Starts it, kills it `after_s` seconds later; whether it was still alive then."""
        process = subprocess.Popen([self.program, *words], cwd=folder, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   start_new_session=True)
        time.sleep(after_s)
        # With its children: one left alive would go on writing while others look.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        return process.wait() < 0
