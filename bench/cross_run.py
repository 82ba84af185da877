#!/usr/bin/env python3
"""Time, memory, open files and disk of the stages over all runs.

  bench/cross_run.py [--runs 1,10,100,1000] [--precursors 30000] [--threads 2] [--scratch DIR] [--json FILE]
                     [--bench build/bench/bin/cross_run]

Makes as many different runs as asked for, as files of the stages of single runs (bench/cohort_model.h), and does each stage over
all runs in a process that is measured. 1,000 runs of 30,000 precursors take about 30 GB in --scratch, which are removed at the end.
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

# In the order in which they are done; those of single runs are made, except for `read`.
STAGES = ["read", "library", "tune", "borrow", "second_pass", "score", "transfer", "chromatograms", "own_limits", "limits",
          "integrate", "report", "page"]
COHORT = ["library", "borrow", "score", "transfer", "limits", "report", "page"]

# A process takes over the peak memory of the one that started it: this one starts the command from a small one, and looks at it
# every 20 ms: open files, and memory without the pages of mapped files.
MEASURE = """import os, resource, subprocess, sys, time
start = time.time()
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
files = private = 0
while child.poll() is None:
    try:
        files = max(files, len(os.listdir(f"/proc/{child.pid}/fd")))
        for line in open(f"/proc/{child.pid}/status"):
            if line.startswith("RssAnon"):
                private = max(private, int(line.split()[1]))
    except OSError:
        pass
    time.sleep(0.02)
use = resource.getrusage(resource.RUSAGE_CHILDREN)
print(child.returncode, time.time() - start, use.ru_utime + use.ru_stime, use.ru_maxrss // 1024, private // 1024, files)"""


def measured(*command):
    """Wall and CPU seconds, peak memory (MB; with and without mapped files) and most open files of a command."""
    done = subprocess.run([sys.executable, "-S", "-c", MEASURE, *map(str, command)], check=True, capture_output=True, text=True)
    status, wall, cpu, peak, private, files = done.stdout.split()
    if int(status) != 0:
        raise SystemExit(f"failed: {command}\n{done.stderr}")
    return {"wall": float(wall), "cpu": float(cpu), "peak_mb": int(peak), "private_mb": int(private), "files": int(files)}


def disk_mb(folder):
    """Of all files below a folder; a file with two names counts once."""
    seen = {}
    for path in folder.rglob("*"):
        if path.is_file():
            status = path.stat()
            seen[status.st_ino] = status.st_size
    return sum(seen.values()) / 1e6


def measure_cohort(options, count):
    """The measurements of each stage over all runs, and of a look at what is done."""
    out = options.scratch / str(count)
    for folder in (out, pathlib.Path(f"{out}.data")):
        shutil.rmtree(folder, ignore_errors=True)
    options.scratch.mkdir(parents=True, exist_ok=True)
    subprocess.run([options.bench, "make", out, str(count), str(options.precursors)], check=True)
    rows = {}
    for stage in STAGES:
        if count == 1 and stage in ("transfer", "own_limits", "limits"):
            continue
        row = measured(options.bench, "stage", out, stage, options.threads)
        if stage in COHORT:
            # The manifest tells the time of the stage without the check of its inputs.
            manifest = json.loads((out / "work" / stage / "manifest.json").read_text())
            row["work_cpu"], row["work_wall"] = manifest["cpu_seconds"], manifest["wall_seconds"]
            row["disk_mb"] = sum(output["size"] for output in manifest["outputs"]) / 1e6
            rows[stage] = row
            print(f"| {count} | {stage} | {row['work_cpu']:.2f} | {row['work_wall']:.2f} | {row['cpu']:.2f} | {row['wall']:.2f} | "
                  f"{row['peak_mb']} | {row['private_mb']} | {row['files']} | {row['disk_mb']:.1f} |", flush=True)
        else:
            print(f"made {stage}: {row['wall']:.0f} s", file=sys.stderr, flush=True)
    rows["stages"] = measured(options.bench, "list", out)
    row = rows["stages"]
    print(f"| {count} | `overland stages` | | | {row['cpu']:.2f} | {row['wall']:.2f} | {row['peak_mb']} | {row['private_mb']} | "
          f"{row['files']} | {disk_mb(out):.1f} |", flush=True)
    if not options.keep:
        for folder in (out, pathlib.Path(f"{out}.data")):
            shutil.rmtree(folder)
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=lambda s: [int(x) for x in s.split(",")], default=[1, 10, 100, 1000])
    parser.add_argument("--precursors", type=int, default=30_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--keep", action="store_true", help="leave what was made")
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("--bench", type=pathlib.Path,
                        default=pathlib.Path(__file__).resolve().parent.parent / "build/bench/bin/cross_run")
    parser.add_argument("--scratch", type=pathlib.Path, default=pathlib.Path("/tmp") / f"cross_run_{os.getpid()}")
    options = parser.parse_args()
    print("| runs | stage | CPU s | wall s | CPU s with checks | wall s with checks | peak MB | without mapped files | open files | "
          "disk MB |\n|---|---|---|---|---|---|---|---|---|---|")
    all_rows = {}
    for count in options.runs:
        all_rows[count] = measure_cohort(options, count)
        if options.json:
            options.json.write_text(json.dumps({"precursors": options.precursors, "threads": options.threads, "at": time.time(),
                                                "runs": all_rows}, indent=1))
    if not options.keep:
        shutil.rmtree(options.scratch)


if __name__ == "__main__":
    main()
