#!/usr/bin/env python3
"""Peak memory of `overland lfq` and `overland audit` over the number of runs: docs/log/2026-11-30-reporting.md.

  bench/cohort_memory.py RESULTS [--runs 1,20,500] [--threads 1] [--overland build/release/bin/overland] [--scratch DIR]

RESULTS: the results folder of a search whose library has entrapments. Its runs stand for as many runs as are asked for, in turn
and under names of their own: in a report table for `lfq`, and in the entries of the audit.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess

import numpy
import pyarrow
import pyarrow.compute
import pyarrow.parquet

COLUMNS = ["Run", "Protein.Group", "Precursor.Id", "Precursor.Normalised", "Q.Value"]


def write_report(results, count, file):
    """The rows of the runs in turn, run after run, as a table of another program."""
    table = pyarrow.parquet.read_table(results / "report.parquet", columns=COLUMNS)
    names = table.column("Run").unique().to_pylist()
    parts = [table.filter(pyarrow.compute.equal(table.column("Run"), name)) for name in names]
    with pyarrow.parquet.ParquetWriter(file, table.schema) as writer:
        for run in range(count):
            part = parts[run % len(parts)]
            writer.write_table(part.set_column(0, table.schema.field("Run"), pyarrow.array([f"run{run:04d}"] * len(part))))


def write_entries(results, count, out):
    """The folder of an audit: the entries of the runs in turn, and what `overland audit` looks at beside them."""
    source = results / "work" / "audit" / "entries.parquet"
    table = pyarrow.parquet.read_table(source)
    head = json.loads(table.schema.metadata[b"overland.audit"])
    runs = len(head["runs"])
    head["runs"] = [f"run{run:04d}" for run in range(count)]
    parts, first = [], 0
    for level in head["levels"]:
        rows = table.slice(first, level["rows"])
        first += level["rows"]
        of_run = numpy.asarray(rows.column("run"))
        for run in range(count):
            part = rows.filter(pyarrow.array(of_run == run % runs))
            at = part.schema.get_field_index("run")
            parts.append(part.set_column(at, table.schema.field("run"), pyarrow.array([run] * len(part), pyarrow.uint32())))
        level["rows"] = sum(map(len, parts[-count:]))
    (out / "work" / "audit").mkdir(parents=True)
    for name in ("report.parquet", "runs.parquet", "manifest.json"):
        shutil.copy(results / name, out / name)
    schema = table.schema.with_metadata({b"overland.audit": json.dumps(head)})
    with pyarrow.parquet.ParquetWriter(out / "work" / "audit" / "entries.parquet", schema) as writer:
        writer.write_table(pyarrow.concat_tables(parts).replace_schema_metadata(schema.metadata))
    return sum(map(len, parts))


def measured(*command):
    """CPU seconds and peak memory of a command."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, use = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"failed: {command}")
    return use.ru_utime + use.ru_stime, use.ru_maxrss // 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=pathlib.Path)
    parser.add_argument("--runs", type=lambda s: [int(x) for x in s.split(",")], default=[1, 20, 500])
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
        write_report(options.results, count, folder / "report.parquet")
        rows = pyarrow.parquet.read_metadata(folder / "report.parquet").num_rows
        cpu, peak = measured(options.overland, "lfq", "--quiet", "--threads", str(options.threads), "--in", folder / "report.parquet",
                             "--out", folder / "lfq")
        entries = write_entries(options.results, count, folder / "results")
        audit_cpu, audit_peak = measured(options.overland, "audit", "--quiet", "--threads", str(options.threads),
                                         folder / "results")
        print(f"| {count} | {rows:,} | {cpu:.2f} | {peak} | {entries:,} | {audit_cpu:.2f} | {audit_peak} |", flush=True)
        shutil.rmtree(folder / "results" / "work")
    shutil.rmtree(options.scratch)


if __name__ == "__main__":
    main()
