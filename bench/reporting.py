#!/usr/bin/env python3
"""Time and memory of consensus limits and result tables over the number of runs: docs/log/2026-11-30-reporting.md.

  bench/reporting.py RESULTS LIBRARY.lib OUT RUN.arrow... [--runs 1,20,500] [--threads 2] [--bench build/bench/bin/reporting]

RESULTS: the results folder of a search of the Arrow files RUN with the library. They stand for as many runs as are asked for,
in turn and under different names.
"""
import argparse
import json
import pathlib
import shutil
import subprocess


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=pathlib.Path)
    parser.add_argument("library", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("files", type=pathlib.Path, nargs="+")
    parser.add_argument("--runs", type=lambda s: [int(x) for x in s.split(",")], default=[1, 20, 500])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--bench", type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parent.parent / "build/bench/bin/reporting")
    options = parser.parse_args()
    print("| runs | rows | wall s | CPU s | peak MB |\n| --- | --- | --- | --- | --- |")
    for count in options.runs:
        done = subprocess.run([options.bench, options.library, options.results, options.out, str(options.threads), str(count),
                               *options.files], check=True, capture_output=True, text=True)
        shutil.rmtree(options.out)
        row = json.loads(done.stdout)
        print(f"| {count} | {row['rows']} | {row['wall']} | {row['cpu']} | {row['peak_mb']} |", flush=True)


if __name__ == "__main__":
    main()
