#!/usr/bin/env python3
"""Packs a directory of compiled time zones (TZif) into the one blob that lode carries.

usage: pack_tzdata.py ZONEINFO_DIRECTORY VERSION OUTPUT

Layout, little endian, read by src/base/zone.cc:
  8 bytes   "LODETZ1\\n"
  u32 u32   place and length of the version text
  u32       number of zones, then for each, sorted by the bytes of its name:
  4 x u32   place and length of the name, place and length of its TZif bytes
  texts and contents; equal contents are stored once. Places count from the start of the blob.
"""

import os
import struct
import sys


def read_zones(root):
    zones = {}
    for directory, _, files in os.walk(root):
        for file in files:
            path = os.path.join(directory, file)
            with open(path, "rb") as opened:
                content = opened.read()
            if content[:4] == b"TZif":
                zones[os.path.relpath(path, root).replace(os.sep, "/").encode()] = content
    return zones


def pack(zones, version):
    body = bytearray()
    known = {}
    start = 8 + 8 + 4 + 16 * len(zones)

    def place(content):
        if content not in known:
            known[content] = (start + len(body), len(content))
            body.extend(content)
        return known[content]

    head = b"LODETZ1\n" + struct.pack("<II", *place(version.encode()))
    head += struct.pack("<I", len(zones))
    for name in sorted(zones):
        head += struct.pack("<IIII", *place(name), *place(zones[name]))
    return head + bytes(body)


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    root, version, output = sys.argv[1:]
    zones = read_zones(root)
    if b"UTC" not in zones or b"America/New_York" not in zones:
        sys.exit(f"{root} holds no time zones; run ./dev setup")
    with open(output, "wb") as out:
        out.write(pack(zones, version))


if __name__ == "__main__":
    main()
