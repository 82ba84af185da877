#!/usr/bin/env python3
"""Quantities of Overland, AlphaDIA and OpenSWATH with PyProphet on three species mixed in known ratios, at equal depth.

  bench/peer_quantities.py OUT [--seed 74] [--overland BIN] [--alphadia BIN] [--pyprophet BIN] [--only NAME ...] [--plot FILE]

Simulates 2 conditions x 3 runs (mzML, bench/three_species.py's size), runs each program on all six with the same library
where its results are not there yet, and prints Markdown tables (bench/quantity_judge.py says what they hold). Programs, pins
and settings are those of bench/peers.py; AlphaDIA also with its second, match-between-runs search. The three see the
same files; OpenSWATH gets its retention-time anchors from the truth. A program that is not installed is left out with a word.
"""
import argparse
import json
import pathlib
import shutil
import subprocess
import sys

import numpy as np
import pandas as pd

import peers
import quantity_judge as judging
import quantity_plot
from integration_quality import SHORT, assigned, markdown

HERE = pathlib.Path(__file__).resolve().parent
# MBR only pays with several runs; the rest of the output section is AlphaDIA's own default for a cohort.
COHORT = peers.ALPHADIA.replace(", min_nonnan: 1", "").replace("use_gpu: false", "use_gpu: false, mbr_step_enabled: true")


def simulate(options):
    data = options.out / f"data_{options.seed}"
    if not (data / "truth.parquet").exists():
        size = assigned([*SHORT, f"seed={options.seed}", "formats=mzml"])
        subprocess.run([options.overland, "simulate", "-c", HERE / "simulate/species3.json", *size, "-o", data, "--threads", peers.THREADS, "--quiet"],
                       check=True)
    return data


def overland(options, data, out, meter, more=()):
    meter.run([options.overland, "search", "-l", data / "library.tsv.gz", "-o", out, "--threads", peers.THREADS, *more, *sorted(data.glob("*.mzML"))],
              out, "overland")


def matched(options, data, out, meter):
    overland(options, data, out, meter, ["--mbr"])


def alphadia(options, data, out, meter):
    peers.run_alphadia(options, data, out, meter, COHORT)


def openswath(options, data, out, meter):
    """Scored together; q-values per run and, of peptides and proteins, over all. No alignment of features: OpenMS 2.6 has none."""
    peers.prepare_openswath(options, data, out, meter)
    files = sorted(data.glob("*.mzML"))
    for file in files:
        peers.extract_openswath(file, out, meter)
    meter.run([options.pyprophet, "merge", "osw", "--out", "all.osw", "--template", "lib.pqp", *(f"{file.stem}.osw" for file in files)], out, "merge")
    peers.score_openswath(options, "all.osw", out, meter)
    for level in ("peptide", "protein"):
        meter.run([options.pyprophet, "infer", level, "--in", "all.osw", "--context", "global"], out, level)
    meter.run([options.pyprophet, "export", "tsv", "--in", "all.osw", "--out", "result.tsv", "--format", "legacy_merged",
               "--max_rs_peakgroup_qvalue", 0.01, "--ipf", "disable", "--no-transition_quantification"], out, "export")
    meter.run([options.pyprophet, "export", "matrix", "--in", "all.osw", "--out", "proteins.tsv", "--level", "protein", "--ipf", "disable",
               "--max_rs_peakgroup_qvalue", 0.01, "--normalization", "median"], out, "proteins")


def run_all(options, data):
    """Tables and meters of what is there or can be run. AlphaDIA's two searches are one run, metered together."""
    used = {}
    for name, (program, needed, read, folder) in PROGRAMS.items():
        missing = [str(getattr(options, p, p)) for p in needed if shutil.which(str(getattr(options, p, p))) is None]
        out = options.out / f"{folder}_{options.seed}"
        if not (out / "meter.json").exists():
            if missing or name not in options.only:
                print(f"{name} left out{': not installed: ' + ', '.join(missing) if missing else ''}", file=sys.stderr)
                continue
            shutil.rmtree(out, ignore_errors=True)
            out.mkdir(parents=True)
            meter = peers.Meter()
            program(options, data, out, meter)
            (out / "meter.json").write_text(json.dumps(vars(meter)), encoding="utf-8")
        used[name] = (*read(out), json.loads((out / "meter.json").read_text(encoding="utf-8")))
    return used


def absent_groups(groups, truth):
    """Groups of whose proteins none has a precursor in the mix."""
    there = {name for names in truth.loc[truth["Present"] == 1, "Protein.Ids"].unique() for name in names.split(";")}
    return sum(there.isdisjoint(names.split(";")) for names in groups)


def counts(used, truth):
    """What each program reports, and how much of it is not in the mix."""
    lines = []
    facts = truth.drop_duplicates("Precursor.Id").set_index("Precursor.Id")
    for name, (precursors, groups, meter) in used.items():
        wide, proteins = judging.levelled(precursors), judging.levelled(groups)
        own = facts.reindex(wide.index)
        absent, sibling = own["Present"] == 0, own["Sibling.Present"] == 1
        found = wide.notna().sum(axis=1)
        lines.append({"program": name, "precursors": len(wide), "absent %": 100 * absent.mean(), "without siblings %":
                      100 * (absent & ~sibling).sum() / (~(absent & sibling)).sum(), "in 3 of 6": int((found >= 3).sum()),
                      "in 6 of 6": int((found == 6).sum()), "of cells missing %": 100 * (1 - found.sum() / (6 * len(wide))),
                      "protein groups": len(proteins), "absent groups": absent_groups(proteins.index, truth), "groups in 3 of 6": int((proteins.notna().sum(axis=1) >= 3).sum()),
                      "CPU s": meter["cpu"], "peak MB": meter["memory"]})
    return pd.DataFrame(lines)


def complete(used, runs):
    """Programs that have quantities in every run; AlphaDIA's second search may calibrate on some runs only."""
    for name in [n for n, (precursors, *_) in used.items() if precursors["Run"].nunique() < runs]:
        print(f"{name} is not compared: runs without any precursor", file=sys.stderr)
        used = {n: tables for n, tables in used.items() if n != name}
    return used


def same_cells(wide):
    """Of each program the quantities that every program has, item by item and run by run."""
    common = sorted(set.intersection(*(set(table.index) for table in wide.values())))
    runs = next(iter(wide.values())).columns
    wide = {name: table.loc[common, runs] for name, table in wide.items()}
    everywhere = np.logical_and.reduce([table.notna().values for table in wide.values()])
    return {name: table.where(everywhere) for name, table in wide.items()}


def depths(used, known):
    """Each program's own; as many of each program, its surest; the cells that every program has, also by simulated area."""
    wide = {name: judging.levelled(precursors) for name, (precursors, *_) in used.items()}
    own = {name: judging.judge(table, known) for name, table in wide.items()}
    order = {name: [i for i in judging.ranked(precursors) if i in own[name].index] for name, (precursors, *_) in used.items()}
    least = min(map(len, own.values()))
    out = {"all of its own": own}
    for count in (least, least // 2):
        out[f"its {count:,} surest"] = {name: judging.judge(wide[name].loc[ids[:count]], known) for name, ids in order.items()}
    out["same cells"] = {name: judging.judge(table, known) for name, table in same_cells(wide).items()}
    for part, label in enumerate(("faint", "middle", "bright")):
        out[f"same cells, {label} third"] = {name: rows[pd.qcut(rows["area"], 3, labels=False) == part] for name, rows in out["same cells"].items()}
    return out


def group_depths(used, truth):
    wide = {name: judging.levelled(groups) for name, (_, groups, _) in used.items()}
    judge = {name: judging.judge(table, judging.group_known(truth, table.index)) for name, table in wide.items()}
    shared = {name: judging.judge(table, judging.group_known(truth, table.index)) for name, table in same_cells(wide).items()}
    return {"all of its own": judge, "same cells": shared}


def print_depths(title, table):
    print(f"### {title}\n")
    markdown(pd.DataFrame([{"compared": depth, "program": name, **judging.summary(rows)} for depth, by_name in table.items()
                           for name, rows in by_name.items()]))


def first_search(folder):
    return judging.of_alphadia(folder / "library")


PROGRAMS = {"overland": (overland, ["overland"], judging.of_overland, "overland"),
            "overland mbr": (matched, ["overland"], judging.of_overland, "overland_mbr"),
            "alphadia": (alphadia, ["alphadia"], first_search, "alphadia"),
            "alphadia mbr": (alphadia, ["alphadia"], judging.of_alphadia, "alphadia"),
            "openswath": (openswath, ["OpenSwathWorkflow", "pyprophet"], judging.of_openswath, "openswath")}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=74)
    parser.add_argument("--overland", type=pathlib.Path, default=HERE.parent / "build/release/bin/overland")
    parser.add_argument("--alphadia", default="alphadia")
    parser.add_argument("--pyprophet", default="pyprophet")
    parser.add_argument("--only", nargs="+", choices=list(PROGRAMS), default=list(PROGRAMS))
    parser.add_argument("--plot", type=pathlib.Path, help="SVG of epsilon, error and CV by depth")
    options = parser.parse_args()
    options.out, options.overland = options.out.resolve(), options.overland.resolve()
    data = simulate(options)
    used = run_all(options, data)
    truth = pd.read_parquet(data / "truth.parquet")
    print("### What is reported\n")
    markdown(counts(used, truth))
    used = complete(used, truth["Run"].nunique())
    compared = depths(used, judging.precursor_known(truth))
    print_depths("Precursors in 3 of 6 runs or more", compared)
    print_depths("Protein groups in 3 of 6 runs or more", group_depths(used, truth))
    if options.plot:
        quantity_plot.draw(next(iter(compared.values())), options.plot)


if __name__ == "__main__":
    main()
