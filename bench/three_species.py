#!/usr/bin/env python3
"""Three species mixed in known ratios: how far are quantities and ratios off, by species and depth?

  bench/three_species.py OUT [--seeds 1 2] [--overland BIN]          simulates (2 conditions x 3), searches and prints

epsilon: log2 of the ratio of the conditions' mean quantities, less the true log2 ratio of the mix, less the median of
the species that does not change. CV: of the quantities within a condition, mean of both. Depth: tenths of each table's
own mean quantity, 1 the faintest. Precursors with two quantities or more in each condition; those of
several species, and those that the mix does not hold, are left out and counted. Other programs: bench/peer_quantities.py.
"""
import argparse
import pathlib
import subprocess

import numpy as np
import pandas as pd

from integration_quality import SHORT, assigned, markdown

HERE = pathlib.Path(__file__).resolve().parent


def of_report(file):
    table = pd.read_parquet(file)
    table = table[(table["Decoy"] == 0) & (table["Q.Value"] <= 0.01)]
    return table.rename(columns={"Precursor.Normalised": "quantity"})[["Run", "Precursor.Id", "quantity"]]


def of_groups(results):
    table = pd.read_parquet(results / "protein_groups.parquet")
    return pd.DataFrame({"Run": table["Run"], "Precursor.Id": table["Protein.Group"], "quantity": table["PG.MaxLFQ"]})


def precursor_truth(truth):
    known = truth[(truth["Present"] == 1) | (truth["Sibling.Present"] == 1)]
    last = known[known["Condition"] == "B"].drop_duplicates("Precursor.Id")
    return pd.DataFrame({"species": last["Species"].values, "ratio": np.log2(last["Expected.Ratio"].values)}, index=last["Precursor.Id"])


def protein_truth(truth):
    """Of groups whose members are of one species."""
    pure = truth[(truth["Condition"] == "B") & ~truth["Species"].str.contains(";")]
    ratio = pure.groupby("Species")["Expected.Ratio"].median()
    names = pure["Protein.Ids"].str.split(";").explode()
    species = pure.loc[names.index, "Species"].values
    each = pd.DataFrame({"species": species}, index=names.values)
    each = each[~each.index.duplicated()]
    each["ratio"] = np.log2(each["species"].map(ratio))
    return each


def judge(table, truth):
    table = table[table["quantity"] > 0]
    wide = table.pivot_table(index="Precursor.Id", columns="Run", values="quantity", aggfunc="max")
    parts = [wide[[run for run in wide if f"_{c}_" in run]] for c in "AB"]
    full = (parts[0].count(axis=1) >= 2) & (parts[1].count(axis=1) >= 2)
    means = [part[full].mean(axis=1) for part in parts]
    rows = pd.DataFrame({"measured": np.log2(means[1] / means[0]), "mean": wide[full].mean(axis=1),
                         "cv": sum(part[full].std(axis=1) / m for part, m in zip(parts, means)) / 2})
    members = rows.index.to_series().str.split(";")
    rows["species"] = members.map(lambda ids: _one({truth["species"].get(i) for i in ids}) if len(ids) > 1 else truth["species"].get(ids[0]))
    rows["expected"] = members.map(lambda ids: truth["ratio"].get(ids[0]))
    left_out = int((rows["species"].isna() | rows["species"].str.contains(";", na=False)).sum())
    rows = rows[rows["species"].notna() & ~rows["species"].str.contains(";", na=False)].copy()
    rows["epsilon"] = rows["measured"] - rows["expected"].astype(float)
    rows["epsilon"] -= rows.loc[rows["species"] == "HUMAN", "epsilon"].median()
    rows["tenth"] = pd.qcut(rows["mean"].rank(method="first"), 10, labels=False) + 1
    return rows, left_out


def _one(names):
    return names.pop() if len(names) == 1 else None


def by_depth(rows, tenths):
    out = []
    for name, low, high in tenths:
        part = rows[rows["tenth"].between(low, high)]
        line = {"tenths": name}
        for species, own in part.groupby("species"):
            line[f"{species} n"] = len(own)
            line[f"{species} size of epsilon"] = own["epsilon"].abs().median()
            line[f"{species} epsilon"] = own["epsilon"].median()
            line[f"{species} CV %"] = 100 * own["cv"].median()
        out.append(line)
    return pd.DataFrame(out)


def make(options, seed):
    data = options.out / f"seed{seed}"
    if not (data / "truth.parquet").exists():
        size = [] if options.whole else SHORT
        subprocess.run([options.overland, "simulate", "-c", HERE / "simulate/species3.json", *assigned(size + [f"seed={seed}"]), "-o", data,
                        "--threads", "2", "--quiet"], check=True)
    if not (data / "results/manifest.json").exists():
        subprocess.run([options.overland, "search", "-l", data / "library.tsv.gz", "-o", data / "results", "--quiet", "--threads", "2", "--set",
                        "report.html=false", "--set", "report.xic=false", *sorted(data.glob("*.arrow"))], check=True)
    return data


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--seeds", nargs="+", type=int, default=[1])
    parser.add_argument("--whole", action="store_true", help="runs of 25 minutes, 42,000 precursors; default: 13 minutes, 21,000")
    parser.add_argument("--overland", type=pathlib.Path, default=HERE.parent / "build/release/bin/overland")
    options = parser.parse_args()
    options.overland = options.overland.resolve()
    tables = {"precursors": [], "protein groups": []}
    for seed in options.seeds:
        data = make(options, seed)
        truth = pd.read_parquet(data / "truth.parquet")
        tables["precursors"].append(judge(of_report(data / "results/report.parquet"), precursor_truth(truth)))
        tables["protein groups"].append(judge(of_groups(data / "results"), protein_truth(truth)))
    depths = [(str(t), t, t) for t in range(1, 11)] + [("all", 1, 10)]
    for name, judged in tables.items():
        print(f"### {name}; {sum(left for _, left in judged)} of other or several species left out\n")
        markdown(by_depth(pd.concat([rows for rows, _ in judged]), depths if name != "protein groups" else [("1-3", 1, 3), ("4-7", 4, 7), ("8-10", 8, 10), ("all", 1, 10)]))


if __name__ == "__main__":
    main()
