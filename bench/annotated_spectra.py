#!/usr/bin/env python3
"""Annotated spectra (MGF with a peptide list) as a table on which `overland train-predictor` judges a model.

  bench/annotated_spectra.py SPECTRA.mgf.gz PEPTIDES.peprec --nce 30 --out annotated.parquet
  overland train-predictor --passes 0 --retention-passes 0 --base MODEL --spectra annotated.parquet --out /tmp/judged.model

All rows are marked as held out. Made for ms2pip's test spectra of MassIVE-KB, which lost their base peak and
the 4 Th around the precursor: ions near the precursor count as not measured; the base peak is put back where
exactly one b or y ion (1+, 2+) lacks its peak but shows the strongest M+1. "Clean" spectra: only
carbamidomethylated C and oxidised M, all C modified, charges 2-4, at least 8 ions seen, b and y ions explain
at least 40 % of the signal, and the base peak was put back.
"""
import argparse
import gzip

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

MASS = dict(G=57.02146372, A=71.03711379, S=87.03202841, P=97.05276385, V=99.06841391, T=101.04767847,
            C=103.00918448, L=113.08406398, I=113.08406398, N=114.04292744, D=115.02694303, Q=128.05857751,
            K=128.09496302, E=129.04259309, M=131.04048461, H=137.05891186, F=147.06841391, R=156.10111103,
            Y=163.06332853, W=186.07931295)
PROTON, WATER, SPACING = 1.00727646688, 18.0105646837, 1.0033548378
MODIFICATION = {"Carbamidomethyl": ("C", 57.02146372), "Oxidation": ("M", 15.99491462)}


def spectra(file):
    opened = gzip.open(file, "rt") if file.endswith(".gz") else open(file)
    with opened as lines:
        title, peaks, mz = None, [], 0.0
        for line in lines:
            if line.startswith("TITLE="):
                title, peaks = line[6:].strip(), []
            elif line.startswith("PEPMASS="):
                mz = float(line[8:].split()[0])
            elif line[:1].isdigit():
                peaks.append([float(x) for x in line.split()[:2]])
            elif line.startswith("END"):
                yield title, mz, np.array(peaks)


def peptides(file):
    with open(file) as lines:
        next(lines)
        for line in lines:
            name, modifications, sequence, charge = line.split()
            yield name, modifications, sequence, int(charge)


def residue_masses(sequence, modifications):
    """None where the peptide has more than the two common modifications, or a bare C."""
    masses, text = np.array([MASS[r] for r in sequence]), list(sequence)
    parts = [] if modifications == "-" else modifications.split("|")
    for place, name in zip(parts[::2], parts[1::2]):
        at = int(place) - 1
        if name not in MODIFICATION or at < 0 or sequence[at] != MODIFICATION[name][0]:
            return None, None
        masses[at] += MODIFICATION[name][1]
        text[at] = sequence[at].lower()
    return (None, None) if "C" in text else (masses, "".join(text))


def intensity_at(peaks, mz, tolerance):
    near = np.abs(peaks[:, 0] - mz) <= tolerance * mz * 1e-6
    return peaks[near, 1].max() if near.any() else 0.0


def row_of(masses, charge, precursor_mz, peaks, tolerance=20):
    """Intensities of b+, y+, b2+, y2+ (-1: not measured), the share explained, and whether the base peak is back."""
    b, y = np.cumsum(masses)[:-1], np.cumsum(masses[::-1])[:-1] + WATER
    ions = np.concatenate([(m + z * PROTON) / z for z in (1, 2) for m in (b, y)])
    spacing = np.concatenate([np.full(2 * len(b), SPACING / z) for z in (1, 2)])
    found = np.array([intensity_at(peaks, m, tolerance) for m in ions])
    heavier = np.array([intensity_at(peaks, m + s, tolerance) for m, s in zip(ions, spacing)])
    lost = np.flatnonzero((found == 0) & (heavier > 0.1 * peaks[:, 1].max()))
    is_back = len(lost) == 1
    if is_back:
        found[lost[0]] = 10000.0
    share = found.sum() / (peaks[:, 1].sum() + (10000.0 if is_back else 0))
    hidden = (np.abs(ions - precursor_mz) < 4) | (ions < peaks[0, 0]) | ((charge == 1) & (np.arange(len(ions)) >= 2 * len(b)))
    found[hidden & (found == 0)] = -1
    return found, share, is_back


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("spectra")
    parser.add_argument("peptides")
    parser.add_argument("--nce", type=float, default=30)
    parser.add_argument("--out", required=True)
    arguments = parser.parse_args()
    known = {name: rest for name, *rest in peptides(arguments.peptides)}
    rows = {"sequence": [], "charge": [], "nce": [], "holdout": [], "intensity": []}
    for title, mz, peaks in spectra(arguments.spectra):
        modifications, sequence, charge = known[title]
        masses, text = residue_masses(sequence, modifications)
        if masses is None or charge not in (2, 3, 4) or len(peaks) < 8:
            continue
        found, share, is_back = row_of(masses, charge, mz, peaks)
        if share < 0.4 or (found > 0).sum() < 8 or not is_back:
            continue
        roots = np.where(found < 0, -1, 10000 * np.sqrt(np.maximum(found, 0) / found.max()))
        for key, value in zip(rows, (text, charge, arguments.nce, True, [float(r) for r in roots])):
            rows[key].append(value)
    table = pa.table({"sequence": rows["sequence"], "charge": pa.array(rows["charge"], pa.int8()),
                      "nce": pa.array(rows["nce"], pa.float32()), "holdout": rows["holdout"],
                      "intensity": pa.array(rows["intensity"], pa.list_(pa.float32()))})
    pq.write_table(table, arguments.out)
    print(f"{table.num_rows} clean spectra")


if __name__ == "__main__":
    main()
