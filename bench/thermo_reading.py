#!/usr/bin/env python3
"""How fast a Thermo RAW file is read directly, and its conversion to mzML: peaks per second of `overland convert` to Arrow.

  thermo_reading.py OVERLAND FILE.raw [--times 100] [--threads 2]

The small real files are made longer: the scans of FILE are repeated, each time later in the run.
"""
import argparse
import pathlib
import re
import struct
import subprocess
import tempfile
import time

OWN, FIRST, LAST = 7472, 8, 12
INDEX, DATA, STATUS, ERRORS, EVENTS, TRAILER = 7408, 7416, 7424, 7432, 7448, 7456
ENTRY = 88


def number(kind, data, at):
    return struct.unpack_from(kind, data, at)[0]


def longer(data, times):
    """The bytes of a file with the scans of `data`, `times` times."""
    for at in range(1356, len(data) - 8):
        header = number("<Q", data, at)
        if header + OWN + 8 <= len(data) and header > 1356 and number("<Q", data, header + OWN) == header:
            break
    else:
        raise SystemExit("no run header")
    index, start, events, trailer = (number("<Q", data, header + at) for at in (INDEX, DATA, EVENTS, TRAILER))
    count = number("<I", data, header + LAST) - number("<I", data, header + FIRST) + 1
    entries = [data[index + ENTRY * i:index + ENTRY * (i + 1)] for i in range(count)]
    last = entries[-1]
    packets = data[start:start + number("<Q", last, 72) + number("<I", last, 20)]
    minutes = number("<d", last, 24) * (count + 1) / count
    shift = len(packets) * (times - 1)
    head = data[:start].replace(struct.pack("<Q", header), struct.pack("<Q", header + shift))
    middle = bytearray(data[header:index])
    size = index + shift + ENTRY * count * times
    addresses = {INDEX: index + shift, STATUS: number("<Q", data, header + STATUS) + shift,
                 ERRORS: number("<Q", data, header + ERRORS) + shift, EVENTS: size,
                 TRAILER: size + 4 + (trailer - events - 4) * times, OWN: header + shift}
    for at, address in addresses.items():
        struct.pack_into("<Q", middle, at, address)
    struct.pack_into("<I", middle, LAST, number("<I", data, header + FIRST) + count * times - 1)
    rows = bytearray()
    for turn in range(times):
        for i, entry in enumerate(entries):
            row = bytearray(entry)
            struct.pack_into("<I", row, 4, turn * count + i)
            struct.pack_into("<d", row, 24, number("<d", entry, 24) + turn * minutes)
            struct.pack_into("<Q", row, 72, number("<Q", entry, 72) + turn * len(packets))
            rows += row
    return b"".join((head, packets * times, middle, rows, data[events:events + 4], data[events + 4:trailer] * times,
                     data[trailer:-4] * times, data[-4:]))


def seconds(*command):
    begin = time.perf_counter()
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    return time.perf_counter() - begin, done.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("overland")
    parser.add_argument("file", type=pathlib.Path)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        raw = folder / "run.raw"
        raw.write_bytes(longer(options.file.read_bytes(), options.times))
        program = (options.overland, "convert", "--quiet", "--threads", options.threads, "--raw-reader", "direct", "--overwrite")
        seconds(*program, "--format", "mzml", "--out", folder, raw)
        mzml = folder / "run.mzML"
        _, compared = seconds(options.overland, "check-raw", raw, mzml)
        print(compared.strip())
        peaks = int(re.search(r"and ([\d,]+) peaks", compared)[1].replace(",", ""))
        for file in (raw, mzml):
            best = min(seconds(*program, "--out", folder / "out", file)[0] for _ in range(3))
            print(f"{file.suffix:6} {file.stat().st_size / 1e6:8.1f} MB {peaks:12,} peaks {best:7.2f} s {peaks / best / 1e6:7.1f} million peaks/s")


if __name__ == "__main__":
    main()
