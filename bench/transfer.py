#!/usr/bin/env python3
"""False transfers between runs, on simulated runs of which half lack a species.

  bench/transfer.py OUT [--config bench/simulate/knockout.json] [--seeds 1,2] [--overland build/release/bin/overland]
                    [--species YEAST] [--without H] [--set KEY=VALUE ...]

For each seed: simulates (where missing), searches all runs together with and without match between runs, and the runs
of condition `--without` alone. False transfers: identifications of `--species` in the runs that lack it which the search of
these runs alone does not have, over all identifications there (spec of the two-species test), and over the transfers
there. Needs pandas and pyarrow.
"""
import argparse
import pathlib
import shutil
import subprocess

import pandas as pd


def search(options, data, out, runs, *more, work=None):
    if not (out / "report.parquet").exists():
        if work and not out.exists():  # what does not differ is not done again
            shutil.copytree(work / "work", out / "work")
        subprocess.run([options.overland, "search", "-l", data / "library.tsv.gz", "-o", out, "--quiet",
                        "--set", "report.xic=false", "--set", "report.html=false", *more,
                        *[x for s in options.set for x in ("--set", s)], *runs], check=True)
    report = pd.read_parquet(out / "report.parquet")
    return report[report["Decoy"] == 0]


def with_truth(report, truth):
    columns = ["Run", "Precursor.Id", "Present", "Sibling.Present", "RT", "Detectable"]
    merged = report.merge(truth[columns], on=["Run", "Precursor.Id"], how="left", suffixes=("", ".true"))
    merged["absent"] = (merged["Present"] == 0) & (merged["Sibling.Present"] != 1)
    merged["elsewhere"] = (merged["Present"] == 1) & ((merged["RT"] - merged["RT.true"]).abs() > 0.2)
    return merged


def percent(part, whole):
    return round(100 * part / max(whole, 1), 2)


def judge(options, seed):
    data = options.out / f"data_{seed}"
    if not (data / "truth.parquet").exists():
        subprocess.run([options.overland, "simulate", "-c", options.config, "--set", f"seed={seed}", "-o", data,
                        "--quiet"], check=True)
    runs = sorted(data.glob("*.arrow"))
    lacking = [r for r in runs if r.stem.split("_")[-2] == options.without]
    truth = pd.read_parquet(data / "truth.parquet")
    first = options.out / f"plain_{seed}"
    plain = with_truth(search(options, data, first, runs, "--no-mbr"), truth)
    joint = with_truth(search(options, data, options.out / f"mbr_{seed}", runs, "--mbr", work=first), truth)
    alone = search(options, data, options.out / f"alone_{seed}", lacking, "--no-mbr", work=first)
    names = {r.stem for r in lacking}
    there = joint[joint["Run"].isin(names)]
    known = set(zip(alone["Run"], alone["Precursor.Id"]))
    is_new = pd.Series([key not in known for key in zip(there["Run"], there["Precursor.Id"])], index=there.index)
    foreign = there["Protein.Ids"].str.contains(options.species)
    moved = joint[joint["Matched.Between.Runs"] == 1]
    complete = len(runs)
    return {
        "seed": seed,
        "rows": len(plain),
        "rows with": len(joint),
        "transfers": len(moved),
        "absent %": percent(moved["absent"].sum(), len(moved)),
        "another peak %": percent(moved["elsewhere"].sum(), len(moved)),
        "siblings": int(((moved["Present"] == 0) & ~moved["absent"]).sum()),
        "false transfers % of rows": percent((foreign & is_new).sum(), len(there)),
        "of the transfers there": percent((foreign & is_new & (there["Matched.Between.Runs"] == 1)).sum(),
                                          (there["Matched.Between.Runs"] == 1).sum()),
        "FDP %": percent(plain["absent"].sum(), len(plain)),
        "FDP with %": percent(joint["absent"].sum(), len(joint)),
        "in all runs": int((plain.groupby("Precursor.Id").size() == complete).sum()),
        "in all runs with": int((joint.groupby("Precursor.Id").size() == complete).sum()),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    here = pathlib.Path(__file__).resolve().parent
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--config", type=pathlib.Path, default=here / "simulate/knockout.json")
    parser.add_argument("--seeds", type=lambda s: [int(x) for x in s.split(",")], default=[1])
    parser.add_argument("--overland", type=pathlib.Path, default=here.parent / "build/release/bin/overland")
    parser.add_argument("--species", default="YEAST")
    parser.add_argument("--without", default="H")
    parser.add_argument("--set", action="append", default=[])
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    rows = [judge(options, seed) for seed in options.seeds]
    table = pd.DataFrame(rows)
    print("| " + " | ".join(table.columns) + " |\n|" + " --- |" * len(table.columns))
    for row in table.itertuples(index=False):
        print("| " + " | ".join(str(v) for v in row) + " |")


if __name__ == "__main__":
    main()
