#!/usr/bin/env python3
"""Makes examples/flights/airport-zones.csv: the IANA time zone of every airport of the flights.

The flights' times are local to the origin; this table turns them into UTC. Codes come from
flights-3m.parquet, zones from PyPI's airportsdata (MIT). Run by hand when the data change:
  ./dev setup --group test && third_party/venv/bin/python tools/airport_zones.py
"""

import csv
import hashlib
import io
import pathlib
import subprocess
import sys
import tempfile
import zipfile

import pyarrow.parquet

ROOT = pathlib.Path(__file__).resolve().parents[1]
FLIGHTS = ROOT / "third_party/prefix/share/vega-datasets/flights-3m.parquet"
TZDATA = ROOT / "third_party/prefix/share/tzdata"
TABLE = ROOT / "examples/flights/airport-zones.csv"
VERSION = "20260905"
WHEEL_SHA256 = "d7eaa9a57d373b0adaaae0d52da2af0bb0edf73f7baa170f7c415d3342bf4868"
# The package gives the zone that is right today; these had a clock of their own in 2001. Indiana
# kept standard time all summer until 2006 (its western corner, EVV, was and is on Chicago's clock).
IN_2001 = {code: "America/Indiana/Indianapolis" for code in ("FWA", "IND", "SBN")}


def codes_of_flights() -> list[str]:
    table = pyarrow.parquet.read_table(FLIGHTS, columns=["origin", "destination"])
    columns = (table.column(name).unique().to_pylist() for name in ("origin", "destination"))
    return sorted(set().union(*columns))


def airport_rows() -> list[dict[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["python3", "-m", "pip", "download", "--quiet", "--no-deps", "--dest",
                        folder, f"airportsdata=={VERSION}"], check=True)
        data = next(pathlib.Path(folder).glob("*.whl")).read_bytes()
    if hashlib.sha256(data).hexdigest() != WHEEL_SHA256:
        sys.exit(f"airportsdata {VERSION} is not the file this table was made from")
    with zipfile.ZipFile(io.BytesIO(data)) as wheel:
        text = wheel.read("airportsdata/airports.csv").decode()
    return list(csv.DictReader(io.StringIO(text)))


def main() -> int:
    zones = {row["iata"]: row["tz"] for row in airport_rows() if row["iata"]} | IN_2001
    codes = codes_of_flights()
    missing = [code for code in codes if not zones.get(code)]
    unknown = sorted({zones[c] for c in codes if c in zones and not (TZDATA / zones[c]).exists()})
    if missing or unknown:
        sys.exit(f"no zone for {missing}; not in the pinned time-zone data: {unknown}")
    TABLE.parent.mkdir(parents=True, exist_ok=True)
    TABLE.write_text("iata,zone\n" + "".join(f"{code},{zones[code]}\n" for code in codes))
    count = len({zones[code] for code in codes})
    print(f"{TABLE.relative_to(ROOT)}: {len(codes)} airports, {count} zones")
    return 0


if __name__ == "__main__":
    sys.exit(main())
