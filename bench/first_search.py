#!/usr/bin/env python3
"""The figures of docs/log/2026-11-22-first-search.md.

  bench/first_search.py OUT [--seeds 1,2,3,4,5] [--data ../shared/data] [--overland build/release/bin/overland]

Simulates the benchmark runs where they are missing, searches them and (where present) the real slice, and
prints Markdown tables. Needs pandas and pyarrow.
"""
import argparse
import hashlib
import os
import pathlib
import subprocess
import sys
import time

import pandas as pd

from evaluate import evaluate

HERE = pathlib.Path(__file__).resolve().parent


def run(command):
    """Runs a command; returns wall seconds, CPU seconds and peak memory in MB of that process."""
    start = time.monotonic()
    process = subprocess.Popen([str(c) for c in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    log = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"failed: {' '.join(map(str, command))}\n{log}")
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def digest(file):
    return hashlib.sha256(pathlib.Path(file).read_bytes()).hexdigest()[:16]


def markdown(rows):
    table = pd.DataFrame(rows)
    print("| " + " | ".join(table.columns) + " |")
    print("|" + " --- |" * len(table.columns))
    for row in table.itertuples(index=False):
        print("| " + " | ".join(f"{v:.3f}" if isinstance(v, float) else str(v) for v in row) + " |")
    print()


def real_slice(options, out):
    data = options.data
    library = data / "predicted-ecoli/ecoli_500_600.parquet"
    arrow = data / "pioneer-ecoli/ecoli_filtered_tinytiny.arrow"
    mzml = data / "pioneer-ecoli/ecoli_filtered_tinytiny.converted.mzML.gz"
    top = pd.read_csv(data / "predicted-ecoli/slice_top100.tsv", sep="\t")
    top = top[top["decoy"] == 0].head(52)
    wanted = set(top["modified"] + top["charge"].astype(str))
    renamed = out / "slice" / "ecoli_filtered_tinytiny.mzML.gz"
    renamed.parent.mkdir(parents=True, exist_ok=True)
    if not renamed.exists():
        renamed.symlink_to(mzml.resolve())
    rows = []
    for seed in (1, 2, 3, 4, 5):
        for kind, file in (("Arrow", arrow), ("mzML", renamed)) if seed == 1 else (("Arrow", arrow),):
            folder = out / "slice" / f"{kind}_{seed}"
            wall, cpu, memory = run([options.overland, "search", "-l", library, "-o", folder, "--set",
                                     f"search.seed={seed}", "--quiet", file])
            report = pd.read_parquet(folder / "report.parquet")
            runs = pd.read_parquet(folder / "runs.parquet")
            rows.append({"decoy seed": seed, "input": kind, "precursors at q <= 1 %": len(report),
                         "decoys above the same score (10 per target)": int(runs["Decoys"].iloc[0]),
                         "of the first 52": len(wanted & set(report["Precursor.Id"])),
                         "wall s": wall, "CPU s": cpu, "peak MB": memory,
                         "SHA-256 of report": digest(folder / "report.parquet")})
    markdown(rows)


def simulated(options, out):
    rows = []
    for seed in options.seeds:
        data = out / f"gradient25_{seed}"
        if not (data / "truth.parquet").exists():
            run([options.overland, "simulate", "-c", HERE / "simulate/gradient25.json", "--set", f"seed={seed}",
                 "-o", data, "--quiet"])
        folder = out / f"search_{seed}"
        run_file = next(data.glob("*.arrow"))
        wall, cpu, memory = run([options.overland, "search", "-l", data / "library.tsv.gz", "-o", folder, "--quiet",
                                 run_file])
        row = evaluate(folder, data / "truth.parquet").iloc[0].to_dict()
        rows.append({"seed": seed, "reported": row["reported"], "true FDP %": row["fdp_percent"],
                     "siblings": row["siblings"], "recall of detectable": row["recall"],
                     "detectable": row["detectable"], "Spearman of area": row["spearman_area"],
                     "wall s": wall, "CPU s": cpu, "peak MB": memory})
    markdown(rows)
    print(f"mean true FDP {sum(r['true FDP %'] for r in rows) / len(rows):.2f} %, "
          f"largest {max(r['true FDP %'] for r in rows):.2f} %\n")


def threads(options, out):
    data = out / f"gradient25_{options.seeds[0]}"
    rows = []
    for count in (1, 2, 3, 8):
        folder = out / f"threads_{count}"
        subprocess.run(["rm", "-rf", folder], check=True)
        wall, cpu, memory = run([options.overland, "search", "-l", data / "library.tsv.gz", "-o", folder, "--quiet",
                                 "--threads", count, next(data.glob("*.arrow"))])
        rows.append({"threads": count, "wall s": wall, "CPU s": cpu, "peak MB": memory,
                     "SHA-256 of report": digest(folder / "report.parquet")})
    markdown(rows)
    if len({r["SHA-256 of report"] for r in rows}) != 1:
        sys.exit("reports differ between thread counts")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--seeds", type=lambda s: [int(x) for x in s.split(",")], default=[1, 2, 3, 4, 5])
    parser.add_argument("--data", type=pathlib.Path, default=HERE.parent.parent / "shared/data")
    parser.add_argument("--overland", type=pathlib.Path, default=HERE.parent / "build/release/bin/overland")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    if (options.data / "pioneer-ecoli").exists():
        print("### The real slice\n")
        real_slice(options, options.out)
    print("### Simulated runs of 25 minutes\n")
    simulated(options, options.out)
    print("### Threads\n")
    threads(options, options.out)


if __name__ == "__main__":
    main()
