#!/usr/bin/env python3
"""Time, memory and disk of each step of a search: measured, fitted, and compared with what `overland plan` says.

  bench/plan.py OUT [--data FOLDER] [--overland BIN] [--only NAME,...]     measures, and prints a Markdown table of predictions beside it
  bench/plan.py OUT --fit                                                  prints src/plan/cost_coefficients.inc from the measurements in OUT

Each step is done by `overland stage` in a process of one thread, so that its peak memory is what the step takes. Data sets of the role "fit" give the
coefficients, those of the role "check" only the comparison. FOLDER has the real slice and the FASTA files (OVERLAND_TEST_DATA). About 20 minutes.
"""
import argparse
import itertools
import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SIMULATE = HERE / "simulate"
EXAMPLE = HERE.parent / "data/example"
MINI = ["proteome.proteins=400", "retention.gradient_minutes=5", "retention.first_minute=0.5", "retention.last_minute=4.5",
        "acquisition.low_mz=500", "acquisition.high_mz=600", "library.low_mz=500", "library.high_mz=600"]
ELEVEN = ["retention.gradient_minutes=11", "retention.first_minute=1", "retention.last_minute=10.2"]

# name: (role, settings of the simulation or None, assignments, options of the search)
DATA_SETS = {
    "mini": ("fit", None, MINI + ["cohort.replicates=2"], ["--mbr"]),
    "eleven": ("fit", "gradient25", ELEVEN + ["library.precursor_limit=20000", "cohort.replicates=3"], ["--mbr"]),
    "gradient25": ("fit", "gradient25", [], []),
    "large_library": ("fit", "gradient25", ELEVEN + ["library.precursor_limit=150000", "proteome.proteins=12000", "formats=mzml"], []),
    "slice": ("fit", "real", [], []),
    "mini_refine": ("fit", None, MINI, ["--refine"]),
    "mini_fasta": ("fit", "fasta", MINI, []),  # the library build alone
    "example": ("check", "example", [], []),
    "wide25": ("check", "wide25", ELEVEN + ["library.precursor_limit=20000"], []),
    "narrow3": ("check", "narrow3", ["library.precursor_limit=15000", "retention.gradient_minutes=4", "retention.last_minute=3.7"], []),
    "staggered8": ("check", "staggered8", ["cohort.replicates=2", "formats=mzml"], []),
    "eleven_refine": ("check", "gradient25", ELEVEN + ["library.precursor_limit=30000"], ["--refine"]),
}


def call(*command):
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"failed: {' '.join(map(str, command))}\n{done.stderr}")
    return done.stdout


def inputs_of(options, name):
    """Runs and the arguments that name the library."""
    _, kind, assignments, _ = DATA_SETS[name]
    if kind == "real":
        return [options.data / "pioneer-ecoli/ecoli_filtered_tinytiny.arrow"], ["--library", options.data / "predicted-ecoli/ecoli_500_600.parquet"]
    if kind == "example":
        return sorted(EXAMPLE.glob("*.mzML.gz")), ["--library", EXAMPLE / "library.tsv.gz"]
    folder = options.out / name / "data"
    if not (folder / "truth.parquet").exists():
        config = ["-c", SIMULATE / f"{kind}.json"] if kind in {file.stem for file in SIMULATE.glob("*.json")} else []
        call(options.overland, "simulate", "--quiet", *config, *[part for a in assignments for part in ("--set", a)], "--out", folder)
    runs = sorted([*folder.glob("*.arrow"), *folder.glob("*.mzML")])
    if kind == "fasta":
        return runs, ["--fasta", options.data / "fasta/top1k_human.fasta.gz", "--no-entrapments"]
    return runs, ["--library", folder / "library.tsv.gz"]


def measure(options, name):
    """Predicted steps, and the measured costs of the same steps."""
    kept = options.out / name / "measured.json"
    result = json.loads(kept.read_text()) if kept.exists() else {}
    if result and not options.again:
        return
    runs, library = inputs_of(options, name)
    arguments = [*DATA_SETS[name][3], *library, "--threads", 1, *runs, "--out"]
    result["predicted"] = json.loads(call(options.overland, "plan", "--json", *arguments, options.out / name / "planned"))
    if "measured" not in result:
        result |= do_stages(options, options.out / name / "search", arguments, runs)
    kept.write_text(json.dumps(result, indent=1))


def do_stages(options, search, arguments, runs):
    call(options.overland, "search", "--quiet", "--prepare", *arguments, search)
    graph = json.loads(call(options.overland, "stages", search, "--json"))
    of_search = [run["name"] for run in json.loads((search / "config.json").read_text())["inputs"]["runs"]]
    is_build = "build_library" in {entry["stage"] for entry in graph["stages"]}
    for entry in graph["stages"][:2] if is_build else graph["stages"]:
        for run in of_search if entry["scope"] == "run" else [""]:
            call(options.overland, "stage", entry["stage"], "--quiet", "--threads", 1, "--out", search, *(["--run", run] if run else []))
    states = [entry for entry in json.loads(call(options.overland, "stages", search, "--json"))["states"] if entry["state"] == "done"]
    return {"measured": [cost_of(search, entry) for entry in states], "sizes": sizes_of(search, runs)}


def cost_of(search, entry):
    manifest = json.loads((search / "work" / entry["stage"] / entry["run"] / "manifest.json").read_text())
    return {"stage": entry["stage"], "run": entry["run"], "cpu_seconds": entry["cpu_seconds"], "memory_mb": entry["peak_bytes"] / 1e6,
            "disk_mb": sum(output["size"] for output in manifest["outputs"]) / 1e6}


def sizes_of(search, runs):
    """What the costs depend on, as the search found it."""
    record = json.loads(next(search.glob("work/*library/library.json")).read_text())
    sizes = {"precursors": record["precursors"], "runs": {}}
    for run in (search / "work/read").iterdir():
        if (run / "record.json").exists():
            sizes["runs"][run.name] = json.loads((run / "record.json").read_text())
            file = next(file for file in runs if file.name.startswith(run.name + "."))
            sizes["runs"][run.name]["file_bytes"] = file.stat().st_size
            sizes["runs"][run.name]["is_arrow"] = file.suffix == ".arrow"
    return sizes


# The sizes of src/plan/cost_table.h, in its order.
SIZES = ["one", "peaks", "converted_peaks", "precursors", "imported_precursors", "pairs", "peak_pairs", "runs", "run_precursors"]
COSTS = ["cpu_seconds", "memory_mb", "disk_mb"]
# Sizes that the cost of a stage may depend on, and how many threads it keeps busy.
STAGES = {
    "read": ("kMany", {"cpu_seconds": "one peaks converted_peaks", "memory_mb": "one peaks converted_peaks", "disk_mb": "one converted_peaks"}),
    "build_library": ("kMany", {"cpu_seconds": "precursors", "memory_mb": "one", "disk_mb": "precursors"}),
    "library": ("1", {"cpu_seconds": "one precursors imported_precursors", "memory_mb": "one precursors imported_precursors",
                      "disk_mb": "one imported_precursors"}),
    "tune": ("kPerWindow", {"cpu_seconds": "one peaks precursors pairs", "memory_mb": "one peaks precursors", "disk_mb": "one"}),
    "borrow": ("1", {"cpu_seconds": "one runs", "memory_mb": "one runs", "disk_mb": "runs"}),
    "second_pass": ("kPerWindow", {"cpu_seconds": "one peaks precursors pairs peak_pairs", "memory_mb": "one peaks precursors peak_pairs",
                                   "disk_mb": "one precursors peaks peak_pairs"}),
    "score": ("kMany", {"cpu_seconds": "one peaks run_precursors peak_pairs", "memory_mb": "one precursors run_precursors peak_pairs",
                        "disk_mb": "one peaks run_precursors peak_pairs"}),
    "refine": ("kMany", {"cpu_seconds": "one precursors", "memory_mb": "one precursors", "disk_mb": "one precursors"}),
    "transfer": ("kMany", {"cpu_seconds": "one run_precursors", "memory_mb": "one precursors run_precursors", "disk_mb": "one run_precursors"}),
    "chromatograms": ("kPerWindow", {"cpu_seconds": "one peaks precursors", "memory_mb": "one peaks precursors",
                                     "disk_mb": "one peaks precursors"}),
    "own_limits": ("kMany", {"cpu_seconds": "one peaks precursors", "memory_mb": "one peaks precursors", "disk_mb": "one precursors"}),
    "limits": ("1", {"cpu_seconds": "one run_precursors", "memory_mb": "one precursors run_precursors", "disk_mb": "one precursors"}),
    "integrate": ("kMany", {"cpu_seconds": "one peaks precursors", "memory_mb": "one peaks precursors", "disk_mb": "one precursors"}),
    "report": ("kMany", {"cpu_seconds": "one peaks run_precursors", "memory_mb": "one peaks run_precursors", "disk_mb": "one peaks peak_pairs"}),
    "page": ("1", {"cpu_seconds": "one run_precursors", "memory_mb": "one peaks peak_pairs", "disk_mb": "runs peaks peak_pairs"}),
}
LEAST = {"cpu_seconds": 0.05, "memory_mb": 10, "disk_mb": 0.05}  # below that an error is of no interest


def features(sizes, run, imported):
    """As sizes_of in src/plan/cost_table.cpp."""
    precursors = sizes["precursors"] / 1e6
    runs = [sizes["runs"][run]] if run else list(sizes["runs"].values())
    peaks = [r["peaks"] / 1e6 for r in runs]
    return {"one": 1, "peaks": sum(peaks), "converted_peaks": sum(p for p, r in zip(peaks, runs) if not r["is_arrow"]),
            "precursors": precursors, "imported_precursors": precursors if imported else 0,
            "pairs": sum(r["ms2_scans"] * precursors / max(r["windows"], 1) for r in runs),
            "peak_pairs": sum(p * precursors * 1000 / max(r["windows"], 1) for p, r in zip(peaks, runs)),
            "runs": len(runs), "run_precursors": len(runs) * precursors}


def solve(matrix, right):
    """Gauss with pivots; None where singular."""
    n = len(right)
    rows = [list(row) + [value] for row, value in zip(matrix, right)]
    for i in range(n):
        best = max(range(i, n), key=lambda r: abs(rows[r][i]))
        if abs(rows[best][i]) < 1e-12:
            return None
        rows[i], rows[best] = rows[best], rows[i]
        for r in range(n):
            if r != i:
                factor = rows[r][i] / rows[i][i]
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[i])]
    return [rows[i][n] / rows[i][i] for i in range(n)]


def fit(points, names, least):
    """Non-negative coefficients of the least squares of relative errors: the best of all subsets of the sizes."""
    weights = [1 / max(value, least) for _, value in points]
    best = (float("inf"), {})
    for count in range(1, min(len(names), len(points)) + 1):
        for subset in itertools.combinations(names, count):
            rows = [[weight * sizes[name] for name in subset] for (sizes, _), weight in zip(points, weights)]
            right = [weight * value for (_, value), weight in zip(points, weights)]
            found = solve([[sum(row[i] * row[j] for row in rows) for j in range(count)] for i in range(count)],
                          [sum(row[i] * value for row, value in zip(rows, right)) for i in range(count)])
            if found is None or min(found) < 0:
                continue
            error = sum((sum(f * x for f, x in zip(found, row)) - value) ** 2 for row, value in zip(rows, right))
            if error < best[0] * 0.98:
                best = (error, dict(zip(subset, found)))
    return best[1]


def points_of(options, role):
    """(stage without its round, cost name) -> list of (sizes, measured value)."""
    points = {}
    for name, (of_role, _, _, _) in DATA_SETS.items():
        if of_role != role or not (options.out / name / "measured.json").exists():
            continue
        measured = json.loads((options.out / name / "measured.json").read_text())
        for step in measured["measured"]:
            sizes = features(measured["sizes"], step["run"], DATA_SETS[name][1] != "fasta")
            for cost in COSTS:
                points.setdefault((step["stage"].removeprefix("first_"), cost), []).append((sizes, step[cost]))
    return points


def print_fit(options):
    points = points_of(options, "fit")
    print("// Written by bench/plan.py --fit from the searches that docs/log/2026-11-30-plan.md names. Coefficients in the order of Size.")
    print("// clang-format off\nconstexpr CostRow kCosts[] = {")
    for stage, (threads, wanted) in STAGES.items():
        parts = []
        for cost in COSTS:
            found = fit(points.get((stage, cost), []), wanted[cost].split(), LEAST[cost])
            parts.append("{" + ", ".join(f"{found.get(size, 0):.3g}" for size in SIZES) + "}")
        print(f'    {{"{stage}", {threads},\n     ' + ",\n     ".join(parts) + "},")
    print("};\n// clang-format on")


def print_errors(options, names):
    """Predicted over measured, for each stage and data set; the largest of the runs."""
    print("| stage | cost | " + " | ".join(names) + " |\n|---|---|" + "---|" * len(names))
    results = {name: json.loads((options.out / name / "measured.json").read_text()) for name in names}
    for stage in STAGES:
        for cost in COSTS[:2]:
            cells = []
            for name in names:
                predicted = {(s["stage"], s["run"]): s[cost] for s in results[name]["predicted"]["steps"]}
                pairs = [(predicted[s["stage"], s["run"]], s[cost]) for s in results[name]["measured"]
                         if s["stage"].removeprefix("first_") == stage]
                cells.append(", ".join(f"{p:.3g} / {m:.3g}" for p, m in sorted(pairs, key=lambda pair: -pair[1])[:1]))
            if any(cells):
                print(f"| {stage} | {cost} | " + " | ".join(cells) + " |")
    for cost, join in (("cpu_seconds", sum), ("memory_mb", max)):
        cells = []
        for name in names:
            total = join(s[cost] for s in results[name]["measured"])
            guess = join(s[cost] for s in results[name]["predicted"]["steps"])
            cells.append(f"{guess:.3g} / {total:.3g} = {guess / total:.2f}")
        print(f"| **search** | {cost} | " + " | ".join(cells) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--data", type=pathlib.Path, default=pathlib.Path(os.environ.get("OVERLAND_TEST_DATA", "test-data")))
    parser.add_argument("--overland", type=pathlib.Path, default=HERE.parent / "build/release/bin/overland")
    parser.add_argument("--only", default=",".join(DATA_SETS), help="names of data sets, joined by commas")
    parser.add_argument("--fit", action="store_true", help="print the coefficients")
    parser.add_argument("--again", action="store_true", help="predict anew what was measured before")
    options = parser.parse_args()
    if options.fit:
        return print_fit(options)
    names = options.only.split(",")
    for name in names:
        measure(options, name)
    return print_errors(options, [name for name in names if DATA_SETS[name][0] == "check"])


if __name__ == "__main__":
    main()
