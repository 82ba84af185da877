#!/usr/bin/env python3
"""Wall time, CPU time and peak memory over the size of a run and of its library.

  bench/scaling.py OUT [--scans 10,50,150] [--precursors 0.1,1,5] [--threads 1,2] [--overland BIN] [--set KEY=VALUE ...]

Simulates a run of 150,000 MS2 scans with about 300 peaks each and a library of a million target precursors
(bench/simulate/narrow150k.json), and a second one of the same sample size whose library has five million, of which as many are in
the sample: its proteome is five times larger and the share of absent proteins higher. Shorter runs keep every third or
fifteenth cycle; a library of less than a million is an even choice of its precursors. Libraries are imported once (one decoy per target, so a search goes through twice the
number) and, like runs, kept in OUT. The first thread count is used for the largest run only. --set goes to the simulation: a small trial is

  bench/scaling.py OUT --set proteome.proteins=2000 --set library.precursor_limit=20000 --set retention.gradient_minutes=3 \\
      --set retention.first_minute=0.3 --set retention.last_minute=2.7

Full size: about 15 minutes of simulation and import and 9 GB on disk, once; then the searches. Prints a Markdown table as it goes. Needs pyarrow.
"""
import argparse
import gzip
import json
import os
import pathlib
import subprocess
import sys
import time

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.ipc as ipc
import pyarrow.parquet as pq

HERE = pathlib.Path(__file__).resolve().parent
SETTINGS = HERE / "simulate/narrow150k.json"


def run(command):
    """Wall seconds, CPU seconds and peak memory in MB of one command."""
    start = time.monotonic()
    process = subprocess.Popen([str(c) for c in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    log = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"failed: {' '.join(map(str, command))}\n{log}")
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def setting(options, section, key):
    """A number of the simulation's settings, or what --set makes of it."""
    lines = (line for line in SETTINGS.read_text().splitlines() if not line.lstrip().startswith("//"))
    value = json.loads("\n".join(lines))[section][key]
    for text in options.set:
        if text.split("=")[0] == f"{section}.{key}":
            value = float(text.split("=")[1])
    return value


def simulated(options, times):
    """Run and library table of a sample whose library is `times` as large, of equal content otherwise."""
    folder = options.out / f"narrow_{times}"
    if not (folder / "truth.parquet").exists():
        present = (1 - setting(options, "absence", "protein_share")) / times
        larger = [f"proteome.proteins={round(times * setting(options, 'proteome', 'proteins'))}",
                  f"library.precursor_limit={round(times * setting(options, 'library', 'precursor_limit'))}",
                  f"absence.protein_share={1 - present}"]
        run([options.overland, "simulate", "-c", SETTINGS, *[a for s in [*options.set, *larger] for a in ("--set", s)], "-o", folder,
             "--quiet"])
    run_file = next(file for file in folder.glob("*.arrow") if not file.name.startswith("every_"))
    return run_file, folder / "library.tsv.gz"


def thinned(source, step):
    """Keeps every n-th cycle of the run; returns the file and its MS2 scans."""
    file = source.with_name(f"every_{step}th.arrow") if step > 1 else source
    if not file.exists():
        reader = ipc.open_file(pa.memory_map(str(source)))
        cycle, keep = 0, []
        for order in reader.read_all()["msOrder"].to_pylist():
            cycle += order == 1
            keep.append(cycle % step == 0)
        first = 0
        with ipc.new_file(str(file), reader.schema) as writer:
            for i in range(reader.num_record_batches):
                batch = reader.get_batch(i)
                writer.write_batch(batch.filter(pa.array(keep[first:first + len(batch)])))
                first += len(batch)
    orders = ipc.open_file(pa.memory_map(str(file))).read_all()["msOrder"]
    return file, pc.sum(pc.equal(orders, 2)).as_py()


def write_share(source, target, share):
    """An even choice of the precursors of a table whose rows are sorted by precursor."""
    with gzip.open(source, "rt") as table, gzip.open(target, "wt", compresslevel=1) as out:
        header = next(table)
        out.write(header)
        key = [header.rstrip("\n").split("\t").index(name) for name in ("ModifiedPeptide", "PrecursorCharge")]
        last, count, is_taken = None, 0.0, False
        for line in table:
            fields = line.split("\t", max(key) + 1)
            this = tuple(fields[i] for i in key)
            if this != last:
                count += share
                is_taken = count >= 1
                count -= is_taken
                last = this
            if is_taken:
                out.write(line)


def imported(options, table, share):
    folder = table.parent / f"share_{share:g}.lib"
    if not (folder / "library.json").exists():
        source = table
        if share < 1:
            source = table.parent / f"share_{share:g}.tsv.gz"
            write_share(table, source, share)
        run([options.overland, "import-library", source, "-o", folder, "--quiet"])
    return folder


def precursors_of(library):
    with pa.memory_map(str(next(library.glob("precursors*.arrow")))) as file:
        return sum(ipc.open_file(file).get_batch(i).num_rows for i in range(ipc.open_file(file).num_record_batches))


def search(options, library, file, threads):
    out = options.out / "results"
    subprocess.run(["rm", "-rf", out], check=True)
    numbers = run([options.overland, "search", "-l", library, "-o", out, "--threads", threads, "--quiet", file])
    return *numbers, pq.read_metadata(out / "report.parquet").num_rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    numbers = lambda text: [float(x) for x in text.split(",")]
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--scans", type=numbers, default=[10, 50, 150], help="thousands of MS2 scans, of a full run of 150")
    parser.add_argument("--precursors", type=numbers, default=[0.1, 1, 5], help="millions of target precursors, of a full library of 1")
    parser.add_argument("--threads", type=lambda text: [int(x) for x in text.split(",")], default=[1, 2])
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--overland", type=pathlib.Path, default=HERE.parent / "build/release/bin/overland")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    columns = ["MS2 scans", "precursors with decoys", "threads", "wall s", "CPU s", "peak MB", "identified"]
    print("| " + " | ".join(columns) + " |\n|" + " --- |" * len(columns), flush=True)
    for millions in options.precursors:
        source, table = simulated(options, max(1, round(millions)))
        library = imported(options, table, min(1.0, millions))
        size = precursors_of(library)
        for thousands in options.scans:
            file, scans = thinned(source, max(1, round(150 / thousands)))
            for threads in options.threads if thousands == max(options.scans) else options.threads[-1:]:
                wall, cpu, memory, found = search(options, library, file, threads)
                print(f"| {scans:,} | {size:,} | {threads} | {wall:.1f} | {cpu:.1f} | {memory:.0f} | {found:,} |", flush=True)


if __name__ == "__main__":
    main()
