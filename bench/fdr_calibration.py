#!/usr/bin/env python3
"""Is the stated error rate true? Simulated samples searched from FASTA, with entrapments, under different settings.

  bench/fdr_calibration.py --overland build/release/bin/overland --work DIR [--only base dense] [--odd] [--seed 100] [--plot FILE.svg] [--cost]
                           [--flags=--library-set,decoys.spectra=target]

Proteins are made up. The sample's spectra are predicted at another collision energy and bent (bench/refine.py), so the
library of the search is wrong in intensities; the simulator adds wrong retention times, absent proteins and peptides, and
forms that no library lists. At q <= 0.1, 1 and 5 %, for precursors (Q.Value; of transfers between runs Transfer.Q.Value) and protein groups (PG.Q.Value): the true
false-discovery proportion, once with absent forms whose sibling is in the sample counted as false and once with them left
out, and what the entrapments say. With --cost the settings are searched without entrapments instead, and both searches
compared. Prints Markdown; needs pandas and pyarrow.
"""
import argparse
import json
import math
import pathlib
import random
import shutil
import sys

import pandas as pd
import pyarrow
import pyarrow.ipc

from refine import bend, run

LEVELS = (0.001, 0.01, 0.05)
LOW, HIGH = 500, 560
BASE = {"proteins": 1500, "runs": 1, "bend": True, "nce": 38, "simulate": {}}
SETTINGS = {
    "base": {},
    "dense": {"simulate": {"noise": {"background_density": 30}, "abundance": {"median_area": 3e5}}},
    "weak signals": {"simulate": {"abundance": {"median_area": 1.5e4}}},
    "much noise": {"simulate": {"noise": {"background_density": 20, "electronic_peaks": 60}}},
    "good library": {"bend": False, "nce": 27},
    "poor retention times": {"simulate": {"retention": {"jitter_minutes": 0.3, "outlier_share": 0.1, "outlier_minutes": 2}}},
    "little absent": {"simulate": {"absence": {"protein_share": 0.05, "peptide_share": 0.05}}},
    "most absent": {"simulate": {"absence": {"protein_share": 0.85, "peptide_share": 0.5}}},
    "small library": {"proteins": 250},
    "large library": {"proteins": 5000, "simulate": {"absence": {"protein_share": 0.8}}},
    "windows of 20 Th": {"simulate": {"acquisition": {"width_mz": 20}}},
    "mass error drifts": {"simulate": {"mass_error": {"offset_ppm": 4, "drift_ppm": 3, "mz_ppm": 4}}},
    "four runs": {"runs": 4, "proteins": 700},
    "twelve runs": {"runs": 12, "proteins": 1200},
    "twelve runs, matched": {"runs": 12, "proteins": 1200, "world": "twelve runs", "flags": ["--mbr"]},
}

ODD = {  # instruments and samples unlike any that were looked at; with --odd in place of the others
    "background like peptides": {"simulate": {"noise": {"background_width": 1, "background_density": 20, "background_median_area": 1.5e5}}},
    "many variants": {"simulate": {"variants": {"oxidised_share": 0.8, "deamidated_share": 0.5, "truncated_share": 0.3, "median_ratio": 0.5}}},
    "coarse masses": {"simulate": {"mass_error": {"floor_ppm": 5, "one_ion_ppm": 25}, "detector": {"resolution": 8000}}},
    "broad peaks": {"simulate": {"elution": {"sigma_seconds": 12, "tau_seconds": 8, "sigma_spread": 0.4}}},
    "three points a peak": {"simulate": {"acquisition": {"ms2_seconds": 0.6}}},
    "unsteady spray": {"simulate": {"detector": {"spray_cv": 0.3, "electronic_noise_ions": 3, "limit_spread": 0.5}}},
    "no MS1": {"simulate": {"acquisition": {"has_ms1": False}}},
    "ragged windows": {"simulate": {"acquisition": {"edge_mz": 1.5, "edge_low_shift_mz": 0.4, "edge_high_shift_mz": -0.5}}},
}


def write_fasta(file, proteins, seed):
    rng = random.Random(seed)
    letters, weights = zip(*{"A": 83, "C": 14, "D": 55, "E": 67, "F": 39, "G": 71, "H": 23, "I": 59, "K": 58, "L": 97, "M": 24,
                             "N": 41, "P": 47, "Q": 39, "R": 55, "S": 66, "T": 54, "V": 69, "W": 11, "Y": 29}.items())
    with open(file, "w", encoding="utf-8") as out:
        for i in range(proteins):
            sequence = "M" + "".join(rng.choices(letters, weights, k=rng.randint(150, 600)))
            out.write(f">sp|T{i:05d}|T{i}_TEST Made {i} OS=Test OX=1 GN=gene{i} PE=1 SV=1\n{sequence}\n")


def build_settings(option):
    return [text for value in (f"precursors.min_mz={LOW}", f"precursors.max_mz={HIGH}", "precursors.max_charge=3")
            for text in (option, value)]


def merged(base, more):
    result = dict(base)
    for key, value in more.items():
        result[key] = merged(result[key], value) if isinstance(value, dict) and isinstance(result.get(key), dict) else value
    return result


def make_world(overland, folder, setting, seed):
    folder.mkdir(parents=True, exist_ok=True)
    write_fasta(folder / "made.fasta", setting["proteins"], seed)
    run(overland, "build-library", "--fasta", folder / "made.fasta", "--out", folder / "true.lib", "--decoys", 0, "--overwrite",
        "--set", f"prediction.nce={setting['nce']}", "--set", "fragments.max_count=24", *build_settings("--set"))
    run(overland, "export-library", folder / "true.lib", "--out", folder / "true.parquet", "--overwrite")
    table = pd.read_parquet(folder / "true.parquet")
    (bend(table, seed) if setting["bend"] else table).to_parquet(folder / "bent.parquet")
    settings = merged({"seed": seed, "name": "world", "proteome": {"library_file": str(folder / "bent.parquet")},
                       "cohort": {"replicates": setting["runs"]}, "noise": {"background_density": 7},
                       "acquisition": {"low_mz": LOW, "high_mz": HIGH, "width_mz": 10},
                       "retention": {"gradient_minutes": 15, "last_minute": 14},
                       "library": {"low_mz": LOW, "high_mz": HIGH, "precursor_limit": 0, "unlisted_share": 0}},
                      setting["simulate"])
    (folder / "sim.json").write_text(json.dumps(settings))
    run(overland, "simulate", "--quiet", "--config", folder / "sim.json", "--out", folder / "sim")


def search(overland, folder, name="out", *flags):
    out = folder / name
    shutil.rmtree(out, ignore_errors=True)
    cpu, _ = run(overland, "search", "--fasta", folder / "made.fasta", *build_settings("--library-set"), "--out", out,
                 "--report-q", 0.1, "--set", "report.xic=false", "--set", "report.html=false", "--threads", 2, *flags,
                 *sorted((folder / "sim").glob("*.arrow")))
    return out, cpu


def print_cost(overland, folders):
    """Each setting with and without entrapments, both from scratch."""
    print("| setting | library | precursors at 1 % | true ones | true FDP % | CPU s |\n|---|---|---|---|---|---|")
    for name, folder in folders.items():
        truth = pd.read_parquet(folder / "sim" / "truth.parquet")
        for label, flags in (("with entrapments", []), ("without", ["--no-entrapments"])):
            out, cpu = search(overland, folder, "cost", *flags)
            found = true_precursors(pd.read_parquet(out / "report.parquet"), truth)
            found = found[found["q"] <= 0.01]
            print(f"| {name} | {label} | {len(found)} | {int((~found['false']).sum())} | {100 * found['false'].mean():.2f} | {cpu:.0f} |",
                  flush=True)


def true_precursors(report, truth):
    """Columns Q.Value, false, sibling of the reported precursors that the truth lists."""
    found = report.merge(truth, on=["Run", "Precursor.Id"], suffixes=("", ".true"))
    false = (found["Present"] == 0) & (found["Indistinguishable.true"] == 0)
    q = found["Transfer.Q.Value"].where(found["Matched.Between.Runs"] == 1, found["Q.Value"])
    return pd.DataFrame({"q": q, "false": false, "sibling": false & (found["Sibling.Present"] != 0)})


def true_groups(report, truth):
    """A group is false where the truth says of each of its proteins that it is not in the sample."""
    absent = set()
    for names in truth.loc[truth["Why.Absent"] == "protein absent", "Protein.Ids"].unique():
        absent.update(names.split(";"))
    groups = report.groupby(["Run", "Protein.Group"], as_index=False)["PG.Q.Value"].min()
    false = groups["Protein.Group"].map(lambda names: all(name in absent for name in names.split(";")))
    return pd.DataFrame({"q": groups["PG.Q.Value"], "false": false, "sibling": False})


def rows_of(name, out, truth):
    report = pd.read_parquet(out / "report.parquet")
    audit = pd.read_parquet(out / "audit.parquet")
    rows = []
    for level, table in (("precursor", true_precursors(report, truth)), ("protein group", true_groups(report, truth))):
        for q in LEVELS:
            mine = table[table["q"] <= q]
            said = audit[(audit["Level"] == level) & (audit["Scope"] == "run") & ((audit["Q.Value"] / q - 1).abs() < 1e-9)].iloc[0]
            rows.append({"setting": name, "level": level, "q": q, "accepted": len(mine), "false": int(mine["false"].sum()),
                         "sibling": int(mine["sibling"].sum()), "targets": int(said["Targets"]),
                         "entrapments": int(said["Entrapments"]), "paired": said["Paired"], "combined": said["Combined"],
                         "lower": said["Lower.Bound"], "low": said["Paired.Low"], "high": said["Paired.High"],
                         "verdict": said["Verdict"]})
    return rows


def proportions(row):
    """True proportion in per cent: siblings counted as false, and siblings left out."""
    apart = row["accepted"] - row["sibling"]
    return (100 * row["false"] / max(row["accepted"], 1), 100 * (row["false"] - row["sibling"]) / max(apart, 1))


def read_arrow(file):
    with pyarrow.memory_map(str(file)) as source:
        return pyarrow.ipc.open_file(source).read_all().to_pandas()


def print_exchange(folders):
    """Entrapments that won against their decoys, and decoys that won: half and half, if the q-values are to be right."""
    levels = (0.01, 0.05, 0.2)
    wins = {q: [0, 0] for q in levels}
    for folder in dict.fromkeys(folders.values()):
        library = read_arrow(folder / "out" / "library.lib" / "precursors.arrow")
        for run in sorted((folder / "sim").glob("*.arrow")):
            scores = read_arrow(folder / "out" / "work" / "score" / run.name)
            is_decoy = library["is_decoy"].to_numpy()[scores["precursor"]] == 1
            is_entrapment = library["entrapment"].to_numpy()[scores["precursor"]] > 0
            for q in levels:
                above = (scores["score"] >= scores["score"][~is_decoy & (scores["q_value"] <= q)].min()).to_numpy() & is_entrapment
                wins[q][0] += int((above & ~is_decoy).sum())
                wins[q][1] += int((above & is_decoy).sum())
    print("\nEntrapments : their own decoys at or above the score of q = " +
          ", ".join(f"{100 * q:g} %: {a} : {b}" for q, (a, b) in wins.items()))


def print_table(rows):
    for level in ("precursor", "protein group"):
        print(f"\n| {level}s: setting | accepted at 1 % | true FDP % at 0.1, 1, 5 % | siblings left out | lower bound at 1 % | "
              "paired at 0.1, 1, 5 % | 95 % at 1 % | verdicts |")
        print("|---|---|---|---|---|---|---|---|")
        for name in dict.fromkeys(r["setting"] for r in rows):
            part = [r for r in rows if r["setting"] == name and r["level"] == level]
            shares = [proportions(r) for r in part]
            middle = part[1]
            print(f"| {name} | {middle['accepted']} | " + ", ".join(f"{s[0]:.2f}" for s in shares) + " | " +
                  ", ".join(f"{s[1]:.2f}" for s in shares) + f" | {100 * middle['lower']:.2f} | " +
                  ", ".join(f"{100 * r['paired']:.2f}" for r in part) +
                  f" | {100 * middle['low']:.2f}-{100 * middle['high']:.2f} | " + ", ".join(r["verdict"] for r in part) + " |")
        together(rows, level)


def together(rows, level):
    shares, paired, lower = [], [], 0
    for q in LEVELS:
        part = [r for r in rows if r["level"] == level and r["q"] == q]
        shares.append(proportions({k: sum(r[k] for r in part) for k in ("accepted", "false", "sibling")}))
        accepted = sum(r["targets"] + r["entrapments"] for r in part)
        paired.append(100 * sum(r["paired"] * (r["targets"] + r["entrapments"]) for r in part) / max(accepted, 1))
        if q == 0.01:
            lower = 100 * sum(r["entrapments"] for r in part) / max(accepted, 1)
    total = sum(r["accepted"] for r in rows if r["level"] == level and r["q"] == 0.01)
    print(f"| **all** | {total} | " + ", ".join(f"{s[0]:.2f}" for s in shares) + " | " + ", ".join(f"{s[1]:.2f}" for s in shares) +
          f" | {lower:.2f} | " + ", ".join(f"{p:.2f}" for p in paired) + " | | |")


def draw(rows, file):
    """Each setting a dot: the claim across, the true proportion up, both on a logarithmic scale."""
    width, height, left, top = 900, 435, 60, 40
    low, high = math.log10(2e-4), math.log10(0.2)
    place = lambda v: (math.log10(max(v, 2e-4)) - low) / (high - low)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="DejaVu Sans, Arial, sans-serif" font-size="12">'
           f'<rect width="{width}" height="{height}" fill="#fff"/>']
    for k, level in enumerate(("precursor", "protein group")):
        x0, side = left + k * 440, 340
        x = lambda v: x0 + side * place(v)
        y = lambda v: top + side * (1 - place(v))
        out.append(f'<text x="{x0}" y="{top - 14}" font-weight="bold">{level}s</text>'
                   f'<path d="M{x0} {top}v{side}h{side}" fill="none" stroke="#444"/>'
                   f'<path d="M{x(2e-4):.1f} {y(2e-4):.1f}L{x(0.2):.1f} {y(0.2):.1f}" stroke="#888" stroke-dasharray="5 4"/>')
        for v in (0.001, 0.01, 0.05, 0.1):
            out.append(f'<text x="{x(v):.1f}" y="{top + side + 16}" text-anchor="middle">{100 * v:g}</text>'
                       f'<text x="{x0 - 6}" y="{y(v) + 4:.1f}" text-anchor="end">{100 * v:g}</text>'
                       f'<path d="M{x0} {y(v):.1f}h{side}" stroke="#e6e6e6"/>')
        out.append(f'<text x="{x0 + side / 2}" y="{top + side + 34}" text-anchor="middle">claimed q-value, %</text>')
        for i, r in enumerate(row for row in rows if row["level"] == level):
            shift = 1.02 ** ((i // 3) - 6)
            for value, colour, name in ((proportions(r)[0] / 100, "#b3261e", "true"), (r["paired"], "#0b6bcb", "paired")):
                out.append(f'<circle cx="{x(r["q"] * shift):.1f}" cy="{y(value):.1f}" r="3.6" fill="{colour}" fill-opacity="0.6">'
                           f'<title>{r["setting"]}: {name} {100 * value:.2f} %</title></circle>')
    out.append(f'<text x="14" y="{top + 170}" transform="rotate(-90 14 {top + 170})" text-anchor="middle">false-discovery proportion, %</text>')
    out.append('<circle cx="330" cy="420" r="4" fill="#b3261e"/><text x="340" y="424">true (siblings count as false)</text>'
               '<circle cx="560" cy="420" r="4" fill="#0b6bcb"/><text x="570" y="424">paired</text></svg>')
    pathlib.Path(file).write_text("\n".join(out) + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--overland", required=True, type=pathlib.Path)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--odd", action="store_true", help="settings unlike any that were looked at")
    parser.add_argument("--only", nargs="+", metavar="SETTING")
    parser.add_argument("--seed", type=int, default=100, help="of the first setting; a DIR holds the worlds of one seed")
    parser.add_argument("--flags", type=lambda s: s.split(","), default=[], help="more of the search, joined by commas")
    parser.add_argument("--plot", type=pathlib.Path)
    parser.add_argument("--cost", action="store_true")
    arguments = parser.parse_args()
    rows, folders = [], {}
    settings = ODD if arguments.odd else SETTINGS
    for name in arguments.only or settings:
        setting = merged(BASE, settings[name])
        world = setting.get("world", name)
        folder = arguments.work / world.replace(" ", "_")
        if not (folder / "sim" / "truth.parquet").exists():
            make_world(arguments.overland, folder, setting, arguments.seed + list(settings).index(world))
        folders[name] = folder
        if arguments.cost:
            continue
        out, cpu = search(arguments.overland, folder, "out", *setting.get("flags", []), *arguments.flags)
        rows += rows_of(name, out, pd.read_parquet(folder / "sim" / "truth.parquet"))
        print(f"{name}: {cpu:.0f} s CPU", file=sys.stderr, flush=True)
    if arguments.cost:
        print_cost(arguments.overland, folders)
        return
    print_table(rows)
    print_exchange(folders)
    if arguments.plot:
        draw(rows, arguments.plot)


if __name__ == "__main__":
    main()
