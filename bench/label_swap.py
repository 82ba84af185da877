#!/usr/bin/env python3
"""Is a label worth anything? Entrapments and their decoys with the labels of half of the pairs exchanged.

  bench/label_swap.py WORLD --overland build/release/bin/overland [--entrapments 6] [--seeds 1,2,3]

WORLD is a setting's folder of bench/fdr_calibration.py (its made.fasta and sim/). A library with several entrapments per
target is built; for each seed a random half of the entrapments' pairs exchange the labels of their members, and the run
is searched. None of these peptides is in the sample, so of the winners of the pairs

  by label   half must be called targets, or something in the search reads labels;
  as made    half would be the entrapments if they and the decoys made of them were equally like peptides.

Prints Markdown: both counts at the scores of q = 1, 5 and 20 % and over all pairs of which a member has a peak group.
Needs numpy, pandas, pyarrow and xxhash.
"""
import argparse
import json
import pathlib
import shutil

import numpy as np
import pyarrow as pa
import pyarrow.ipc as ipc
import xxhash

from fdr_calibration import build_settings
from refine import run

LEVELS = (0.01, 0.05, 0.2)


def read(file):
    with pa.memory_map(str(file)) as source:
        return ipc.open_file(source).read_all().combine_chunks()


def exchange_labels(source, target, seed):
    """Copies the library; half of the entrapments' pairs get each other's label. Returns who was made as an entrapment."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
    table = read(source / "precursors.arrow")
    is_decoy, pair = table["is_decoy"].to_numpy().copy(), table["pair"].to_numpy()
    is_entrapment = table["entrapment"].to_numpy() > 0
    made = is_entrapment & (is_decoy == 0)
    flips = np.random.default_rng(seed).random(pair.max() + 1) < 0.5
    is_decoy[is_entrapment & flips[pair]] ^= 1
    column = table.schema.get_field_index("is_decoy")
    table = table.set_column(column, table.schema.field(column), pa.array(is_decoy, pa.uint8()))
    with ipc.new_file(str(target / "precursors.arrow"), table.schema) as out:
        out.write_table(table.combine_chunks())
    description = json.loads((target / "library.json").read_text())
    description["hashes"]["precursors.arrow"] = xxhash.xxh3_128_hexdigest((target / "precursors.arrow").read_bytes())
    description["content_hash"] = xxhash.xxh3_128_hexdigest("".join(description["hashes"].values()).encode())
    (target / "library.json").write_text(json.dumps(description))
    return made


def best_of_run(out, name, precursors):
    """The score of each precursor in a run; -inf: no peak group."""
    rows = read(out / "work" / "score" / f"{name}.rows.arrow")
    places = read(out / "work" / "second_pass" / name / "psms.arrow")["precursor"].to_numpy()
    is_chosen = rows["chosen"].to_numpy() == 1
    best = np.full(precursors, -np.inf)
    np.maximum.at(best, places[is_chosen], rows["score"].to_numpy()[is_chosen])
    return best


def count(library, made, out, name):
    """[entrapments as made, decoys as made, targets by label, decoys by label] of the winners at each level, then of all."""
    table = read(library / "precursors.arrow")
    is_decoy, pair = table["is_decoy"].to_numpy() == 1, table["pair"].to_numpy()
    is_entrapment = table["entrapment"].to_numpy() > 0
    best = best_of_run(out, name, len(pair))
    scored = read(out / "work" / "score" / f"{name}.arrow")
    is_target = ~is_decoy[scored["precursor"].to_numpy()]
    q, score = scored["q_value"].to_numpy(), scored["score"].to_numpy()
    seen = np.flatnonzero(is_entrapment & np.isfinite(best))
    seen = seen[np.argsort(-best[seen], kind="stable")]
    winners = seen[np.unique(pair[seen], return_index=True)[1]]
    counts = []
    for level in LEVELS + (None,):
        above = winners if level is None else winners[best[winners] >= score[is_target & (q <= level)].min()]
        counts.append([made[above].sum(), (~made[above]).sum(), (~is_decoy[above]).sum(), is_decoy[above].sum()])
    return np.array(counts)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("world", type=pathlib.Path)
    parser.add_argument("--overland", required=True, type=pathlib.Path)
    parser.add_argument("--entrapments", type=int, default=6)
    parser.add_argument("--seeds", type=lambda s: [int(x) for x in s.split(",")], default=[1, 2, 3])
    options = parser.parse_args()
    source, library, out = (options.world / name for name in ("swap_source.lib", "swapped.lib", "swapped"))
    run(options.overland, "build-library", "--fasta", options.world / "made.fasta", "--out", source, "--overwrite",
        "--entrapments", options.entrapments, *build_settings("--set"))
    print("| seed | pairs' winners | q 1 % | 5 % | 20 % | all |\n|---|---|---|---|---|---|")
    for seed in options.seeds:
        made = exchange_labels(source, library, seed)
        shutil.rmtree(out, ignore_errors=True)
        runs = sorted((options.world / "sim").glob("*.arrow"))
        run(options.overland, "search", "--library", library, "--out", out, "--threads", 2, "--quiet",
            "--set", "report.xic=false", "--set", "report.html=false", *runs)
        counts = sum(count(library, made, out, file.stem) for file in runs)
        for label, first in (("targets : decoys by label", 2), ("entrapments : decoys as made", 0)):
            print(f"| {seed} | {label} | " + " | ".join(f"{c[first]} : {c[first + 1]}" for c in counts) + " |", flush=True)


if __name__ == "__main__":
    main()
