#!/usr/bin/env python3
"""third_party/venv-bench: what lode is held against, by third_party/bench-requirements.txt. Made
anew when that file changes, else nothing is done. Only ./dev bench mining asks for it."""

import hashlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools/setup"))
from fetch import SetupError  # noqa: E402
from venv_tests import make_venv  # noqa: E402


def main() -> None:
    requirements = ROOT / "third_party/bench-requirements.txt"
    venv = ROOT / "third_party/venv-bench"
    stamp = venv / "made-by"
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    print("  packages of the benchmark: fetched once, about 130 MB", flush=True)
    try:
        make_venv(requirements, venv, offline=False)
    except SetupError as error:
        raise SystemExit(f"bench mining: {error}") from error
    stamp.write_text(digest)


if __name__ == "__main__":
    main()
