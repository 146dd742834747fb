"""Opens what was installed and asks its version: a file that does not load is found here."""

import ctypes
import pathlib
import zoneinfo

from fetch import SetupError


def duckdb_pragma_version(library: pathlib.Path) -> str:
    duck = ctypes.CDLL(str(library))
    duck.duckdb_value_varchar.restype = ctypes.c_void_p
    duck.duckdb_value_varchar.argtypes = [ctypes.c_void_p, ctypes.c_uint64, ctypes.c_uint64]
    database, connection = ctypes.c_void_p(), ctypes.c_void_p()
    result = (ctypes.c_char * 256)()  # duckdb_result is 48 bytes; its fields are not read here
    if duck.duckdb_open(None, ctypes.byref(database)) or \
            duck.duckdb_connect(database, ctypes.byref(connection)) or \
            duck.duckdb_query(connection, b"PRAGMA version", ctypes.byref(result)):
        raise SetupError(f"{library} loads but runs no query")
    text = ctypes.string_at(duck.duckdb_value_varchar(ctypes.byref(result), 0, 0)).decode()
    duck.duckdb_destroy_result(ctypes.byref(result))
    duck.duckdb_disconnect(ctypes.byref(connection))
    duck.duckdb_close(ctypes.byref(database))
    return text


def xgboost_version(library: pathlib.Path) -> str:
    parts = [ctypes.c_int() for _ in range(3)]
    ctypes.CDLL(str(library)).XGBoostVersion(*map(ctypes.byref, parts))
    return ".".join(str(part.value) for part in parts)


def expect(what: str, found: str, wanted: str) -> None:
    if found != wanted:
        raise SetupError(f"{what} says it is {found}, the lock says {wanted}")
    print(f"  {what} {found} loads")


def smoke(prefix: pathlib.Path, versions: dict[str, str]) -> None:
    try:
        expect("DuckDB", duckdb_pragma_version(prefix / "lib/libduckdb.so"),
               "v" + versions["duckdb.h"])
        expect("XGBoost", xgboost_version(prefix / "lib/libxgboost.so"), versions["xgboost-cpu"])
    except OSError as error:
        raise SetupError(f"a library does not load: {error}") from error
    zoneinfo.reset_tzpath([str(prefix / "share/tzdata")])
    zoneinfo.ZoneInfo("America/New_York")
    with (prefix / "share/tzdata/tzdata.zi").open() as source:  # first line: "# version 2026f"
        expect("time zones", source.readline().split()[-1],
               (prefix / "share/tzdata/VERSION").read_text().strip())
