#!/usr/bin/env python3
"""Time and memory of rescoring over the number of runs, on tables of a search: docs/log/2026-11-27-rescoring.md.

  bench/rescoring.py RESULTS LIBRARY.lib OUT [--runs 1,12,500] [--threads 2] [--bench build/bench/bin/rescoring]

RESULTS: a results folder, whose tables of peak groups stand for as many runs as are asked for, in turn and under names of
their own.
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
    parser.add_argument("--runs", type=lambda s: [int(x) for x in s.split(",")], default=[1, 12, 500])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--bench", type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parent.parent / "build/bench/bin/rescoring")
    options = parser.parse_args()
    tables = sorted((options.results / "work/second_pass").glob("*/psms.arrow"))
    print("| runs | CPU s | peak MB | of the peak groups in training (linear, trees) |\n| --- | --- | --- | --- |")
    for count in options.runs:
        names = [f"run{i}={tables[i % len(tables)]}" for i in range(count)]
        done = subprocess.run([options.bench, options.library, options.out, str(options.threads), *names], check=True,
                              capture_output=True, text=True)
        shutil.rmtree(options.out)
        row = json.loads(done.stdout)
        print(f"| {count} | {row['cpu']} | {row['peak_mb']} | {row['linear_share']}, {row['tree_share']} |", flush=True)


if __name__ == "__main__":
    main()
