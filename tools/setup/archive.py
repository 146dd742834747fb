"""Reads members of a registry's archive (.tgz, .tar.gz, .whl) and hashes what it reads."""

import hashlib
import pathlib
import tarfile
import zipfile


def sha256_of(path: pathlib.Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def tree_hash(files: dict[str, bytes]) -> str:
    lines = (f"{hashlib.sha256(data).hexdigest()}  {name}\n"
             for name, data in sorted(files.items()))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def read_members(archive: pathlib.Path, wanted) -> dict[str, bytes]:
    """All regular files of `archive` whose name `wanted` accepts, by name."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            names = [n for n in wheel.namelist() if not n.endswith("/") and wanted(n)]
            return {name: wheel.read(name) for name in names}
    with tarfile.open(archive) as tar:
        return {m.name: tar.extractfile(m).read() for m in tar if m.isfile() and wanted(m.name)}
