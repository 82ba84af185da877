#!/usr/bin/env python3
"""Compares a results folder with the simulator's truth table.

  bench/evaluate.py RESULTS TRUTH.parquet

Per run: reported precursors, true false-discovery proportion (absent precursors over all reported, with
those whose sibling is in the sample counted apart), recall of detectable precursors, Spearman of area to truth.
"""
import sys

import pandas as pd


def evaluate(results, truth_file):
    report = pd.read_parquet(f"{results}/report.parquet")
    report = report[report["Decoy"] == 0]
    truth = pd.read_parquet(truth_file)
    rows = []
    for run, part in truth.groupby("Run"):
        mine = report[report["Run"] == run].merge(part, on="Precursor.Id", how="left", suffixes=("", ".true"))
        absent = mine["Present"] == 0
        sibling = absent & (mine["Sibling.Present"] == 1)
        others = mine[~sibling]
        right = mine[~absent]
        wrong_time = (right["RT"] - right["RT.true"]).abs() > 2 * right["FWHM.true"].clip(lower=0.05)
        detectable = part[part["Detectable"] == 1]
        measured = right.dropna(subset=["Precursor.Quantity"])
        rows.append({
            "run": run,
            "reported": len(mine),
            "right": len(right),
            "false": int((absent & ~sibling).sum()),
            "siblings": int(sibling.sum()),
            "fdp_percent": 100 * float((absent & ~sibling).sum()) / max(len(others), 1),
            "fdp_with_siblings_percent": 100 * float(absent.sum()) / max(len(mine), 1),
            "wrong_time_percent": 100 * float(wrong_time.mean()),
            "detectable": len(detectable),
            "recall": float(detectable["Precursor.Id"].isin(set(mine["Precursor.Id"])).mean()),
            "without_quantity": int(mine["Precursor.Quantity"].isna().sum()),
            "spearman_area": float(measured["Precursor.Quantity"].corr(measured["Fragment.Area"], method="spearman")),
        })
    return pd.DataFrame(rows)


if __name__ == "__main__":
    pd.set_option("display.width", 250, "display.max_columns", 20)
    print(evaluate(sys.argv[1], sys.argv[2]).round(4).to_string(index=False))
