#!/usr/bin/env python3
"""Memory, allocations and time of the chromatogram stage, beside a growth scheme on the same work.

  cmake --preset bench && cmake --build --preset bench --target integration
  bench/integration.py [--program build/bench/bin/integration] [--short]

Prints Markdown tables; fails where the stage allocates per scan, leaves its plan by more than a tenth, or gives other
bytes with other threads.
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


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=pathlib.Path, default=HERE.parent / "build/bench/bin/integration")
    parser.add_argument("--short", action="store_true", help="small runs only")
    parser.add_argument("--max-ram", type=int, default=4_000_000_000)
    options = parser.parse_args()
    sizes = [(10_000, 400), (100_000, 400)] if options.short else [(10_000, 400), (100_000, 400), (300_000, 400), (10_000, 4000)]
    problems = []
    for threads in (1, 2, 8, 24):
        rows = [run(options.program, scans=s, active=a, threads=threads) for s, a in sizes]
        markdown(rows)
        if len({row["allocations"] for row in rows if row["active"] == 400}) > 1:
            problems.append(f"{threads} threads: allocations depend on the number of scans")
        for row in rows:
            if not 0.9 < row["peak_mb"] / row["plan_mb"] < 1.1:
                problems.append(f"memory leaves its plan: {row}")
        if threads == 1:
            sums = [row["checksum"] for row in rows]
        elif sums != [row["checksum"] for row in rows]:
            problems.append(f"{threads} threads give other bytes")
    print("In slabs:\n")
    slabs = [(10_000, 4000, 200_000_000)] + ([] if options.short else [(300_000, 4000, options.max_ram)])
    markdown([run(options.program, scans=s, active=a, threads=24, max_ram=m) for s, a, m in slabs])
    print("Growth scheme:\n")
    markdown([run(options.program, scans=s, active=a, threads=24, growth=1) for s, a in sizes])
    if not options.short:
        print("Soak, 20 passes under a limit of 1.1 times the plan:\n")
        markdown([run(options.program, scans=300_000, active=400, threads=24, soak=20)])
    if problems:
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    main()
