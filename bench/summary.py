#!/usr/bin/env python3
"""The current version in one screen: identifications, true error, error of quantities, CPU time and memory on simulated
runs whose truth is known. Writes docs/benchmarks.md; about five minutes on two cores.

  bench/summary.py OUT [--overland build/release/bin/overland] [--write docs/benchmarks.md]

OUT keeps the simulated runs, so that a second measurement makes the searches only. Needs pandas and pyarrow.
"""
import argparse
import datetime
import pathlib
import re
import shutil
import subprocess
import sys

import numpy as np
import pandas as pd

from evaluate import evaluate
from first_search import run

HERE = pathlib.Path(__file__).resolve().parent
SEED = 101  # no parameter was chosen on it
SHORT = ["retention.gradient_minutes=13", "retention.first_minute=1.5", "retention.last_minute=12.2", "proteome.proteins=750",
         "library.precursor_limit=21000"]
SETS = {  # name: settings of the simulation, changes of them
    "25 minutes, windows of 10 Th": ("gradient25", []),
    "25 minutes, windows of 25 Th": ("wide25", []),
    "8 minutes, windows of 3 Th": ("narrow3", []),
    "three species, 6 runs of 13 minutes": ("species3", SHORT),
}
FIFTHS = ("faintest fifth", "second", "third", "fourth", "brightest fifth")


def simulated(options, settings, changes):
    folder = options.out / settings
    if not (folder / "truth.parquet").exists():
        flags = [text for change in [f"seed={SEED}", *changes] for text in ("--set", change)]
        run([options.overland, "simulate", "-c", HERE / f"simulate/{settings}.json", *flags, "-o", folder, "--quiet"])
    return folder


def judged(results, truth_file):
    """Reported rows with their truth; error: log2(quantity / true area) less its median over the run's true rows."""
    report = pd.read_parquet(results / "report.parquet")
    truth = pd.read_parquet(truth_file)
    rows = report[report["Decoy"] == 0].merge(truth, on=["Run", "Precursor.Id"], suffixes=("", ".true"))
    area = rows["Fragment.Area"].where(rows["Present"] == 1)
    rows["error"] = np.log2(rows["Precursor.Quantity"].where(rows["Precursor.Quantity"] > 0) / area.where(area > 0))
    rows["error"] -= rows.groupby("Run")["error"].transform("median")
    rows["false"] = (rows["Present"] == 0) & (rows["Sibling.Present"] == 0)
    rows["sibling"] = (rows["Present"] == 0) & (rows["Sibling.Present"] == 1)
    return rows


def false_percent(rows):
    return 100 * rows["false"].sum() / max(len(rows) - rows["sibling"].sum(), 1)


def measured(options):
    """One line per set, and all judged rows."""
    lines, every = [], []
    for name, (settings, changes) in SETS.items():
        folder = simulated(options, settings, changes)
        runs = sorted(folder.glob("*.arrow"))
        results = options.out / f"search_{settings}"
        shutil.rmtree(results, ignore_errors=True)
        wall, cpu, memory = run([options.overland, "search", "-l", folder / "library.tsv.gz", "-o", results, "--threads", 2,
                                 "--quiet", *runs])
        rows = judged(results, folder / "truth.parquet")
        plain = evaluate(results, folder / "truth.parquet")
        searched = pd.read_parquet(results / "runs.parquet")
        lines.append([name, f"{int(searched['MS2.Scans'].sum()):,}", f"{rows['Precursor.Id'].nunique():,}", f"{len(rows):,}",
                      f"{false_percent(rows):.2f}", f"{100 * plain['recall'].mean():.1f}",
                      f"{rows['error'].abs().median():.3f}", f"{plain['spearman_area'].mean():.3f}", f"{wall:.0f}", f"{cpu:.0f}",
                      f"{memory:.0f}"])
        every.append(rows)
    return lines, every


def by_depth(every):
    """Fifths of the reported quantity within each run, all sets together."""
    rows = pd.concat([part[part["Precursor.Quantity"] > 0] for part in every])
    rank = rows.groupby("Run")["Precursor.Quantity"].rank(pct=True)
    fifth = np.minimum((rank * 5).astype(int), 4)
    return [[name, f"{len(part):,}", f"{false_percent(part):.2f}", f"{part['error'].abs().median():.3f}",
             f"{part['error'].abs().quantile(0.9):.3f}"] for k, name in enumerate(FIFTHS) for part in [rows[fifth == k]]]


def table(head, lines):
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, ["---"] * len(head), *lines]) + "\n"


def first_match(pattern, file):
    found = re.search(pattern, pathlib.Path(file).read_text(encoding="utf-8"), re.MULTILINE)
    return found[1].strip() if found else "unknown"


def page(options, lines, depth):
    git = lambda *words: subprocess.run(["git", "-C", HERE, *words], capture_output=True, text=True, check=True).stdout.strip()
    changed = " with changes that are not committed" if git("status", "--porcelain", "--", ":/src", ":/CMakeLists.txt") else ""
    memory = int(first_match(r"^MemTotal:\s+(\d+)", "/proc/meminfo")) / 2**20
    cores = len(re.findall(r"^processor", pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE))
    version = subprocess.run([options.overland, "--version"], capture_output=True, text=True, check=True).stdout.split("\n")[0]
    processor = first_match(r"^model name\s*:(.*)", "/proc/cpuinfo")
    return f"""# Benchmarks

The current version, measured by one script in one run. Written by `bench/summary.py`; do not edit. Older and wider
measurements, comparisons with other programs and the effect of single parts: [log](log/README.md).

    bench/summary.py OUT --write docs/benchmarks.md

- Program: commit {git("log", "-1", "--format=%h", "--", ":/src", ":/CMakeLists.txt")}{changed}, {datetime.date.today()}, {version}, release build, two threads.
- Machine: {processor}, {cores} cores, {memory:.0f} GiB. Other work may run at the same time, so CPU time is
  the figure to compare; wall time is an upper bound.
- Data: runs made by `overland simulate` (settings in `bench/simulate`, seed {SEED}), for which it is known what is in the sample. No
  parameter of the program was chosen on this seed.

## Searches

Rows at a run-specific and global q-value of at most 1 %. CPU time and peak memory include the import of the library and its decoys.

{table(["data", "MS2 scans", "precursors", "rows", "true FDP %", "recall %", "quantity error", "rank correlation", "wall s", "CPU s", "peak memory MB"], lines)}
- *True FDP*: share of the rows whose precursor is not in the sample. Absent forms of a peptide that is in the sample (oxidised, deamidated,
  truncated, I/L) are left out.
- *Recall*: share of the detectable precursors that are reported. A precursor is detectable if at least 5 of its library
  fragments rise above the detection limit in at least 3 scans.
- *Quantity error*: median of |log2(quantity / true area)|, after the run's median ratio is subtracted.
- *Rank correlation*: Spearman, of quantity and true area over the precursors of a run.

## By depth

Rows with a quantity, divided into fifths by their quantity within each run; all data above together.

{table(["depth", "rows", "true FDP %", "quantity error", "90 % of the errors below"], depth)}"""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--overland", type=pathlib.Path, default=HERE.parent / "build/release/bin/overland")
    parser.add_argument("--write", type=pathlib.Path)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    lines, every = measured(options)
    text = page(options, lines, by_depth(every))
    if options.write:
        options.write.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
