#!/usr/bin/env python3
"""Builds a library and tells what it took: precursors, wall time, peak memory, bytes per fragment.

  bench/build_library.py --out RESULTS.json PROGRAM -- build-library ARGUMENTS (with --out NAME.lib)
"""
import argparse
import json
import pathlib
import resource
import subprocess
import time


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", help="JSON file; default: standard output")
    parser.add_argument("program")
    parser.add_argument("arguments", nargs="+")
    options = parser.parse_args()
    start = time.monotonic()
    subprocess.run([options.program, *options.arguments], check=True)
    wall = time.monotonic() - start
    use = resource.getrusage(resource.RUSAGE_CHILDREN)
    library = pathlib.Path(options.arguments[options.arguments.index("--out") + 1])
    description = json.loads((library / "library.json").read_text())
    sizes = {file.name: file.stat().st_size for file in library.iterdir()}
    result = {
        "precursors": description["precursors"],
        "decoys": description["decoys"],
        "fragments": description["fragments"],
        "wall_seconds": round(wall, 1),
        "cpu_seconds": round(use.ru_utime + use.ru_stime, 1),
        "peak_gigabytes": round(use.ru_maxrss * 1024 / 1e9, 2),
        "precursors_per_second": round(description["precursors"] / wall),
        "bytes": sizes,
        "bytes_per_fragment": round(sizes["fragments.arrow"] / max(description["fragments"], 1), 3),
    }
    text = json.dumps(result, indent=2) + "\n"
    if options.out:
        pathlib.Path(options.out).write_text(text)
    else:
        print(text, end="")


if __name__ == "__main__":
    main()
