#!/usr/bin/env python3
"""Feeds a results folder, and what `overland export` makes of it, to programs that other people wrote.

  bench/interop.py --overland build/release/bin/overland --results DIR --work DIR [--python PYTHON ...] [--conditions TABLE]
  Each check runs in the first PYTHON (an interpreter, of a virtual environment) that has its package; R's run by Rscript.
  Prints a table of program, version, input and what came out; the counts of the report stand beside it.
"""
import argparse
import pathlib
import shutil
import subprocess
import sys
import textwrap

# package: [(input, code)]. The code finds `source` and prints what it read in one line.
CHECKS = {
    "pandas": [("report.parquet", "r = pandas.read_parquet(source); print(len(r), 'rows', r['Precursor.Id'].nunique(), 'precursors')")],
    "polars": [("report.parquet", "r = polars.read_parquet(source); print(r.height, 'rows', r['Precursor.Id'].n_unique(), 'precursors')")],
    "pyteomics": [("results.mztab", """
        from pyteomics import mztab
        t = mztab.MzTab(source)
        print(t.mode, t.type, len(t.protein_table), 'proteins', len(t.peptide_table), 'precursors', len(t.ms_runs), 'runs',
              len(t.study_variables), 'study variables')""")],
    "pyopenms": [("results.mztab", """
        table = pyopenms.MzTabFile().load(source)
        again = source + '.again'
        pyopenms.MzTabFile().store(again, table)
        head = {k: sum(line.startswith(k) for line in open(again)) for k in ('PRT', 'PEP')}
        print('loaded; written again with', head['PRT'], 'proteins', head['PEP'], 'precursors')""")],
    "directlfq": [
        ("report.tsv", """
        import directlfq.lfq_manager as manager, pandas, glob, os, shutil
        folder = source + '.directlfq'; shutil.rmtree(folder, ignore_errors=True); os.makedirs(folder)
        copy = shutil.copy(source, folder)
        manager.run_lfq(copy, input_type_to_use='diann_fragion_isotopes', num_cores=1)
        out = pandas.read_csv(glob.glob(folder + '/*protein_intensities.tsv')[0], sep='\\t')
        print('fragments:', len(out), 'proteins', (out.iloc[:, 1:].select_dtypes('number') > 0).sum().tolist(), 'quantities a run')"""),
        ("report.parquet", """
        import directlfq.lfq_manager as manager, pandas, glob, os, shutil
        folder = source + '.directlfq'; shutil.rmtree(folder, ignore_errors=True); os.makedirs(folder)
        copy = shutil.copy(source, folder)
        manager.run_lfq(copy, input_type_to_use='diann_precursors', num_cores=1)
        out = pandas.read_csv(glob.glob(folder + '/*protein_intensities.tsv')[0], sep='\\t')
        print('precursors:', len(out), 'proteins', (out.iloc[:, 1:].select_dtypes('number') > 0).sum().tolist(), 'quantities a run')""")],
    "pmultiqc": [(kind, """
        import os, re, shutil, subprocess, sys
        folder = source + '.pmultiqc'; shutil.rmtree(folder, ignore_errors=True); os.makedirs(folder + '/in')
        shutil.copy(source, folder + '/in/')
        done = subprocess.run([os.path.dirname(sys.executable) + '/multiqc', '--diann-plugin', '-o', folder + '/out', folder + '/in'],
                              capture_output=True, text=True)
        page = folder + '/out/multiqc_report.html'
        assert done.returncode == 0 and os.path.exists(page), done.stdout[-1500:] + done.stderr[-1500:]
        problems = [line for line in (done.stdout + done.stderr).splitlines() if re.search('warning|error', line, re.I)]
        tables = sorted(os.listdir(folder + '/out/multiqc_report_data')) if os.path.isdir(folder + '/out/multiqc_report_data') else sorted(os.listdir(folder + '/out/multiqc_data'))
        assert not any('skipped' in line for line in problems), problems
        print('page of', os.path.getsize(page) >> 10, 'KiB', len(tables), 'tables')""")
        for kind in ("report.parquet", "report.tsv")],
    "proteobench": [(kind, """
        from proteobench.io.parsing.parse_ion import load_input_file
        from proteobench.io.parsing.parse_settings import ParseSettingsBuilder
        from proteobench.modules.constants import MODULE_SETTINGS_DIRS
        module = 'quant_lfq_DIA_ion_AIF'
        report = load_input_file(source, 'DIA-NN')
        parser = ParseSettingsBuilder(MODULE_SETTINGS_DIRS[module], module).build_parser('DIA-NN')
        names = dict(zip(sorted(report['Run'].unique()), parser.condition_mapper))  # it knows its own runs only
        report['Run'] = report['Run'].map(names)
        report = report[report['Run'].notna()]
        standard, replicates = parser.convert_to_standard_format(report)
        print('read', len(report), 'rows; standard form:', len(standard), 'rows,', len(replicates), 'conditions')""")
        for kind in ("report.parquet", "report.tsv")],
    "pymsstats": [("msstats.csv", """
        import numpy, pandas, warnings
        warnings.simplefilter('ignore')
        table = pandas.read_csv(source, keep_default_na=False)  # FragmentIon is the text NA, as MSstats has it
        groups = sorted(table['Condition'].unique())[:2]
        levels = pymsstats.data_process(table)
        print(len(levels), 'protein rows', levels['Protein'].nunique(), 'proteins', end='')
        tested = pymsstats.group_comparison(levels, contrast_matrix=numpy.array([[1.0, -1.0]]), groups=groups)
        print(';', int(tested['pvalue'].notna().sum()), 'tested,', int((tested['adj.pvalue'] < 0.05).sum()), 'at 5 %')""")],
    "mzspeclib": [("skyline/results.blib", """
        from mzspeclib.backends.bibliospec import BibliospecSpectralLibrary
        library = BibliospecSpectralLibrary(source)
        worst = peaks = 0
        for i in range(len(library.index)):
            spectrum = library.get_spectrum(i + 1)
            charge = int(spectrum.get_attribute('MS:1000041|charge state'))
            mass = float(spectrum.get_analyte('1').get_attribute('MS:1001117|theoretical mass'))
            mz = float(spectrum.get_attribute('MS:1003208|experimental precursor monoisotopic m/z'))
            worst = max(worst, 1e6 * abs(mass / charge + 1.007276466 - mz) / mz)
            peaks += len(spectrum.peak_list)
        assert worst < 1, worst
        print(len(library.index), 'spectra', peaks, f'peaks; masses computed here from the sequences agree to {worst:.4f} ppm')""")],
    "skyline_prism": [("skyline/results.blib", """
        import pathlib
        from skyline_prism.spectral_library import BLIBLoader
        library = BLIBLoader(pathlib.Path(source)).load()
        print(len(library), 'spectra', sum(len(s.fragments_by_mz) for s in library.values()), 'peaks')""")],
}

R_CHECKS = [("data.table", "report.tsv", """
    r <- data.table::fread(args[1]); cat(nrow(r), "rows", length(unique(r$Precursor.Id)), "precursors")"""),
            ("data.table", "msstats.csv", """
    r <- data.table::fread(args[1]); stopifnot(is.numeric(r$Intensity), all(r$Intensity > 0));
    cat(nrow(r), "rows", length(unique(r$ProteinName)), "proteins", length(unique(r$Run)), "runs")"""),
            ("arrow", "report.parquet", "r <- arrow::read_parquet(args[1]); cat(nrow(r), 'rows')"),
            ("iq", "report.tsv", """
    p <- iq::preprocess(read.delim(args[1]), primary_id="Protein.Group", secondary_id="Precursor.Id", sample_id="Run",
                        intensity_col="Precursor.Normalised", pdf_out=NULL)
    m <- iq::fast_MaxLFQ(p); cat(nrow(m$estimate), "proteins", ncol(m$estimate), "runs")"""),
            ("MSstats", "msstats.csv", """
    d <- MSstats::dataProcess(read.csv(args[1]), use_log_file=FALSE, verbose=FALSE)
    cat(nrow(d$ProteinLevelData), "protein rows")""")]


def python_with(package, pythons):
    for python in pythons:
        done = subprocess.run([python, "-c", f"import importlib.metadata as m, {package}; print(m.version('{package}'))"],
                              capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return python, done.stdout.split()[-1]
    return None, None


def last_line(text):
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1].strip() if lines else ""


def check_python(package, source, code, pythons):
    python, version = python_with(package, pythons)
    if python is None:
        return "–", "not installed"
    program = f"import sys, {package}\nsource = sys.argv[1]\n" + textwrap.dedent(code)
    done = subprocess.run([python, "-c", program, str(source)], capture_output=True, text=True, timeout=900, check=False)
    return version, last_line(done.stdout) if done.returncode == 0 else "FAILED: " + last_line(done.stderr)


def check_r(package, source, code):
    if not shutil.which("Rscript"):
        return "–", "no R here"
    has = subprocess.run(["Rscript", "-e", f"cat(as.character(packageVersion('{package}')))"], capture_output=True, text=True, check=False)
    if has.returncode != 0:
        return "–", "not installed"
    done = subprocess.run(["Rscript", "-e", f"args <- commandArgs(TRUE); {code}", str(source)], capture_output=True, text=True, check=False)
    return has.stdout.strip(), last_line(done.stdout) if done.returncode == 0 else "FAILED: " + last_line(done.stderr)


def make_inputs(args):
    """Where each input of the checks is."""
    work = args.work
    work.mkdir(parents=True, exist_ok=True)
    sources = {"report.parquet": work / "parquet" / "report.parquet"}
    sources["report.parquet"].parent.mkdir(exist_ok=True)
    shutil.copy(args.results / "report.parquet", sources["report.parquet"])
    extra = ["--conditions", args.conditions] if args.conditions else []
    for kind, name in (("diann-tsv", "report.tsv"), ("mztab", "results.mztab"), ("msstats", "msstats.csv"),
                       ("skyline", "skyline"), ("pioneer", "pioneer")):
        sources[name] = work / name
        subprocess.run([args.overland, "export", "--quiet", args.results, "--format", kind, "--out", work / name, "--overwrite",
                        *extra], check=True)
    sources["skyline/results.blib"] = work / "skyline/results.blib"
    return sources


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--overland", required=True, type=pathlib.Path)
    parser.add_argument("--results", required=True, type=pathlib.Path)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--python", action="append", default=[])
    parser.add_argument("--conditions")
    parser.add_argument("--only", help="checks of this package alone")
    args = parser.parse_args()
    pythons = args.python or [sys.executable]
    sources = make_inputs(args)
    version, text = check_python("pandas", sources["report.parquet"], CHECKS["pandas"][0][1], pythons)
    print(f"the report itself (pandas {version}): {text}\n\n| program | version | input | result |\n|---|---|---|---|")
    failed = 0
    for package, checks in CHECKS.items():
        for name, code in checks:
            if args.only in (None, package) and name in sources:
                version, text = check_python(package, sources[name], code, pythons)
                failed += text.startswith("FAILED")
                print(f"| {package} | {version} | {name} | {text} |", flush=True)
    for package, name, code in R_CHECKS:
        if args.only in (None, package):
            version, text = check_r(package, sources[name], code)
            failed += text.startswith("FAILED")
            print(f"| R {package} | {version} | {name} | {text} |", flush=True)
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
