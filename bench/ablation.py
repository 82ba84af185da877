#!/usr/bin/env python3
"""What each part of the search earns: every switch of calibration and second pass turned off in turn.

  bench/ablation.py OUT [--seeds 1 2] [--settings gradient25] [--set acquisition.scheme=staggered ...] [--off KEY ...]
                        [--overland BIN] [--real LIBRARY RUN]

Reads the switches that are on by default from `overland config search`, so the table is complete (--off names some only); libraries are
imported once, page and evidence left out. Simulated runs: precursors at
q <= 1 %, right ones, true false-discovery proportion (siblings left out), Spearman of areas with the truth, CPU seconds; sums and
means over the seeds. With --real, the library must hold entrapments (build-library --set entrapments.per_target=1, or the like): targets
and entrapments at q <= 1 %.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys

import pandas as pd

from evaluate import evaluate

HERE = pathlib.Path(__file__).resolve().parent


def switches(overland):
    text = subprocess.run([overland, "config", "search"], check=True, capture_output=True, text=True).stdout
    section, found = "", []
    for line in text.splitlines():
        if opened := re.match(r'  "(\w+)": \{', line):
            section = opened.group(1)
        elif (on := re.match(r'    "(\w+)": true', line)) and section in ("first_pass", "calibration", "second_pass", "integrate"):
            found.append(f"{section}.{on.group(1)}")
    return found


def search(overland, library, run, out, settings):
    settings = [*settings, "report.html=false", "report.xic=false"]
    command = [overland, "search", "-l", library, "-o", out, "--quiet", *[a for s in settings for a in ("--set", s)], run]
    process = subprocess.Popen([str(c) for c in command], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"failed: {' '.join(map(str, command))}")
    return usage.ru_utime + usage.ru_stime


def simulated(options, seed):
    data = options.out / f"{options.settings}_{seed}"
    if not (data / "truth.parquet").exists():
        subprocess.run([options.overland, "simulate", "-c", HERE / f"simulate/{options.settings}.json", "--set", f"seed={seed}",
                        *[a for s in options.set for a in ("--set", s)], "-o", data, "--quiet"], check=True)
    if not (data / "library.lib").exists():
        subprocess.run([options.overland, "import-library", data / "library.tsv.gz", "-o", data / "library.lib", "--quiet"], check=True)
    return data


def measure(options, off):
    row = {"without": off or "(all on)", "precursors": 0, "right": 0, "true FDP %": 0.0, "Spearman": 0.0, "CPU s": 0.0}
    settings = [f"{off}=false"] if off else []
    for seed in options.seeds:
        data = simulated(options, seed)
        out = options.out / f"search_{seed}_{off or 'all'}"
        row["CPU s"] += search(options.overland, data / "library.lib", next(data.glob("*.arrow")), out, settings)
        result = evaluate(out, data / "truth.parquet").iloc[0]
        row["precursors"] += int(result["reported"])
        row["right"] += int(result["right"])
        row["true FDP %"] += result["fdp_percent"] / len(options.seeds)
        row["Spearman"] += result["spearman_area"] / len(options.seeds)
    if options.real:
        out = options.out / f"real_{off or 'all'}"
        search(options.overland, *options.real, out, [*settings, "report.entrapments=true"])
        report = pd.read_parquet(out / "report.parquet")
        row["real: targets"] = int((report["Entrapment"] == 0).sum())
        row["real: entrapments"] = int((report["Entrapment"] == 1).sum())
    return row


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--settings", default="gradient25")
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--off", nargs="+", help="switches to turn off; default: all")
    parser.add_argument("--real", nargs=2, metavar=("LIBRARY", "RUN"))
    parser.add_argument("--overland", type=pathlib.Path, default=HERE.parent / "build/release/bin/overland")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    rows = []
    for off in ["", *(options.off or switches(options.overland))]:
        rows.append(measure(options, off))
        print(rows[-1], file=sys.stderr, flush=True)
    table = pd.DataFrame(rows)
    print("| " + " | ".join(table.columns) + " |\n|" + " --- |" * len(table.columns))
    for row in table.itertuples(index=False):
        print("| " + " | ".join(f"{v:.3f}" if isinstance(v, float) else str(v) for v in row) + " |")


if __name__ == "__main__":
    main()
