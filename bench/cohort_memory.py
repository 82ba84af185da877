#!/usr/bin/env python3
"""Peak memory of `overland lfq` and `overland audit` over the number of runs: docs/log/2026-11-30-reporting.md.

  bench/cohort_memory.py RESULTS [--runs 1,20,500] [--times 20] [--threads 1] [--overland build/release/bin/overland] [--scratch DIR]

RESULTS: the results folder of a search whose library has entrapments. Its runs stand for as many runs as are asked for, in turn
and under other names: in a report table for `lfq`, and in the entries of the audit. --times repeats the rows of each run under
other names of proteins and precursors.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys

import pyarrow
import pyarrow.compute
import pyarrow.parquet

COLUMNS = ["Run", "Protein.Group", "Precursor.Id", "Precursor.Normalised", "Q.Value"]


def repeated(rows, times):
    """The rows of a run, `times` times with other proteins and precursors."""
    parts = []
    for time in range(times):
        part = rows
        for name in ("Protein.Group", "Precursor.Id"):
            at = part.schema.get_field_index(name)
            names = pyarrow.compute.binary_join_element_wise(f"x{time}", part.column(name), "_")
            part = part.set_column(at, part.schema.field(name), names.cast(part.schema.field(name).type))
        parts.append(part)
    return pyarrow.concat_tables(parts)


def write_report(results, count, times, file):
    """The rows of the runs in turn, run after run, as a table of another program."""
    table = pyarrow.parquet.read_table(results / "report.parquet", columns=COLUMNS)
    names = table.column("Run").unique().to_pylist()
    parts = [repeated(table.filter(pyarrow.compute.equal(table.column("Run"), name)), times) for name in names]
    with pyarrow.parquet.ParquetWriter(file, table.schema) as writer:
        for run in range(count):
            part = parts[run % len(parts)]
            writer.write_table(part.set_column(0, table.schema.field("Run"), pyarrow.array([f"run{run:04d}"] * len(part))))


def shifted(rows, run, times):
    """The entries of a run, `times` times as other units."""
    parts = []
    for time in range(times):
        part = rows
        for name, shift in (("unit", time << 24), ("cluster", time << 24)):
            at = part.schema.get_field_index(name)
            numbers = pyarrow.compute.add(part.column(name), pyarrow.scalar(shift, pyarrow.uint32()))
            part = part.set_column(at, part.schema.field(name), numbers)
        at = part.schema.get_field_index("run")
        parts.append(part.set_column(at, part.schema.field("run"), pyarrow.array([run] * len(part), pyarrow.uint32())))
    return pyarrow.concat_tables(parts)


def write_entries(results, count, times, out):
    """The folder of an audit: the entries of the runs in turn, and what `overland audit` looks at beside them."""
    source = results / "work" / "audit" / "entries.parquet"
    table = pyarrow.parquet.read_table(source)
    head = json.loads(table.schema.metadata[b"overland.audit"])
    runs = len(head["runs"])
    head["runs"] = [f"run{run:04d}" for run in range(count)]
    pieces, first = [], 0
    for level in head["levels"]:
        rows = table.slice(first, level["rows"])
        first += level["rows"]
        of_runs = [rows.filter(pyarrow.compute.equal(rows.column("run"), run)) for run in range(runs)]
        pieces.append(of_runs)
        level["rows"] = times * sum(len(of_runs[run % runs]) for run in range(count))
    (out / "work" / "audit").mkdir(parents=True)
    for name in ("report.parquet", "runs.parquet", "manifest.json"):
        shutil.copy(results / name, out / name)
    schema = table.schema.with_metadata({b"overland.audit": json.dumps(head)})
    with pyarrow.parquet.ParquetWriter(out / "work" / "audit" / "entries.parquet", schema) as writer:
        for of_runs in pieces:
            for run in range(count):
                writer.write_table(shifted(of_runs[run % runs], run, times).replace_schema_metadata(schema.metadata))
    return sum(level["rows"] for level in head["levels"])


# A process takes over the peak memory of the one that started it: this one starts the command from a small one.
MEASURE = """import resource, subprocess, sys
status = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)
use = resource.getrusage(resource.RUSAGE_CHILDREN)
print(status, use.ru_utime + use.ru_stime, use.ru_maxrss // 1024)"""


def measured(*command):
    """CPU seconds and peak memory of a command."""
    done = subprocess.run([sys.executable, "-S", "-c", MEASURE, *map(str, command)], check=True, capture_output=True, text=True)
    status, cpu, peak = done.stdout.split()
    if int(status) != 0:
        raise SystemExit(f"failed: {command}\n{done.stderr}")
    return float(cpu), int(peak)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=pathlib.Path)
    parser.add_argument("--runs", type=lambda s: [int(x) for x in s.split(",")], default=[1, 20, 500])
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--overland", type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parent.parent / "build/release/bin/overland")
    parser.add_argument("--scratch", type=pathlib.Path, default=pathlib.Path("/tmp") / f"cohort_memory_{os.getpid()}")
    options = parser.parse_args()
    print("| runs | lfq rows | CPU s | peak MB | audit entries | CPU s | peak MB |\n| --- | --- | --- | --- | --- | --- | --- |")
    for count in options.runs:
        folder = options.scratch / str(count)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        write_report(options.results, count, options.times, folder / "report.parquet")
        rows = pyarrow.parquet.read_metadata(folder / "report.parquet").num_rows
        cpu, peak = measured(options.overland, "lfq", "--quiet", "--threads", str(options.threads), "--in", folder / "report.parquet",
                             "--out", folder / "lfq")
        entries = write_entries(options.results, count, options.times, folder / "results")
        audit_cpu, audit_peak = measured(options.overland, "audit", "--quiet", "--threads", str(options.threads),
                                         folder / "results")
        print(f"| {count} | {rows:,} | {cpu:.2f} | {peak} | {entries:,} | {audit_cpu:.2f} | {audit_peak} |", flush=True)
        shutil.rmtree(folder / "results" / "work")
    shutil.rmtree(options.scratch)


if __name__ == "__main__":
    main()
