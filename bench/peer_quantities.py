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
               "--max_rs_peakgroup_qvalue", 0.01, "--ipf", "disable"], out, "export")
    meter.run([options.pyprophet, "export", "matrix", "--in", "all.osw", "--out", "proteins.tsv", "--level", "protein", "--ipf", "disable",
               "--max_rs_peakgroup_qvalue", 0.01, "--normalization", "median"], out, "proteins")


def run_all(options, data):
    used = {}
    for name, (program, needed, read) in PROGRAMS.items():
        missing = [str(getattr(options, p, p)) for p in needed if shutil.which(str(getattr(options, p, p))) is None]
        out = options.out / f"{name.replace(' ', '_')}_{options.seed}"
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
                      "protein groups": len(proteins), "groups in 3 of 6": int((proteins.notna().sum(axis=1) >= 3).sum()),
                      "CPU s": meter["cpu"], "peak MB": meter["memory"]})
    return pd.DataFrame(lines)


def depths(used, known):
    """Which ids are compared: each program's own, as many of each program (its surest), and those that every program has."""
    wide = {name: judging.levelled(precursors) for name, (precursors, *_) in used.items()}
    all_rows = {name: judging.judge(table, known) for name, table in wide.items()}
    least = min(len(rows) for rows in all_rows.values())
    shared = set.intersection(*(set(rows.index) for rows in all_rows.values()))
    order = {name: [i for i in judging.ranked(precursors) if i in all_rows[name].index] for name, (precursors, *_) in used.items()}
    chosen = {"all of its own": {name: list(rows.index) for name, rows in all_rows.items()}}
    for share in (1, 0.5):
        count = int(share * least)
        chosen[f"its {count:,} surest"] = {name: ids[:count] for name, ids in order.items()}
    common = sorted(shared)
    chosen["in every program"] = {name: common for name in used}
    areas = known[1].loc[common].mean(axis=1)
    for part, label in enumerate(("faint", "middle", "bright")):
        third = list(areas.index[pd.qcut(areas, 3, labels=False) == part])
        chosen[f"in every program, {label} third"] = {name: third for name in used}
    return {depth: {name: judging.judge(wide[name].loc[ids], known) for name, ids in by_name.items()} for depth, by_name in chosen.items()}


def group_depths(used, truth):
    wide = {name: judging.levelled(groups) for name, (_, groups, _) in used.items()}
    rows = {name: judging.judge(table, judging.group_known(truth, table.index)) for name, table in wide.items()}
    shared = sorted(set.intersection(*(set(table.index) for table in rows.values())))
    own = {name: judging.judge(wide[name].loc[shared], judging.group_known(truth, shared)) for name in used}
    return {"all of its own": rows, "in every program": own}


def print_depths(title, table):
    print(f"### {title}\n")
    markdown(pd.DataFrame([{"compared": depth, "program": name, **judging.summary(rows)} for depth, by_name in table.items()
                           for name, rows in by_name.items()]))


PROGRAMS = {"overland": (overland, ["overland"], judging.of_overland), "overland mbr": (matched, ["overland"], judging.of_overland),
            "alphadia": (alphadia, ["alphadia"], judging.of_alphadia),
            "openswath": (openswath, ["OpenSwathWorkflow", "pyprophet"], judging.of_openswath)}


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
    compared = depths(used, judging.precursor_known(truth))
    print_depths("Precursors in 3 of 6 runs or more", compared)
    print_depths("Protein groups in 3 of 6 runs or more", group_depths(used, truth))
    if options.plot:
        quantity_plot.draw(next(iter(compared.values())), options.plot)


if __name__ == "__main__":
    main()
