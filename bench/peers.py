#!/usr/bin/env python3
"""Overland beside AlphaDIA and OpenSWATH with PyProphet: the same run, the same library, the same judge.

  bench/peers.py OUT [--seeds 1 2] [--overland BIN] [--alphadia BIN] [--pyprophet BIN] [--only NAME]

Simulates gradient25 with other seeds (mzML), writes the library as each program reads it, runs each program on
two threads and prints a Markdown table: CPU and wall seconds (library import included), peak memory, precursors
at the program's own 1 %, right ones, true false-discovery proportion with siblings left out and counted. A program that
is not installed is left out with a word. alphadia 2.3.0 (PyPI), topp (OpenMS 2.6, Debian), pyprophet 3.0.15 (PyPI).
PyProphet reads SQLite through an extension of DuckDB that it would download. PyPI has it too, for one version of DuckDB each, so pip must be told:
  pip install pyprophet==3.0.15 duckdb==1.5.5 duckdb-extensions==1.5.5 duckdb-extension-sqlite-scanner==1.5.5
(the script then puts the extension where DuckDB looks for it). AlphaDIA 2.3.0: pip install alphadia==2.3.0.
OpenSWATH gets its retention-time anchors from the truth, which no other program here sees.
"""
import argparse
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import time

import pandas as pd

HERE = pathlib.Path(__file__).resolve().parent
THREADS = "2"
ENVIRONMENT = {**os.environ, "OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "0", "OMP_NUM_THREADS": THREADS, "MKL_NUM_THREADS": THREADS,
               "NUMBA_NUM_THREADS": THREADS, "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
ALPHADIA = """calibration: {optimization_lock_target: 1000}
general: {thread_count: 2, use_gpu: false, save_figures: false, save_mbr_library: false, save_library: false, random_state: 1}
library_prediction: {enabled: false}
search: {target_ms1_tolerance: 10, target_ms2_tolerance: 15, extraction_backend: rust}
search_output: {file_format: parquet, min_nonnan: 1}
"""


class Meter:
    """Adds up what a program's processes take."""

    def __init__(self):
        self.wall = self.cpu = self.memory = 0.0

    def run(self, command, folder, name):
        start = time.monotonic()
        with open(folder / f"{name}.log", "w", encoding="utf-8") as log:
            process = subprocess.Popen([str(c) for c in command], stdout=log, stderr=subprocess.STDOUT, cwd=folder, env=ENVIRONMENT)
            _, status, usage = os.wait4(process.pid, 0)
        if status != 0:
            sys.exit(f"failed, see {folder / name}.log: {' '.join(map(str, command))}")
        self.wall += time.monotonic() - start
        self.cpu += usage.ru_utime + usage.ru_stime
        self.memory = max(self.memory, usage.ru_maxrss / 1024)


def judge(found, truth):
    """`found`: one Precursor.Id per row."""
    mine = pd.DataFrame({"Precursor.Id": sorted(set(found))}).merge(truth, on="Precursor.Id", how="inner")
    absent = mine["Present"] == 0
    sibling = absent & (mine["Sibling.Present"] == 1)
    detectable = truth.loc[truth["Detectable"] == 1, "Precursor.Id"]
    return {"precursors": len(mine), "right": int((~absent).sum()), "true FDP %": 100 * (absent & ~sibling).sum() / max(1, (~sibling).sum()),
            "with siblings %": 100 * absent.mean() if len(mine) else 0.0, "recall of detectable": detectable.isin(mine["Precursor.Id"]).mean()}


def overland(options, data, out, meter):
    meter.run([options.overland, "search", "-l", data / "library.tsv.gz", "-o", out / "results", data / "run.mzML"], out, "overland")
    report = pd.read_parquet(out / "results" / "report.parquet")
    return report.loc[report["Decoy"] == 0, "Precursor.Id"]


# alphabase's names of modifications ("Oxidation@M", by site from 0 at the N-terminus) in UniMod notation.
def unimod(sequence, mods, sites):
    numbers = {"Oxidation": 35, "Carbamidomethyl": 4, "Acetyl": 1, "Phospho": 21, "Deamidated": 7}
    at = {int(s): numbers[m.split("@")[0]] for m, s in zip(mods.split(";"), sites.split(";")) if m}
    return "".join((f"(UniMod:{at[0]})" if 0 in at and i == 0 else "") + r + (f"(UniMod:{at[i + 1]})" if i + 1 in at else "")
                   for i, r in enumerate(sequence))


def run_alphadia(options, data, out, meter, config=ALPHADIA):
    table = pd.read_csv(data / "library.tsv.gz", sep="\t")
    table["ModifiedPeptide"] = "_" + table["ModifiedPeptide"] + "_"
    table.rename(columns={"ProteinId": "ProteinID"}).to_csv(out / "library.tsv", sep="\t", index=False)
    (out / "config.yaml").write_text(config, encoding="utf-8")
    files = [part for file in sorted(data.glob("*.mzML")) for part in ("--file", file)]
    meter.run([options.alphadia, "--output", out, "--library", out / "library.tsv", "--config", out / "config.yaml", *files], out, "alphadia")


def alphadia(options, data, out, meter):
    run_alphadia(options, data, out, meter)
    candidates = sorted(out.rglob("psm.parquet")) or sorted(out.rglob("precursors.parquet"))
    table = pd.read_parquet(candidates[0])
    names = {c.split(".")[-1]: c for c in table.columns}
    table = table[table[names.get("qval", "qval")] <= 0.01]
    if "decoy" in names:
        table = table[table[names["decoy"]] == 0]
    return [unimod(s, m, i) + str(z) for s, m, i, z in
            zip(table[names["sequence"]], table[names["mods"]], table[names["mod_sites"]], table[names["charge"]])]


def openswath_library(data, out):
    table = pd.read_csv(data / "library.tsv.gz", sep="\t")
    group = table["ModifiedPeptide"] + "_" + table["PrecursorCharge"].astype(str)
    table = pd.DataFrame({"PrecursorMz": table["PrecursorMz"], "ProductMz": table["FragmentMz"], "LibraryIntensity": table["RelativeIntensity"],
                          "NormalizedRetentionTime": table["Tr_recalibrated"], "PeptideSequence": table["StrippedPeptide"],
                          "ModifiedPeptideSequence": table["ModifiedPeptide"], "PrecursorCharge": table["PrecursorCharge"],
                          "ProteinId": table["ProteinId"], "FragmentType": table["FragmentType"], "FragmentCharge": table["FragmentCharge"],
                          "FragmentSeriesNumber": table["FragmentSeriesNumber"], "TransitionGroupId": group,
                          "TransitionId": group + "_" + table.groupby(group).cumcount().astype(str), "Decoy": 0})
    table.to_csv(out / "library.tsv", sep="\t", index=False)
    return table


def openswath_anchors(library, truth, out):
    known = truth[truth["Detectable"] == 1].copy()
    known["bin"] = pd.cut(known["Library.iRT"], 25, labels=False)
    known = known.sort_values("Precursor.Area", ascending=False).drop_duplicates("Precursor.Id").groupby("bin").head(8)
    keep = set(known["Modified.Sequence"] + "_" + known["Precursor.Charge"].astype(str))
    chosen = library[library["TransitionGroupId"].isin(keep)].sort_values(["TransitionGroupId", "LibraryIntensity"], ascending=[True, False])
    chosen.groupby("TransitionGroupId").head(6).to_csv(out / "irt.tsv", sep="\t", index=False)


def index_pqp(file):
    """OpenMS 2.6 loads a PQP without indexes in hours."""
    base = sqlite3.connect(file)
    for (table,) in list(base.execute("select name from sqlite_master where type='table'")):
        for column in [r[1] for r in base.execute(f"pragma table_info({table})")]:
            if column == "ID" or column.endswith("_ID"):
                base.execute(f"create index if not exists ix_{table}_{column} on {table}({column})")
    base.execute("analyze")
    base.commit()


IMPORT_EXTENSION = "from duckdb_extensions import import_extension; import_extension('sqlite_scanner')"


def prepare_openswath(options, data, out, meter):
    python = pathlib.Path(shutil.which(options.pyprophet)).resolve().parent / "python"
    subprocess.run([python, "-c", IMPORT_EXTENSION], check=True)
    library = openswath_library(data, out)
    openswath_anchors(library, pd.read_parquet(data / "truth.parquet"), out)
    meter.run(["TargetedFileConverter", "-in", "irt.tsv", "-out", "irt.TraML"], out, "anchors")
    meter.run(["OpenSwathAssayGenerator", "-in", "library.tsv", "-out", "targets.TraML", "-min_transitions", 4, "-max_transitions", 6,
               "-precursor_upper_mz_limit", 2000, "-product_lower_mz_limit", 150, "-threads", THREADS], out, "assays")
    meter.run(["OpenSwathDecoyGenerator", "-in", "targets.TraML", "-out", "lib.pqp", "-method", "shuffle", "-switchKR", "true",
               "-min_decoy_fraction", 0.5, "-threads", THREADS], out, "decoys")
    index_pqp(out / "lib.pqp")


def extract_openswath(file, out, meter):
    meter.run(["OpenSwathWorkflow", "-in", file, "-tr", "lib.pqp", "-tr_irt", "irt.TraML", "-out_osw", f"{file.stem}.osw", "-threads", THREADS,
               "-batchSize", 1000, "-readOptions", "workingInMemory", "-mz_extraction_window", 25, "-mz_extraction_window_ms1", 20,
               "-irt_mz_extraction_window", 25, "-mz_correction_function", "quadratic_regression_delta_ppm", "-rt_extraction_window", 300,
               "-min_rsq", 0.8, "-min_coverage", 0.3, "-RTNormalization:alignmentMethod", "lowess", "-RTNormalization:lowess:span", 0.15,
               "-RTNormalization:outlierMethod", "none", "-RTNormalization:estimateBestPeptides", "-RTNormalization:NrRTBins", 10,
               "-RTNormalization:MinBinsFilled", 5, "-Scoring:stop_report_after_feature", 5,
               "-Scoring:TransitionGroupPicker:background_subtraction", "original",
               "-Scoring:TransitionGroupPicker:PeakPickerMRM:sgolay_frame_length", 7, "-Scoring:TransitionGroupPicker:min_peak_width", 1.5,
               "-Scoring:DIAScoring:dia_extraction_window", 25, "-Scoring:DIAScoring:dia_extraction_unit", "ppm",
               "-Scoring:Scores:use_ms1_correlation", "-Scoring:Scores:use_ms1_fullscan", "-enable_ipf", "false"], out, f"openswath_{file.stem}")


def score_openswath(options, file, out, meter):
    meter.run([options.pyprophet, "score", "--in", file, "--level", "ms1ms2", "--classifier", "LDA", "--threads", THREADS,
               "--ss_num_iter", 10, "--xeval_num_iter", 10], out, "pyprophet")


def openswath(options, data, out, meter):
    prepare_openswath(options, data, out, meter)
    extract_openswath(data / "run.mzML", out, meter)
    score_openswath(options, "run.osw", out, meter)
    meter.run([options.pyprophet, "export", "tsv", "--in", "run.osw", "--out", "result.tsv", "--format", "legacy_merged",
               "--max_rs_peakgroup_qvalue", 0.01, "--ipf", "disable", "--no-peptide", "--no-protein"], out, "export")
    table = pd.read_csv(out / "result.tsv", sep="\t")
    table = table[(table["decoy"] == 0) & (table["m_score"] <= 0.01)]
    sequence = table["FullPeptideName"].map(lambda s: re.sub(r"^\.", "", s))
    return sequence + table["Charge"].astype(str)


def simulate(options, seed):
    data = options.out / f"data_{seed}"
    if not (data / "run.mzML").exists():
        subprocess.run([options.overland, "simulate", "-c", HERE / "simulate/gradient25.json", "--set", f"seed={seed}", "--set", "formats=mzml",
                        "-o", data, "--quiet"], check=True)
        next(data.glob("gradient25*.mzML")).rename(data / "run.mzML")
    return data


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--seeds", nargs="+", type=int, default=[1])
    parser.add_argument("--overland", type=pathlib.Path, default=HERE.parent / "build/release/bin/overland")
    parser.add_argument("--alphadia", default="alphadia")
    parser.add_argument("--pyprophet", default="pyprophet")
    parser.add_argument("--only", help="one of overland, alphadia, openswath")
    options = parser.parse_args()
    options.out, options.overland = options.out.resolve(), options.overland.resolve()
    options.out.mkdir(parents=True, exist_ok=True)
    programs = {"overland": (overland, [options.overland]), "alphadia": (alphadia, [options.alphadia]),
                "openswath": (openswath, ["OpenSwathWorkflow", options.pyprophet])}
    rows = []
    for seed in options.seeds:
        data = simulate(options, seed)
        truth = pd.read_parquet(data / "truth.parquet")
        for name, (program, needed) in programs.items():
            missing = [str(p) for p in needed if shutil.which(str(p)) is None]
            if options.only not in (None, name) or missing:
                print(f"{name} left out{': not installed: ' + ', '.join(missing) if missing else ''}", file=sys.stderr)
                continue
            out = options.out / f"{name}_{seed}"
            shutil.rmtree(out, ignore_errors=True)
            out.mkdir(parents=True)
            meter = Meter()
            row = judge(program(options, data, out, meter), truth)
            rows.append({"seed": seed, "program": name, **row, "CPU s": meter.cpu, "wall s": meter.wall, "peak MB": meter.memory})
            print(rows[-1], file=sys.stderr, flush=True)
    table = pd.DataFrame(rows)
    print("| " + " | ".join(table.columns) + " |\n|" + " --- |" * len(table.columns))
    for row in table.itertuples(index=False):
        print("| " + " | ".join(f"{v:.2f}" if isinstance(v, float) else str(v) for v in row) + " |")


if __name__ == "__main__":
    main()
