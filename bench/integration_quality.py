#!/usr/bin/env python3
"""How true are the quantities? Searches simulated replicates with several settings of the integration.

  bench/integration_quality.py OUT [--data DIR] [--overland PROGRAM] [--settings NAME,...]

DIR: a folder of `overland simulate -c bench/simulate/species3.json` (made in OUT where it is not given). All settings
share one results folder, so that only the integration is done anew. Needs pandas and pyarrow.

Columns: precursors (with a quantity in all six runs); CV %: SD of ln(area / true area) of a precursor over the runs,
median over the precursors; within 20 %: share of such deviations; bias of the deciles of true area: median
ln(area / true area) less the median of all; ratio error: median |log2 (B/A) - log2 of the truth|; z: deviations over
their Quantity.SD: SD (robust), and shares beyond 1 and 2.
"""
import argparse
import pathlib
import subprocess
import sys

import numpy as np
import pandas as pd

HERE = pathlib.Path(__file__).resolve().parent
SETTINGS = {
    "default": [],
    "own limits": ["integrate.consensus_limits=false"],
    "line below": ["integrate.baseline=line"],
    "no smoothing": ["integrate.smoothing=0"],
    "lambda x 0.1": ["integrate.smoothing=0.0002"],
    "lambda x 10": ["integrate.smoothing=0.02"],
    "third differences": ["integrate.differences=3", "integrate.smoothing=0.0001"],
    "third differences, lambda x 0.1": ["integrate.differences=3", "integrate.smoothing=0.00001"],
    "third differences, lambda x 10": ["integrate.differences=3", "integrate.smoothing=0.001"],
    "competitors q 0.01": ["integrate.competitor_q_value=0.01"],
    "competitors q 0.05": ["integrate.competitor_q_value=0.05"],
    "competitors q 0.2": ["integrate.competitor_q_value=0.2"],
    "edge 5 %": ["integrate.edge_fraction=0.05"],
    "edge 0.5 %": ["integrate.edge_fraction=0.005"],
}


def joined(results, truth):
    report = pd.read_parquet(results / "report.parquet")
    report = report[(report["Decoy"] == 0) & report["Precursor.Quantity"].notna()]
    rows = report.merge(truth, on=["Run", "Precursor.Id"], suffixes=("", ".true"))
    rows = rows[(rows["Present"] == 1) & (rows["Sibling.Present"] == 0) & (rows["Fragment.Area"] > 0)].copy()
    rows["ln"] = np.log(rows["Precursor.Quantity"] / rows["Fragment.Area"])
    rows["ln"] -= rows.groupby("Run")["ln"].transform("median")
    return rows


def judge(results, truth):
    rows = joined(results, truth)
    runs = rows["Run"].nunique()
    full = rows[rows.groupby("Precursor.Id")["Run"].transform("count") == runs].copy()
    full["deviation"] = full["ln"] - full.groupby("Precursor.Id")["ln"].transform("mean")
    correction = np.sqrt(runs / (runs - 1))
    spread = full.groupby("Precursor.Id")["ln"].std()
    decile = pd.qcut(full["Fragment.Area"], 10, labels=False)
    bias = full.groupby(decile)["ln"].median()
    cv = full.groupby(decile)["deviation"].apply(lambda d: correction * 1.4826 * d.abs().median())
    wide = full.pivot_table(index="Precursor.Id", columns="Condition", values=["Precursor.Quantity", "Fragment.Area"])
    ratio = np.log2(wide["Precursor.Quantity"]["B"] / wide["Precursor.Quantity"]["A"])
    true_ratio = np.log2(wide["Fragment.Area"]["B"] / wide["Fragment.Area"]["A"])
    error = ratio - true_ratio
    error -= error.median()
    row = {"precursors": full["Precursor.Id"].nunique(), "rows": len(rows), "CV %": 100 * spread.median(),
           "mean CV %": 100 * spread.mean(),
           "within 20 %": float((full["deviation"].abs() * correction < 0.2).mean()),
           "ratio error": error.abs().median(), "95th ratio error": error.abs().quantile(0.95),
           "bias 1st decile": bias.iloc[0], "bias last": bias.iloc[-1]}
    if "Quantity.SD" in full:
        z = correction * full["deviation"] * full["Precursor.Quantity"] / full["Quantity.SD"]
        row.update({"z SD": 1.4826 * z.abs().median(), "|z| > 1": float((z.abs() > 1).mean()),
                    "|z| > 2": float((z.abs() > 2).mean()), "|z| > 3": float((z.abs() > 3).mean())})
        by = full.assign(z=z.abs()).groupby(decile)["z"].agg(
            **{"|z|<0.674": lambda v: (v < 0.674).mean(), "|z|<1": lambda v: (v < 1).mean(),
               "|z|<2": lambda v: (v < 2).mean()})
        by["CV %"] = 100 * cv
        by["bias"] = bias
    else:
        by = pd.DataFrame({"CV %": 100 * cv, "bias": bias})
    return row, by


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--data", type=pathlib.Path)
    parser.add_argument("--overland", default=HERE.parent / "build/release/bin/overland")
    parser.add_argument("--settings", type=lambda s: s.split(","), default=list(SETTINGS))
    parser.add_argument("--seed", default="1")
    options = parser.parse_args()
    data = options.data or options.out / "data"
    if not (data / "truth.parquet").exists():
        subprocess.run([options.overland, "simulate", "-c", HERE / "simulate/species3.json", "--set",
                        f"seed={options.seed}", "-o", data, "--quiet"], check=True)
    truth = pd.read_parquet(data / "truth.parquet")
    rows = []
    for name in options.settings:
        assignments = [part for s in SETTINGS[name] for part in ("--set", s)]
        done = subprocess.run([options.overland, "search", "-l", data / "library.tsv.gz", "-o", options.out / "results",
                               "--quiet", *assignments, *sorted(data.glob("*.arrow"))], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(done.stderr)
        row, by_decile = judge(options.out / "results", truth)
        rows.append({"settings": name, **row})
        if name == options.settings[0]:
            print(by_decile.round(3).to_string(), "\n")
    pd.set_option("display.width", 300, "display.max_columns", 40)
    print(pd.DataFrame(rows).round(4).to_string(index=False))


if __name__ == "__main__":
    main()
