#!/usr/bin/env python3
"""report.html of cohorts: size, time to make, time to load in headless Chromium, console messages.

  bench/report_page.py --overland build/release/bin/overland --results DIR --work DIR [--runs 10,1000] [--screenshots]
  A cohort is made from the runs of a real results folder, over and over: precursors are dropped, quantities get
  a batch, a condition and noise, retention times move. Chromatograms are kept of --traced precursors.
"""
import argparse
import json
import pathlib
import re
import resource
import shutil
import subprocess
import time

import numpy
import pandas
import pyarrow
import pyarrow.compute
import pyarrow.parquet

BY_RUN = ["report.parquet", "protein_groups.parquet", "runs.parquet", "tic.parquet", "normalisation.parquet", "xic.parquet"]
WHOLE = ["manifest.json", "config.json", "audit.json", "audit.parquet", "feature_importance.parquet"]


def cpu():
    use = resource.getrusage(resource.RUSAGE_CHILDREN)
    return use.ru_utime + use.ru_stime


def quantities_of(table, run, rng):
    """Another batch, another condition, other noise; a tenth of the rows lost."""
    keep = rng.uniform(size=table.num_rows) > rng.uniform(0.02, 0.2)
    table = table.filter(pyarrow.array(keep))
    ids = pandas.util.hash_array(table["Precursor.Id"].to_numpy(zero_copy_only=False))
    factor = numpy.exp2(0.4 * (run // 50 % 3) * (ids % 7 == 0) + (run % 2) * (ids % 11 == 0) + 0.25 * rng.normal(size=table.num_rows))
    for name in ("Precursor.Quantity", "Precursor.Normalised"):
        at = table.schema.get_field_index(name)
        if at >= 0:
            scaled = table[name].to_numpy().astype(float) * factor
            table = table.set_column(at, table.schema.field(at), pyarrow.array(scaled, table.schema.field(at).type))
    return table


def make_cohort(results, out, runs, traced):
    rng = numpy.random.default_rng(1)
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    names = pyarrow.parquet.read_table(results / "runs.parquet")["Run"].to_pylist()
    new = [f"cohort_{'AB'[i % 2]}_{i // 2 + 1:04d}" for i in range(runs)]
    for file in [f for f in BY_RUN if (results / f).exists()]:
        table = pyarrow.parquet.read_table(results / file)
        if file == "xic.parquet":
            first = pyarrow.compute.unique(table["Precursor.Id"])[:traced]
            table = table.filter(pyarrow.compute.is_in(table["Precursor.Id"], first))
        at = table.schema.get_field_index("Run")
        parts = [table.filter(pyarrow.compute.equal(table["Run"], name)) for name in names]
        with pyarrow.parquet.ParquetWriter(out / file, table.schema, compression="zstd") as writer:
            for i, name in enumerate(new):
                part = parts[i % len(parts)]
                part = quantities_of(part, i, rng) if file == "report.parquet" else part
                writer.write_table(part.set_column(at, table.schema.field(at), pyarrow.array([name] * part.num_rows)))
    for file in [f for f in WHOLE if (results / f).exists()]:
        (out / file).parent.mkdir(exist_ok=True)
        shutil.copy(results / file, out / file)
    for i, name in enumerate(new):
        shutil.copytree(results / "work/tune" / names[i % len(names)], out / "work/tune" / name)


def chromium(*arguments):
    return subprocess.run(["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--enable-logging=stderr",
                           *arguments], capture_output=True, text=True, timeout=600, check=False)


def load(page, work):
    """Milliseconds until all is drawn (the page's own clock), and lines of the console."""
    done = chromium(f"--user-data-dir={work / 'profile'}", "--window-size=1400,1000", "--dump-dom", page.as_uri())
    ready = re.search(r'data-milliseconds="(\d+)"', done.stdout)
    return int(ready.group(1)) if ready else None, [line for line in done.stderr.splitlines() if "CONSOLE" in line], done.stdout.count("<svg")


def pictures(page, work, name):
    for theme, height in (("light", 9000), ("dark", 9000)):
        flags = ["--blink-settings=preferredColorScheme=0", "--force-dark-mode"] if theme == "dark" else []
        chromium(f"--user-data-dir={work / 'profile'}", *flags, f"--window-size=1400,{height}", "--virtual-time-budget=8000",
                 f"--screenshot={work / f'{name}-{theme}.png'}", page.as_uri())
    chromium(f"--user-data-dir={work / 'profile'}", "--virtual-time-budget=8000", f"--print-to-pdf={work / f'{name}.pdf'}", page.as_uri())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--overland", required=True, type=pathlib.Path)
    parser.add_argument("--results", required=True, type=pathlib.Path)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--runs", default=[10, 1000], type=lambda s: [int(n) for n in s.split(",")])
    parser.add_argument("--traced", default=400, type=int)
    parser.add_argument("--screenshots", action="store_true")
    args = parser.parse_args()
    for runs in args.runs:
        folder = (args.work / f"cohort{runs}").resolve()
        make_cohort(args.results, folder, runs, args.traced)
        rows = pyarrow.parquet.ParquetFile(folder / "report.parquet").metadata.num_rows
        wall, before = time.time(), cpu()
        subprocess.run([args.overland.resolve(), "report", "--quiet", folder], check=True)
        made, wall = cpu() - before, time.time() - wall
        page = folder / "report.html"
        before = cpu()
        loaded = [load(page, args.work) for _ in range(3)]
        print(json.dumps({"runs": runs, "rows": rows, "megabytes": round(page.stat().st_size / 1e6, 2), "CPU seconds to make": round(made, 1),
                          "seconds to make": round(wall, 1), "milliseconds to load": [ms for ms, _, _ in loaded],
                          "browser's CPU seconds, each": round((cpu() - before) / 3, 1), "charts": loaded[0][2], "console": loaded[0][1]}),
              flush=True)
        if args.screenshots:
            pictures(page, args.work, f"cohort{runs}")


if __name__ == "__main__":
    main()
