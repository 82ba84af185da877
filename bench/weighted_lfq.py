#!/usr/bin/env python3
"""Does Quantity.SD help? Protein profiles by each method against the truth of simulated three-species mixes.

  bench/weighted_lfq.py OUT [--seeds 1 2] [--overland BIN]    folders as of bench/three_species.py, made where missing

Truth: of each protein the mean log2 profile of its precursors' true areas over the runs. Proteins of one species with
three reported precursors or more and a value in each run. Profile: root mean square of the difference over the
runs, both centred; ratio: of the conditions' means, against that truth; mix: against the ratio of the mix. "without SD"
is the weighted fit of the table without Quantity.SD. Intervals: 95 %, proteins drawn again.
"""
import argparse
import pathlib
import subprocess

import numpy as np
import pandas as pd

from integration_quality import markdown
from three_species import make, protein_truth

HERE = pathlib.Path(__file__).resolve().parent
METHODS = {"maxlfq": ("maxlfq", True), "aligned": ("aligned", True), "weighted without SD": ("weighted", False), "weighted": ("weighted", True)}


def quantities(options, report, folder, method, with_sd):
    table = folder / "lfq_in.parquet"
    (report if with_sd else report.drop(columns="Quantity.SD")).to_parquet(table)
    subprocess.run([options.overland, "lfq", "--quiet", "--in", table, "--out", folder / "lfq", "--method", method], check=True)
    rows = pd.read_parquet(folder / "lfq/quantities.parquet")
    return rows.pivot_table(index="Protein.Group", columns="Run", values="Log2.Quantity").dropna()


def true_profiles(truth, runs):
    rows = truth[(truth["Present"] == 1) & (truth["Fragment.Area"] > 0) & ~truth["Protein.Ids"].str.contains(";")].copy()
    rows["log"] = np.log2(rows["Fragment.Area"])
    of = rows.groupby("Precursor.Id")["log"]
    rows = rows[of.transform("count") == len(runs)]
    rows["log"] -= of.transform("mean")
    return rows.pivot_table(index="Protein.Ids", columns="Run", values="log")[runs]


def errors(measured, profiles, mix):
    """One row per protein; medians over all proteins are taken off, for a factor per run is normalisation."""
    runs = list(profiles.columns)
    a, b = [[run for run in runs if f"_{c}_" in run] for c in "AB"]
    x = measured[runs].loc[measured.index.isin(profiles.index) & measured.index.isin(mix.index)]
    truth = profiles.loc[x.index]
    profile = x.sub(x.mean(axis=1), axis=0) - truth.sub(truth.mean(axis=1), axis=0)
    profile -= profile.median()
    ratio = x[b].mean(axis=1) - x[a].mean(axis=1)
    of_truth = ratio - (truth[b].mean(axis=1) - truth[a].mean(axis=1))
    of_mix = ratio - mix.loc[x.index, "ratio"]
    return pd.DataFrame({"profile": np.sqrt((profile**2).mean(axis=1)), "ratio": (of_truth - of_truth.median()).abs(),
                         "mix": (of_mix - of_mix[mix.loc[x.index, "species"] == "HUMAN"].median()).abs(),
                         "SD of repeats": (x[a].std(axis=1) + x[b].std(axis=1)) / 2})


def judge(options, seed):
    data = make(options, seed)
    truth, report = pd.read_parquet(data / "truth.parquet"), pd.read_parquet(data / "results/report.parquet")
    report = report[["Run", "Protein.Group", "Precursor.Id", "Precursor.Normalised", "Precursor.Quantity", "Quantity.SD", "Q.Value", "Decoy"]]
    precursors = report.groupby("Protein.Group")["Precursor.Id"].nunique()
    profiles, mix = true_profiles(truth, sorted(report["Run"].unique())), protein_truth(truth)
    out = []
    for name, (method, with_sd) in METHODS.items():
        rows = errors(quantities(options, report, data, method, with_sd), profiles, mix)
        rows = rows[precursors.reindex(rows.index) >= 3]
        out.append(rows.assign(method=name, precursors=precursors.reindex(rows.index), seed=seed))
    return pd.concat(out).reset_index(names="protein")


def change(rows, method, column):
    """Of the mean error against maxlfq, in %, with its interval."""
    wide = rows.pivot(index=["seed", "protein"], columns="method", values=column).dropna()
    difference, base = (wide[method] - wide["maxlfq"]).values, wide["maxlfq"].values
    rng = np.random.default_rng(1)
    drawn = [rng.integers(0, len(base), len(base)) for _ in range(4000)]
    low, high = np.quantile([difference[k].sum() / base[k].sum() for k in drawn], [0.025, 0.975])
    return f"{100 * difference.sum() / base.sum():+.1f} ({100 * low:+.1f} to {100 * high:+.1f})"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--seeds", nargs="+", type=int, default=[1])
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("--overland", type=pathlib.Path, default=HERE.parent / "build/release/bin/overland")
    options = parser.parse_args()
    options.overland = options.overland.resolve()
    rows = pd.concat([judge(options, seed) for seed in options.seeds])
    table = []
    for name in METHODS:
        own = rows[rows["method"] == name]
        line = {"method": name, "proteins": len(own)}
        for column in ("profile", "ratio", "mix", "SD of repeats"):
            line[column] = own[column].mean()
            line[f"{column}: % of maxlfq's"] = change(rows, name, column) if name != "maxlfq" else ""
        table.append(line)
    markdown(pd.DataFrame(table))
    rows["of precursors"] = pd.cut(rows["precursors"], [2, 4, 8, 16, 1000], labels=["3-4", "5-8", "9-16", "17 and more"])
    mean = rows.groupby(["of precursors", "method"], observed=True)["profile"].mean().unstack()[list(METHODS)]
    markdown(mean.reset_index().astype({"of precursors": str}))


if __name__ == "__main__":
    main()
