#!/usr/bin/env python3
"""Protein quantities: agreement with DIA-NN, iq and directLFQ on published tables, and time.

  bench/lfq.py --overland build/release/bin/overland --data ../shared/data [--r-library DIR] [--groups 10000 --runs 500]
  iq and diann (R packages) are used where Rscript finds them, directLFQ where this Python has it.
"""
import argparse
import pathlib
import resource
import shutil
import subprocess
import tempfile
import time

import numpy
import pandas
import pyarrow
import pyarrow.parquet

R_SCRIPT = """
args <- commandArgs(TRUE); .libPaths(c(args[1], .libPaths())); suppressMessages({library(iq); library(diann)})
d <- read.delim(args[2]); t <- system.time(
r <- fast_MaxLFQ(list(protein_list=d$group, sample_list=d$run, id=d$ion, quant=log2(d$quantity))))
write.table(data.frame(group=rownames(r$estimate), r$estimate, check.names=FALSE), paste0(args[3], "/iq.tsv"), sep="\\t", row.names=FALSE)
u <- system.time(m <- diann_maxlfq(d, sample.header="run", group.header="group", id.header="ion", quantity.header="quantity"))
write.table(data.frame(group=rownames(m), log2(m), check.names=FALSE), paste0(args[3], "/diann.tsv"), sep="\\t", row.names=FALSE)
cat("iq", sum(t[1:2]), "s; diann", sum(u[1:2]), "s of CPU\\n")
"""


def cpu():
    use = resource.getrusage(resource.RUSAGE_CHILDREN)
    return use.ru_utime + use.ru_stime


def ours(program, table, out, *arguments):
    wall, before = time.time(), cpu()
    subprocess.run([program, "lfq", "--quiet", "--in", table, "--out", out, *arguments], check=True)
    wide = pandas.read_parquet(out / "quantities_wide.parquet")
    print(f"  overland {' '.join(map(str, arguments))}: {cpu() - before:.2f} s of CPU, {time.time() - wall:.2f} s")
    return numpy.log2(wide.set_index(wide.columns[0]))


def compare(name, a, b):
    """Greatest difference of log2, and of what is left without one constant per group."""
    b = b.reindex(index=a.index, columns=a.columns)
    d = a - b
    print(f"  {name}: {int(d.notna().sum().sum())} values; greatest difference {d.abs().max().max():.2e}; of profiles "
          f"{(d.max(axis=1) - d.min(axis=1)).max():.2e}; r {numpy.corrcoef(a.values[d.notna()], b.values[d.notna()])[0, 1]:.5f}")


def published(args, scratch, name, frame):
    print(f"{name}: {frame.group.nunique()} groups, {frame.run.nunique()} runs, {len(frame)} rows")
    table = scratch / f"{name}.tsv"
    frame.to_csv(table, sep="\t", index=False)
    columns = ["--group-column", "group", "--run-column", "run", "--ion-column", "ion", "--quantity-column", "quantity"]
    top = ours(args.overland, table, scratch / "top", *columns)
    mean = ours(args.overland, table, scratch / "mean", *columns, "--level", "mean")
    if args.r_library and shutil.which("Rscript"):
        script = scratch / "lfq.R"
        script.write_text(R_SCRIPT, encoding="utf-8")
        done = subprocess.run(["Rscript", script, args.r_library, table, scratch], capture_output=True, text=True, check=True)
        print("  ", done.stdout.strip().splitlines()[-1])
        for other, own in (("iq", mean), ("diann", top)):
            read = pandas.read_csv(scratch / f"{other}.tsv", sep="\t", index_col=0)
            compare(other, own, read)
    direct(frame, top)
    return top


def direct(frame, top):
    try:
        import directlfq.protein_intensity_estimation as estimation
        import directlfq.utils as utils
    except ImportError:
        return
    wide = frame.pivot_table(index=["group", "ion"], columns="run", values="quantity", aggfunc="max")
    wide.index.names = ["protein", "ion"]
    log2 = numpy.log2(wide.replace(0, numpy.nan)).dropna(how="all")
    begin = time.process_time()
    utils.check_and_correct_input  # the package, as installed
    estimated, _ = estimation.estimate_protein_intensities(log2, min_nonan=1, num_samples_quadratic=10, num_cores=1)
    print(f"  directLFQ: {time.process_time() - begin:.2f} s of CPU")
    estimated = numpy.log2(estimated.set_index("protein").replace(0, numpy.nan))
    compare("directLFQ", top, estimated)


def random_matrix(groups, runs, path):
    """A matrix of ions by runs: about 12 ions a group, a third missing."""
    rng = numpy.random.default_rng(1)
    ions = 1 + numpy.exp(1.9 + rng.normal(size=groups)).astype(int)
    group = numpy.repeat(numpy.arange(groups), ions)
    values = numpy.exp2(15 + 3 * rng.normal(size=len(group))[:, None] + 0.3 * rng.normal(size=(len(group), runs)))
    values[rng.uniform(size=values.shape) < 0.6 * rng.uniform(size=(len(group), 1))] = numpy.nan
    columns = {"protein": pyarrow.array([f"P{g:05d}" for g in group]), "ion": pyarrow.array([f"ion{i}" for i in range(len(group))])}
    columns.update({f"run{r:04d}": pyarrow.array(values[:, r], from_pandas=True) for r in range(runs)})
    pyarrow.parquet.write_table(pyarrow.table(columns), path)
    print(f"{groups} groups, {runs} runs, {len(group)} ions, {int(numpy.isfinite(values).sum())} quantities")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--overland", required=True, type=pathlib.Path)
    parser.add_argument("--data", required=True, type=pathlib.Path)
    parser.add_argument("--r-library", default="")
    parser.add_argument("--groups", type=int, default=0)
    parser.add_argument("--runs", type=int, default=500)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        scratch = pathlib.Path(folder)
        d = pandas.read_csv(args.data / "report-diann-rpackage/diann_report.tsv.gz", sep="\t")
        d = d[(d["Q.Value"] <= 0.01) & d["Genes"].notna()]
        frame = pandas.DataFrame({"group": d["Genes"], "run": d["File.Name"].str.replace("\\", "/"), "ion": d["Precursor.Id"],
                                  "quantity": d["Precursor.Normalised"]})
        top = published(args, scratch, "diann-rpackage", frame)
        want = d.assign(run=frame.run).groupby(["Genes", "run"])["Genes.MaxLFQ"].max().unstack()
        compare("Genes.MaxLFQ of the report", top, numpy.log2(want))
        s = pandas.read_csv(args.data / "report-iq/spikeins.tsv.gz", sep="\t")
        ion = s["EG.ModifiedSequence"] + s["FG.Charge"].astype(str) + s["F.FrgIon"] + s["F.Charge"].astype(str)
        published(args, scratch, "iq-spikeins", pandas.DataFrame({
            "group": s["PG.ProteinGroups"], "run": s["R.Condition"], "ion": ion, "quantity": s["F.PeakArea"]}))
        if args.groups:
            random_matrix(args.groups, args.runs, scratch / "matrix.parquet")
            for method in ("maxlfq", "aligned"):
                ours(args.overland, scratch / "matrix.parquet", scratch / method, "--method", method, "--threads", "2")


if __name__ == "__main__":
    main()
