#!/usr/bin/env python3
"""Accuracy of a model over collision energies and charges, on the held-out peptides of a training table.

  bench/predictor_plot.py --overland build/release/bin/overland --model data/predictor/overland.model \
      --spectra teacher_nce.parquet --out docs/images/predictor_accuracy.png
"""
import argparse
import json
import pathlib
import struct
import subprocess
import tempfile

import matplotlib
import pyarrow.compute as pc
import pyarrow.parquet as pq

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402


def accuracy(program, model, table):
    """Medians by charge, as the program writes them into a model that it judged."""
    with tempfile.TemporaryDirectory() as folder:
        part, judged = pathlib.Path(folder) / "part.parquet", pathlib.Path(folder) / "judged.model"
        pq.write_table(table, part)
        subprocess.run([program, "train-predictor", "--quiet", "--passes", "0", "--retention-passes", "0", "--base",
                        model, "--spectra", part, "--out", judged], check=True)
        data = judged.read_bytes()
        length = struct.unpack_from("<I", data, 12)[0]
        return json.loads(data[16:16 + length])["training"]["held_out"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--overland", "--model", "--spectra", "--out"):
        parser.add_argument(name, required=True)
    arguments = parser.parse_args()
    table = pq.read_table(arguments.spectra)
    table = table.filter(table["holdout"])
    edges = [20, 22, 24, 26, 28, 30, 32, 34, 36, 38, 40, 42]
    lines = {}
    for low, high in zip(edges, edges[1:]):
        inside = pc.and_(pc.greater_equal(table["nce"], low), pc.less(table["nce"], high))
        found = accuracy(arguments.overland, arguments.model, table.filter(inside))
        for charge, median in enumerate(found["by_charge"], 1):
            lines.setdefault(charge, []).append(((low + high) / 2, median))
        print(f"NCE {low}-{high}: {found['median_spectral_angle_similarity']:.4f}",
              [round(m, 3) for m in found["by_charge"]])
    figure, axes = plt.subplots(figsize=(6, 3.6), layout="constrained")
    for (charge, points), marker in zip(lines.items(), "os^D"):
        axes.plot(*zip(*points), marker=marker, label=f"charge {charge}")
    axes.axhline(0.9, color="grey", linewidth=0.8, linestyle=":")
    axes.set(xlabel="normalised collision energy, %", ylabel="median spectral angle similarity", ylim=(0.8, 1),
             title="Held-out peptides of the training table")
    axes.legend(frameon=False, ncols=4, loc="lower center")
    figure.savefig(arguments.out, dpi=150)


if __name__ == "__main__":
    main()
