#!/usr/bin/env python3
"""Does --refine gain identifications at unchanged true error on an instrument that fragments otherwise?

  bench/refine.py --overland build/release/bin/overland --fasta ecoli.fasta.gz --work DIR [--seeds 1 2 3]

A library is predicted at a high collision energy and its intensities are bent (y ions favoured with
length, b ions halved, cleavage before proline doubled, a random factor per residue pair): that is the
sample's truth for the simulator. The search starts from the FASTA and the usual energy. Prints a
markdown table: precursors at q <= 1 %, true ones, the true false-discovery proportion without and with siblings (an absent
form of a peptide that is there), true ones where that error is 1 %, CPU seconds.
"""
import argparse
import hashlib
import json
import pathlib
import resource
import subprocess
import sys

import numpy as np
import pandas as pd

RANGE = ["--set", "precursors.min_mz=500", "--set", "precursors.max_mz=620", "--set", "precursors.max_charge=3"]


def run(*command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stderr[-3000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stderr


def pair_factor(pair, seed):
    """Log-normal, 0.35, the same for a residue pair everywhere."""
    digest = hashlib.sha256(f"{seed}{pair}".encode()).digest()
    a, b = int.from_bytes(digest[:6], "big") / 2**48, int.from_bytes(digest[6:12], "big") / 2**48
    return float(np.exp(0.35 * np.sqrt(-2 * np.log(a + 1e-12)) * np.cos(2 * np.pi * b)))


def bend(table, seed):
    sequence = table["Stripped.Sequence"].to_numpy()
    ordinal = table["Fragment.Series.Number"].to_numpy()
    is_y = (table["Fragment.Type"] == "y").to_numpy()
    length = table["Stripped.Sequence"].str.len().to_numpy()
    site = np.where(is_y, length - ordinal, ordinal)
    pairs = np.array([s[k - 1:k + 1] for s, k in zip(sequence, site)])
    factors = {p: pair_factor(p, seed) for p in np.unique(pairs)}
    factor = np.array([factors[p] for p in pairs])
    factor *= np.where(is_y, 0.5 + 1.2 * ordinal / length, 0.5)
    factor *= np.where([p[1:] == "P" for p in pairs], 2.0, 1.0)
    table["Relative.Intensity"] *= factor
    top = table.groupby("Precursor.Id")["Relative.Intensity"].transform("max")
    table["Relative.Intensity"] /= top
    return table


def judge(report, truth):
    """Of the precursors that the truth table lists (the world also holds unlisted forms): how many, how many true,
    errors without and with those whose sibling is in the sample, and true ones at a true error of 1 %."""
    found = pd.read_parquet(report).merge(truth, on="Precursor.Id", suffixes=("", ".true"))
    false = (found["Present"] == 0) & (found["Indistinguishable.true"] == 0)
    sibling = false & (found["Sibling.Present"] != 0)
    ranked = false[found["Score"].sort_values(ascending=False, kind="stable").index].to_numpy()
    share = np.cumsum(ranked) / np.arange(1, len(ranked) + 1)
    last = np.flatnonzero(share <= 0.01).max(initial=-1) + 1
    return len(found), int((~false).sum()), (false & ~sibling).mean(), false.mean(), int((~ranked[:last]).sum())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--overland", required=True, type=pathlib.Path)
    parser.add_argument("--fasta", required=True, type=pathlib.Path)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--seeds", nargs="+", type=int, default=[1])
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    print("| seed | search | precursors | true | true FDP | with siblings | true at 1 % true FDP | CPU s |")
    print("|---|---|---|---|---|---|---|---|")
    for seed in arguments.seeds:
        folder = arguments.work / f"seed{seed}"
        world(arguments, folder, seed)
        truth = pd.read_parquet(folder / "sim" / "truth.parquet")
        for name, flags in (("plain", []), ("refined", ["--refine"])):
            out = folder / name
            cpu, log = run(arguments.overland, "search", "--fasta", arguments.fasta,
                           *[a.replace("--set", "--library-set") for a in RANGE], *flags,
                           "--library-cache", arguments.work / "cache", "--out", out,
                           *sorted((folder / "sim").glob("*.arrow")))
            rows, true, fdp, wide, best = judge(out / "report.parquet", truth)
            print(f"| {seed} | {name} | {rows} | {true} | {100 * fdp:.2f} % | {100 * wide:.2f} % | {best} | {cpu:.0f} |",
                  flush=True)
            for line in log.splitlines():
                if "refine:" in line:
                    print(line, file=sys.stderr)


def world(arguments, folder, seed):
    folder.mkdir(exist_ok=True)
    run(arguments.overland, "build-library", "--fasta", arguments.fasta, "--out", folder / "true.lib",
        "--decoys", 0, "--overwrite", "--set", "prediction.nce=38", "--set", "fragments.max_count=24", *RANGE)
    run(arguments.overland, "export-library", folder / "true.lib", "--out", folder / "true.parquet", "--overwrite")
    bend(pd.read_parquet(folder / "true.parquet"), seed).to_parquet(folder / "bent.parquet")
    settings = {"seed": seed, "name": f"refine{seed}",
                "proteome": {"library_file": str(folder / "bent.parquet")},
                "acquisition": {"low_mz": 500, "high_mz": 620, "width_mz": 8},
                "library": {"low_mz": 500, "high_mz": 620, "precursor_limit": 0, "unlisted_share": 0},
                "retention": {"gradient_minutes": 25}}
    (folder / "sim.json").write_text(json.dumps(settings))
    run(arguments.overland, "simulate", "--config", folder / "sim.json", "--out", folder / "sim")


if __name__ == "__main__":
    main()
