#!/usr/bin/env python3
"""Wall time, CPU time and peak memory over the size of a run and of its library.

  bench/scaling.py OUT [--scans 10,50,150] [--precursors 0.1,1,5] [--threads 1,2] [--overland BIN]

Simulates one run of 150,000 MS2 scans with about 300 peaks each (bench/simulate/narrow150k.json; several minutes,
kept in OUT for the next time) and thins it to shorter ones: every third or fifteenth cycle. The library of that
run has a million target precursors; smaller ones are an even choice of them, larger ones are built from proteins
(--fasta). Libraries and runs are kept too. Prints a Markdown table. Needs numpy, pyarrow.
"""
import argparse
import gzip
import os
import pathlib
import subprocess
import sys
import time

import numpy as np
import pyarrow as pa
import pyarrow.ipc as ipc

HERE = pathlib.Path(__file__).resolve().parent
FULL_SCANS = 150  # thousands


def run(command):
    """Wall seconds, CPU seconds and peak memory in MB of one command."""
    start = time.monotonic()
    process = subprocess.Popen([str(c) for c in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    log = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"failed: {' '.join(map(str, command))}\n{log}")
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def simulated(options):
    folder = options.out / "narrow150k"
    if not (folder / "truth.parquet").exists():
        run([options.overland, "simulate", "-c", HERE / "simulate/narrow150k.json", "-o", folder, "--quiet"])
    return next(folder.glob("*.arrow")), folder / "library.tsv.gz"


def thinned_run(options, source, thousands):
    """Keeps every n-th cycle of the run."""
    step = max(1, round(FULL_SCANS / thousands))
    if step == 1:
        return source
    file = options.out / f"run_{thousands}k.arrow"
    if file.exists():
        return file
    reader = ipc.open_file(pa.memory_map(str(source)))
    table = reader.read_all()
    is_ms1 = table["msOrder"].to_numpy() == 1
    cycle = np.cumsum(is_ms1)
    kept = table.filter(pa.array(cycle % step == 0)).combine_chunks()
    with ipc.new_file(str(file), reader.schema) as writer:
        writer.write_table(kept)
    return file


def peptide_lines(source):
    """Lines of the library table and whether each begins another precursor; None for the header."""
    with gzip.open(source, "rt") as table:
        header = next(table)
        names = header.rstrip("\n").split("\t")
        yield header, None
        key = [i for i, name in enumerate(names) if name in ("ModifiedPeptide", "ModifiedPeptideSequence",
                                                             "PrecursorCharge")]
        last = None
        for line in table:
            fields = line.rstrip("\n").split("\t")
            this = tuple(fields[i] for i in key)
            yield line, this != last
            last = this


def chosen_lines(source, out, share):
    """Writes the header and an even choice of the precursors."""
    count, taken = 0.0, False
    for line, is_new in peptide_lines(source):
        if is_new:
            count += share
            taken = count >= 1
            count -= taken
        if taken or is_new is None:
            out.write(line)


def library(options, source, millions):
    folder = options.out / f"library_{millions}M.lib"
    if (folder / "library.json").exists():
        return folder
    if millions > 1:
        if options.fasta is None:
            return None
        run([options.overland, "build-library", "--fasta", options.fasta, "--out", folder, "--quiet"])
        return folder
    table = source
    if millions < 1:
        table = options.out / f"library_{millions}M.tsv.gz"
        with gzip.open(table, "wt", compresslevel=1) as out:
            chosen_lines(source, out, millions)
    run([options.overland, "import-library", table, "-o", folder, "--quiet"])
    return folder


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    numbers = lambda text: [float(x) if "." in x else int(x) for x in text.split(",")]
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--scans", type=numbers, default=[10, 50, 150], help="thousands of MS2 scans")
    parser.add_argument("--precursors", type=numbers, default=[0.1, 1, 5], help="millions of target precursors")
    parser.add_argument("--threads", type=numbers, default=[1, 2])
    parser.add_argument("--fasta", type=pathlib.Path, help="proteins of a library beyond one million (make_proteome.py)")
    parser.add_argument("--overland", type=pathlib.Path, default=HERE.parent / "build/release/bin/overland")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    full, table = simulated(options)
    print("| thousand scans | million precursors | threads | wall s | CPU s | peak MB |\n| --- | --- | --- | --- | --- | --- |")
    for millions in options.precursors:
        searched = library(options, table, millions)
        if searched is None:
            print(f"| | {millions} | | needs --fasta | | |")
            continue
        for thousands in options.scans:
            for threads in options.threads:
                folder = options.out / f"search_{thousands}k_{millions}M_{threads}"
                subprocess.run(["rm", "-rf", folder], check=True)
                wall, cpu, memory = run([options.overland, "search", "-l", searched, "-o", folder, "--threads", threads,
                                         "--quiet", thinned_run(options, full, thousands)])
                print(f"| {thousands} | {millions} | {threads} | {wall:.1f} | {cpu:.1f} | {memory:.0f} |", flush=True)


if __name__ == "__main__":
    main()
