#!/usr/bin/env python3
"""Compares the micro-benchmarks with bench/baseline.json, or records them there.

Each time (CPU, median of the repetitions, which take turns at random) is divided by that of the program's
`calibration` in the same run, so that the speed of the machine cancels, though not all of its nature: the baseline
holds for processors of one kind. A benchmark that is slower than the tolerance allows is measured once more, and
the lower of its two ratios counts. Exit code 1: a benchmark is too slow, failed, is new or is gone.
  bench/speed.py FOLDER            compare the bench_* programs of FOLDER (build/bench/bin)
  bench/speed.py FOLDER --record   write bench/baseline.json anew; say in the commit why
"""
import argparse
import json
import pathlib
import re
import statistics
import subprocess
import sys

BASELINE = pathlib.Path(__file__).resolve().parent / "baseline.json"
YARDSTICK = "calibration"
LEFT_OUT = {"memory_copy"}  # the memory's speed, which has no part in the yardstick
TOLERANCE = 0.25
REPETITIONS = 7
LEAST_SECONDS = 0.03  # of each repetition
NANOSECONDS = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}


def run_json(program, names=None):
    """What Google Benchmark says of the named benchmarks (all) and the yardstick."""
    command = [str(program), "--benchmark_format=json", f"--benchmark_repetitions={REPETITIONS}",
               f"--benchmark_min_time={LEAST_SECONDS}", "--benchmark_enable_random_interleaving=true"]
    if names is not None:
        chosen = "|".join(re.escape(name) for name in [YARDSTICK, *names])
        command.append(f"--benchmark_filter=^({chosen})$")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"speed: {program} failed:\n{done.stderr}")
    return json.loads(done.stdout)


def ratios_of(report):
    """Median time of each benchmark in units of the yardstick's; raises SystemExit where one failed."""
    times = {}
    for entry in report["benchmarks"]:
        if entry.get("run_type") == "aggregate":
            continue
        if entry.get("error_occurred"):
            raise SystemExit(f"speed: {entry['name']}: {entry.get('error_message', 'failed')}")
        name = entry.get("run_name", entry["name"])
        times.setdefault(name, []).append(entry["cpu_time"] * NANOSECONDS[entry["time_unit"]])
    if YARDSTICK not in times:
        raise SystemExit(f"speed: there is no benchmark '{YARDSTICK}'")
    unit = statistics.median(times.pop(YARDSTICK))
    return {name: statistics.median(all_times) / unit for name, all_times in times.items() if name not in LEFT_OUT}


def measure(programs, slower_than=None):
    """Ratios of all programs, {"bench_kernel deconvolve/9": 0.0031}; those above `slower_than` are measured twice."""
    all_ratios = {}
    for program in programs:
        ratios = ratios_of(run_json(program))
        again = [name for name, ratio in ratios.items() if ratio > (slower_than or {}).get(f"{program.name} {name}", float("inf"))]
        if again:
            second = ratios_of(run_json(program, again))
            ratios.update({name: min(ratios[name], second[name]) for name in again})
        all_ratios.update({f"{program.name} {name}": ratio for name, ratio in ratios.items()})
    return all_ratios


def compare(now, baseline, tolerance):
    """Lines of a table, and how many benchmarks are not as they should be."""
    lines, bad = [f"{'benchmark':44}{'baseline':>12}{'now':>12}{'change':>9}"], 0
    for name in sorted(now.keys() | baseline.keys()):
        before, after = baseline.get(name), now.get(name)
        if before is None or after is None:
            verdict, change = ("new: record it" if before is None else "gone: record anew"), ""
            bad += 1
        else:
            part = after / before - 1
            change = f"{100 * part:+.0f} %"
            verdict = "TOO SLOW" if part > tolerance else "faster: record anew" if part < -tolerance else ""
            bad += part > tolerance
        show = ["-" if value is None else f"{value:.5g}" for value in (before, after)]
        lines.append(f"{name:44}{show[0]:>12}{show[1]:>12}{change:>9}  {verdict}".rstrip())
    return lines, bad


def record(now):
    BASELINE.write_text(json.dumps({"tolerance": TOLERANCE, "ratios": {name: float(f"{ratio:.4g}") for name, ratio in sorted(now.items())}},
                                   indent=1) + "\n", encoding="utf-8")
    print(f"speed: {len(now)} ratios in {BASELINE}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--record", action="store_true")
    arguments = parser.parse_args()
    programs = sorted(arguments.folder.glob("bench_*"))
    if not programs:
        raise SystemExit(f"speed: there is no bench_* in {arguments.folder}")
    if arguments.record:
        record(measure(programs))
        return 0
    if not BASELINE.exists():
        raise SystemExit(f"speed: there is no {BASELINE.name}; record it on a machine that is at rest: bench/speed.py FOLDER --record")
    baseline = json.loads(BASELINE.read_text(encoding="utf-8"))
    tolerance = baseline["tolerance"]
    limits = {name: ratio * (1 + tolerance) for name, ratio in baseline["ratios"].items()}
    lines, bad = compare(measure(programs, limits), baseline["ratios"], tolerance)
    print("\n".join(lines))
    print(f"times in units of the calibration, tolerance {100 * tolerance:.0f} %: {bad} not as they should be")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
