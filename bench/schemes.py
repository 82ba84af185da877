#!/usr/bin/env python3
"""Acquisition schemes and what real files do to runs: identifications, true error, recall, areas.

  bench/schemes.py OUT [--seeds 1 2 3] [--only NAME ...] [--set KEY=VALUE ...] [--overland BIN]

Simulates a run of each scheme (bench/simulate/NAME.json; kept in OUT), and makes changed copies of gradient25 (tests/integration/odd_runs.py);
searches each and prints a Markdown table: precursors at q <= 1 %, right ones, true false-discovery proportion (siblings left
out), recall of detectable precursors, Spearman of areas with the truth, CPU seconds. --set goes to the search. Needs pandas, pyarrow.
"""
import argparse
import functools
import os
import pathlib
import subprocess
import sys

import pandas as pd

from evaluate import evaluate

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests/integration"))
import odd_runs  # noqa: E402

SCHEMES = ["gradient25", "wide25", "narrow3", "staggered16", "staggered8", "variable", "no_ms1"]


def gas_phase(table, out):
    parts = ((0, 535), (535, 665), (665, 2000))
    return [odd_runs.write(odd_runs.between(table, low, high), out / f"part_{low}.arrow") for low, high in parts]


def changed(change, table, out):
    return [odd_runs.write(change(table), out / "changed.arrow")]


ODD = {
    "windows in another order each cycle": functools.partial(changed, odd_runs.shuffled_windows),
    "7 % of scans missing": functools.partial(changed, odd_runs.missing_scans),
    "limits differ in the last digits": functools.partial(changed, odd_runs.jittered_windows),
    "3 % of scans empty": functools.partial(changed, odd_runs.with_empty_scans),
    "peaks unsorted, of no intensity, beyond 4096": functools.partial(changed, odd_runs.with_untidy_peaks),
    "MS3, SIM, data-dependent, negative scans": functools.partial(changed, odd_runs.with_other_scans),
    "times in seconds": functools.partial(changed, odd_runs.in_seconds),
    "gas-phase fractions, 3 files": gas_phase,
    "40 cycles only": functools.partial(changed, functools.partial(odd_runs.cycles_only, first=240, count=40)),
    "one cycle only": functools.partial(changed, functools.partial(odd_runs.cycles_only, first=240, count=1)),
}


def simulated(options, name, seed):
    data = options.out / f"{name}_{seed}"
    if not (data / "truth.parquet").exists():
        subprocess.run([options.overland, "simulate", "-c", HERE / f"simulate/{name}.json", "--set", f"seed={seed}", "-o", data,
                        "--quiet"], check=True)
    return data


def search(options, library, runs, out):
    command = [options.overland, "search", "-l", library, "-o", out, "--quiet", *[a for s in options.set for a in ("--set", s)], *runs]
    process = subprocess.Popen([str(c) for c in command], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"failed: {' '.join(map(str, command))}")
    return usage.ru_utime + usage.ru_stime


def measured(results, truth_file):
    """The report against the truth, whichever run of the search found a precursor."""
    truth = pd.read_parquet(truth_file)
    report = pd.read_parquet(results / "report.parquet").drop_duplicates("Precursor.Id")
    merged = pathlib.Path(results) / "merged"
    merged.mkdir(exist_ok=True)
    report.assign(Run=truth["Run"].iloc[0]).to_parquet(merged / "report.parquet")
    row = evaluate(merged, truth_file).iloc[0]
    return {"precursors": int(row["reported"]), "right": int(row["right"]), "true FDP %": row["fdp_percent"],
            "siblings": int(row["siblings"]), "recall": row["recall"], "detectable": int(row["detectable"]),
            "Spearman of area": row["spearman_area"]}


def show(row, columns=[]):
    if not columns:
        columns.extend(row)
        print("| " + " | ".join(columns) + " |\n|" + " --- |" * len(columns))
    print("| " + " | ".join(f"{row[c]:.3f}" if isinstance(row[c], float) else str(row[c]) for c in columns) + " |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--seeds", nargs="+", type=int, default=[1])
    parser.add_argument("--only", nargs="+", default=[*SCHEMES, *ODD], help="names of schemes or of changes")
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--overland", type=pathlib.Path, default=HERE.parent / "build/release/bin/overland")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for seed in options.seeds:
        for name in options.only:
            data = simulated(options, name if name in SCHEMES else "gradient25", seed)
            out = options.out / "search" / f"{name.replace(' ', '_')}_{seed}"
            subprocess.run(["rm", "-rf", out], check=True)
            out.mkdir(parents=True)
            runs = [next(data.glob("*.arrow"))]
            if name in ODD:
                runs = ODD[name](odd_runs.read(runs[0]), out)
                os.mkdir(out / "runs")
                runs = [run.rename(out / "runs" / run.name) for run in runs]
            cpu = search(options, data / "library.tsv.gz", runs, out / "results")
            show({"seed": seed, "run": name, **measured(out / "results", data / "truth.parquet"), "CPU s": cpu})


if __name__ == "__main__":
    main()
