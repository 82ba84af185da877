#!/usr/bin/env python3
"""Memory, allocations and time of the chromatogram stage, beside a growth scheme on the same work.

  cmake --preset bench && cmake --build --preset bench --target integration
  bench/integration.py [--program build/bench/bin/integration] [--short] [--parts threads,batches,growth,soak]

Prints Markdown tables; fails where the stage allocates per scan, leaves its plan by more than a tenth, gives other bytes
with other threads or batches, falls under a limit of 1.1 times the plan, or holds more after the last pass of the soak than after the second.
The growth scheme does the same work (matching, loss, delta, errors of the weights) and differs in one thing: it starts each scan
from zero, for its scans are dealt out one by one; the column "sweeps" says what that costs.
"""
import argparse
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent


def run(program, **settings):
    command = [str(program)] + [part for key, value in settings.items() for part in (f"--{key.replace('_', '-')}", str(value))]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit {done.returncode}\n{done.stderr}")
    return json.loads(done.stdout)


def markdown(rows):
    print("| " + " | ".join(rows[0]) + " |")
    print("|" + " --- |" * len(rows[0]))
    for row in rows:
        print("| " + " | ".join(f"{v:,}" if isinstance(v, int) else str(v) for v in row.values()) + " |")
    print(flush=True)


def by_threads(program, sizes, counts, problems):
    """Rows of the last number of threads."""
    sums = None
    for threads in counts:
        rows = [run(program, scans=s, active=a, threads=threads) for s, a in sizes]
        markdown(rows)
        if len({row["allocations"] for row in rows}) > 1:
            problems.append(f"{threads} threads: allocations depend on the number of scans or candidates")
        for row in rows:
            if row["allocations"] > 1e6:
                problems.append(f"more than a million allocations: {row}")
            if not 0.9 < row["peak_mb"] / row["plan_mb"] < 1.1:
                problems.append(f"memory leaves its plan: {row}")
        if sums not in (None, [row["checksum"] for row in rows]):
            problems.append(f"{threads} threads give other bytes")
        sums = [row["checksum"] for row in rows]
    return rows


def in_batches(program, batches, problems):
    print("In batches:\n")
    cut = [run(program, scans=s, active=a, threads=24, max_ram=m) for s, a, m in batches]
    markdown(cut)
    whole = run(program, scans=batches[0][0], active=batches[0][1], threads=1)
    if cut[0]["checksum"] != whole["checksum"]:
        problems.append("batches give other bytes")


def beside_growth(program, sizes, threads, problems):
    print("Growth scheme:\n")
    grown = [run(program, scans=s, active=a, threads=threads, growth=1) for s, a in sizes]
    markdown(grown)
    ratios = []
    for theirs in grown:
        ours = run(program, scans=theirs["scans"], active=theirs["active"], threads=threads)
        ratio = {f"{name}, growth : plan": f"{theirs[name] / ours[name]:.3g}" for name in ("allocations", "peak_mb", "cpu_s", "wall_s", "sweeps")}
        ratios.append({"scans": ours["scans"], "active": ours["active"], **ratio})
        if theirs["allocations"] < 10_000 * ours["allocations"]:
            problems.append(f"allocations less than 10,000 times fewer: {ratios[-1]}")
    markdown(ratios)


def soak(program, scans, problems):
    print("Soak, 20 passes under a limit of 1.1 times the plan:\n")
    row = run(program, scans=scans, active=100, threads=24, soak=20)
    markdown([row])
    resident = [float(megabytes) for megabytes in row["resident_mb"].split()]
    if resident[-1] > 1.005 * resident[1] + 0.1:
        problems.append(f"memory grows: {row['resident_mb']}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=pathlib.Path, default=HERE.parent / "build/bench/bin/integration")
    parser.add_argument("--short", action="store_true", help="small runs only")
    parser.add_argument("--parts", default="threads,batches,growth,soak")
    parser.add_argument("--threads", type=lambda s: [int(n) for n in s.split(",")], default=[1, 2, 8, 24])
    parser.add_argument("--max-ram", type=int, default=4_000_000_000)
    options = parser.parse_args()
    few = [(10_000, 400), (100_000, 400)] + ([] if options.short else [(300_000, 400)])
    many = [(10_000, 4000)] + ([] if options.short else [(100_000, 4000)])
    problems = []
    if "threads" in options.parts:
        by_threads(options.program, few + many, options.threads, problems)
    if "batches" in options.parts:
        largest = [] if options.short else [(300_000, 4000, options.max_ram)]
        in_batches(options.program, [(10_000, 4000, 200_000_000)] + largest, problems)
    if "growth" in options.parts:
        beside_growth(options.program, few + many[:1], options.threads[-1], problems)
    if "soak" in options.parts:
        soak(options.program, 20_000 if options.short else 300_000, problems)
    if problems:
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    main()
