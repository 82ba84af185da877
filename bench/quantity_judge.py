"""How true are quantities of three species mixed in known ratios? The same code for every program.

A table has a row per run and item (precursor or protein group): Run, Id, quantity; precursors also q and score.
Quantities up to zero go, those of one item and run are summed, and runs are levelled: the median of log2 of quantity over
the item's mean, over the items that are in every run, is taken off (some programs normalise, one does not).

log2FC: mean log2 of A less that of B. epsilon: log2FC less the true log2 ratio of the mix, less the humans' median of it ("offset").
CV: standard deviation over mean within a condition, mean of A and B. Error: log2FC less that of the simulated areas of the very same
cells, humans' median off, which leaves out that the drawn amounts themselves vary. Scatter: standard deviation over the
runs of log(quantity / simulated area).
Ids of several species, and those that the mix does not hold, are left out and counted. Depth by the simulated mean area of the
runs, which is the same for every program.
"""
import re

import numpy as np
import pandas as pd

from peers import unimod
from three_species import protein_truth

CONDITIONS = "AB"


def condition(run):
    return run.split("_")[-2]


def of_overland(folder):
    table = pd.read_parquet(folder / "report.parquet")
    table = table[table["Decoy"] == 0]
    precursors = pd.DataFrame({"Run": table["Run"], "Id": table["Precursor.Id"], "quantity": table["Precursor.Normalised"], "q": table["Q.Value"],
                               "score": table["Score"]})
    groups = pd.read_parquet(folder / "protein_groups.parquet")
    groups = groups[groups["Global.PG.Q.Value"] <= 0.01]
    return precursors, pd.DataFrame({"Run": groups["Run"], "Id": groups["Protein.Group"], "quantity": groups["PG.MaxLFQ"]})


def of_alphadia(folder):
    table = pd.read_parquet(folder / "precursors.parquet")
    table = table[(table["precursor.decoy"] == 0) & (table["precursor.qval"] <= 0.01)]
    columns = ("sequence", "mods", "mod_sites", "charge")
    ids = [unimod(s, m, i) + str(int(z)) for s, m, i, z in zip(*(table["precursor." + name] for name in columns))]
    precursors = pd.DataFrame({"Run": table["raw.name"].values, "Id": ids, "quantity": table["precursor.intensity"].values,
                               "q": table["precursor.qval"].values, "score": 1 - table["precursor.proba"].values})
    groups = table[table["pg.qval"] <= 0.01].drop_duplicates(["raw.name", "pg.name"])
    return precursors, pd.DataFrame({"Run": groups["raw.name"], "Id": groups["pg.name"], "quantity": groups["pg.intensity"]})


def of_openswath(folder):
    table = pd.read_csv(folder / "result.tsv", sep="\t")
    table = table[(table["decoy"] == 0) & (table["m_score"] <= 0.01) & (table["peak_group_rank"] == 1)]
    ids = table["FullPeptideName"].str.replace(r"^\.", "", regex=True) + table["Charge"].astype(str)
    precursors = pd.DataFrame({"Run": table["filename"].map(run_name), "Id": ids, "quantity": table["Intensity"], "q": table["m_score"],
                               "score": table["d_score"]})
    groups = pd.read_csv(folder / "proteins.tsv", sep="\t", index_col=0)
    groups = groups.melt(ignore_index=False, var_name="Run", value_name="quantity").dropna().rename_axis("Id").reset_index()
    return precursors, groups.assign(Run=groups["Run"].map(run_name))


def run_name(file):
    return re.split(r"[/\\]", file)[-1].split(".")[0]


def levelled(table):
    """log2 of quantities, items x runs."""
    table = table[table["quantity"] > 0]
    wide = np.log2(table.pivot_table(index="Id", columns="Run", values="quantity", aggfunc="sum"))
    full = wide.dropna()
    return wide - full.sub(full.mean(axis=1), axis=0).median()


def precursor_known(truth):
    """Species, log2 of A over B and simulated areas (log2, items x runs) of the precursors that the mix holds."""
    known = truth[(truth["Present"] == 1) & ~truth["Species"].str.contains(";")]
    first = known[known["Condition"] == "B"].drop_duplicates("Precursor.Id").set_index("Precursor.Id")
    facts = pd.DataFrame({"species": first["Species"], "expected": -np.log2(first["Expected.Ratio"].astype(float))})
    return facts, np.log2(known.pivot(index="Precursor.Id", columns="Run", values="Precursor.Area").astype(float))


def group_known(truth, ids):
    """Groups whose members are of one species; their area: sum over the precursors of the members."""
    each = protein_truth(truth)
    members = pd.Series(ids, index=ids).str.split(";").explode()
    species = members.map(each["species"]).groupby(level=0).agg(lambda names: names.iloc[0] if names.nunique(dropna=False) == 1 else None)
    species = species.dropna()
    ratio = -each.groupby("species")["ratio"].first()
    present = truth[(truth["Present"] == 1) & (truth["Sibling.Present"] == 0)]
    areas = present.groupby([present["Protein.Ids"].str.split(";").str[0], "Run"])["Precursor.Area"].sum().unstack()
    lead = species.index.to_series().str.split(";").str[0]
    areas = areas.reindex(lead).set_axis(species.index)
    return pd.DataFrame({"species": species, "expected": species.map(ratio)}), np.log2(areas.where(areas > 0).astype(float))


def judge(wide, known, least=3):
    """A row per item found in `least` runs or more, in both conditions."""
    facts, areas = known
    wide = wide[wide.notna().sum(axis=1) >= least]
    parts = {c: [run for run in wide if condition(run) == c] for c in CONDITIONS}
    mean = {c: wide[runs].mean(axis=1) for c, runs in parts.items()}
    rows = pd.DataFrame({"runs": wide.notna().sum(axis=1), "log2FC": mean["A"] - mean["B"]}).join(facts, how="inner")
    linear = np.exp2(wide.loc[rows.index])
    cv = [linear[runs].std(axis=1) / linear[runs].mean(axis=1) for runs in parts.values()]
    rows["cv"] = pd.concat(cv, axis=1).mean(axis=1)
    true = areas.reindex(index=rows.index, columns=wide.columns)
    drawn = true.where(wide.loc[rows.index].notna())
    rows["area"] = true.mean(axis=1)
    rows["error"] = rows["log2FC"] - (drawn[parts["A"]].mean(axis=1) - drawn[parts["B"]].mean(axis=1))
    off = wide.loc[rows.index] - drawn
    rows["scatter"] = np.log(2) * (off - off.median()).std(axis=1)
    rows["epsilon"] = rows["log2FC"] - rows["expected"]
    for name in ("epsilon", "error"):
        rows[name] -= rows.loc[rows["species"] == "HUMAN", name].median()
    return rows


def summary(rows):
    """One line; rows found in one condition only count in n, not in epsilon."""
    line = {"n": len(rows)}
    of_species = []
    for species in ("HUMAN", "YEAST", "ECOLI"):
        own = rows[rows["species"] == species]
        of_species.append(own["epsilon"].abs().median())
        line |= {f"{species} n": int(own["epsilon"].notna().sum()), f"{species} size": of_species[-1], f"{species} bias": own["epsilon"].median(),
                 f"{species} CV %": 100 * own["cv"].median()}
    return line | {"mean of species": np.mean(of_species), "size": rows["epsilon"].abs().median(), "CV %": 100 * rows["cv"].median(),
                   "CV .9": 100 * rows["cv"].quantile(0.9), "error": rows["error"].abs().median(), "scatter %": 100 * rows["scatter"].median()}


def ranked(table):
    """Ids, the surest first: by the best run's q-value, then score."""
    best = table.sort_values(["q", "score"], ascending=[True, False]).drop_duplicates("Id")
    return list(best["Id"])
