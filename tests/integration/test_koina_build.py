"""build-library through a prediction service: a local server that implements its protocol."""
import csv
import gzip
import http.server
import json
import pathlib
import re
import threading
import unittest

import pyarrow.ipc
import pyarrow.parquet

from program import ProgramTest, overland

FASTA = ">sp|P1|ONE_TEST First GN=one\nMAAAGELSNKVTFPEDLLRAAEWLTGVK\n>sp|P2|TWO_TEST Second GN=two\nMGDSWELTPEKLLQNIVAGGR\n"
PROTON, WATER = 1.00727646688, 18.0105646837
MASS = dict(G=57.02146372, A=71.03711379, S=87.03202841, P=97.05276385, V=99.06841391, T=101.04767847, L=113.08406398,
            I=113.08406398, N=114.04292744, D=115.02694303, Q=128.05857751, K=128.09496302, E=129.04259309,
            M=131.04048461, F=147.06841391, R=156.10111103, W=186.07931295, C=103.00918448, H=137.05891186,
            Y=163.06332853)
UNIMOD = {4: 57.02146372, 35: 15.99491462}

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "data" / "example"
KNOTS = [6.0, 13.0, 22.0, 25.0, 33.0, 39.0, 48.0, 55.0]
REFERENCE = 27
# Altimeter's dictionary from number 28 on; its later ions do not matter here.
IONS = ("y1 b1 y2 b2 y3 y3^2 b3 b3^2 y4 y4^2 b4 b4^2 y5 y5^2 b5 b5^2 y6 y6^2 b6 b6^2 y7 y7^2 y7^3 b7 b7^2 y8 y8^2 y8^3 "
        "b8 b8^2 b8^3 - - - - - - - - y9 y9^2 y9^3 b9 b9^2 b9^3 y10 y10^2 y10^3 b10 b10^2 b10^3 " + "- " * 16 +
        "y11 y11^2 y11^3 b11 b11^2 b11^3 y12 y12^2 b12 b12^2").split()
# C, H, N, O, S of each residue, cysteine carbamidomethylated; and how much of each element is its lightest isotope.
ATOMS = dict(G=(2, 3, 1, 1, 0), A=(3, 5, 1, 1, 0), S=(3, 5, 1, 2, 0), P=(5, 7, 1, 1, 0), V=(5, 9, 1, 1, 0),
             T=(4, 7, 1, 2, 0), C=(5, 8, 2, 2, 1), L=(6, 11, 1, 1, 0), I=(6, 11, 1, 1, 0), N=(4, 6, 2, 2, 0),
             D=(4, 5, 1, 3, 0), Q=(5, 8, 2, 2, 0), K=(6, 12, 2, 1, 0), E=(5, 7, 1, 3, 0), M=(5, 9, 1, 1, 1),
             H=(6, 7, 3, 1, 0), F=(9, 9, 1, 1, 0), R=(6, 12, 4, 1, 0), Y=(9, 9, 1, 2, 0), W=(11, 10, 2, 1, 0))
LIGHTEST = (0.9893, 0.999885, 0.99636, 0.99757, 0.9499)


def residues_of(sequence):
    """Pairs of residue and mass, of either notation of modifications."""
    found = re.findall(r"([A-Z])(?:[\[(](?:UNIMOD|UniMod):(\d+)[\])])?", sequence)
    return [(residue, MASS[residue] + UNIMOD.get(int(number or 0), 0)) for residue, number in found]


def part_of(sequence, letter, ordinal):
    residues = residues_of(sequence)
    return residues[-ordinal:] if letter == "y" else residues[:ordinal]


def ion_mz(sequence, letter, ordinal, charge):
    mass = sum(mass for _, mass in part_of(sequence, letter, ordinal)) + (WATER if letter == "y" else 0)
    return mass / charge + PROTON


def monoisotopic_share(sequence, letter, ordinal):
    """Of the abundance of a fragment over all its isotopes; its oxidation counts for 0.2 % and is left out."""
    share = LIGHTEST[1] ** 2 * LIGHTEST[3] if letter == "y" else 1
    for residue, _ in part_of(sequence, letter, ordinal):
        for count, lightest in zip(ATOMS[residue], LIGHTEST):
            share *= lightest ** count
    return share


def basis(i, degree, energy):
    if degree == 0:
        return float(KNOTS[i] <= energy < KNOTS[i + 1])
    left = (energy - KNOTS[i]) / (KNOTS[i + degree] - KNOTS[i]) * basis(i, degree - 1, energy)
    right = (KNOTS[i + degree + 1] - energy) / (KNOTS[i + degree + 1] - KNOTS[i + 1]) * basis(i + 1, degree - 1, energy)
    return left + right


def spline(coefficients, energy):
    return max(0.0, sum(c * basis(i, 3, energy) for i, c in enumerate(coefficients)))


def shape(letter, ordinal):
    """A spline that is 1 at the reference energy: some fragments keep it, others fade with the energy."""
    curve = (1, 1, 1, 1) if (ordinal + (letter == "b")) % 2 == 0 else (3, 2, 0.4, 0.01)
    return [c / spline(curve, REFERENCE) for c in curve]


def example_spectra():
    """(modified sequence, charge) -> {ion name: monoisotopic intensity}, and sequence -> retention."""
    spectra, retention = {}, {}
    with gzip.open(EXAMPLE / "library.tsv.gz", "rt") as text:
        for row in csv.DictReader(text, delimiter="\t"):
            ion = row["FragmentType"] + row["FragmentSeriesNumber"]
            ion += "^" + row["FragmentCharge"] if row["FragmentCharge"] != "1" else ""
            key = row["ModifiedPeptide"], int(row["PrecursorCharge"])
            spectra.setdefault(key, {})[ion] = float(row["RelativeIntensity"])
            retention[row["ModifiedPeptide"]] = float(row["Tr_recalibrated"])
    return spectra, retention


def altimeter(sequence, charge, spectra):
    """200 slots of number, m/z and four coefficients: totals over all isotopes; empty ones are -1."""
    known = spectra.get((sequence.replace("[UNIMOD", "(UniMod").replace("]", ")"), charge))
    length = len(residues_of(sequence))
    slots = []
    for number, name in enumerate(IONS, 28):
        letter, ordinal, z = re.fullmatch(r"([by])(\d+)(?:\^(\d))?", name).groups() if name != "-" else ("", 99, 1)
        ordinal, z = int(ordinal), int(z or 1)
        if ordinal >= length or z > charge:
            continue
        mono = known.get(name, 0) / 10000 if known else (1 / ordinal if letter == "y" else 0.1 / ordinal)
        total = mono / monoisotopic_share(sequence, letter, ordinal)
        if total > 0:
            slots.append((number, ion_mz(sequence, letter, ordinal, z), *(total * c for c in shape(letter, ordinal))))
    return slots + [(-1, -1.0, -1.0, -1.0, -1.0, -1.0)] * (200 - len(slots))


def prosit(sequence):
    """174 places: y and b of 29 bonds, charges 1 to 3; impossible ions are -1."""
    intensity, mz, names = [-1.0] * 174, [-1.0] * 174, ["y1+1"] * 174
    masses = [MASS[r] + (15.99491462 if oxidised else 0) for r, oxidised in re.findall(r"([A-Z])(\[UNIMOD:35\])?", sequence)]
    for bond in range(29):
        for kind, letter in enumerate("yb"):
            for charge in (1, 2, 3):
                at = bond * 6 + kind * 3 + charge - 1
                names[at] = f"{letter}{bond + 1}+{charge}"
                if bond + 1 >= len(masses) or charge > 1:
                    continue
                part = masses[-bond - 1:] if letter == "y" else masses[:bond + 1]
                mz[at] = sum(part) + PROTON + (WATER if letter == "y" else 0)
                intensity[at] = 1.0 / (bond + 1) if letter == "y" else 0.1
    return intensity, mz, names


class Service(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(self.path)
        if self.server.failures > 0:
            self.server.failures -= 1
            return self.answer(503, {"error": "busy"})
        sequences = body["inputs"][0]["data"]
        n = len(sequences)
        if "Chronologer" in self.path:
            outputs = [{"name": "rt", "datatype": "FP32", "shape": [n, 1],
                        "data": [self.server.retention.get(s.replace("[UNIMOD", "(UniMod").replace("]", ")"), float(len(s)))
                                 for s in sequences]}]
        elif "Altimeter" in self.path:
            charges = next(i["data"] for i in body["inputs"] if i["name"] == "precursor_charges")
            answers = [altimeter(s, z, self.server.spectra) for s, z in zip(sequences, charges)]
            outputs = [{"name": "coefficients", "datatype": "FP32", "shape": [n, 4, 200],
                        "data": [slot[2 + k] for a in answers for k in range(4) for slot in a]},
                       {"name": "knots", "datatype": "FP32", "shape": [8], "data": KNOTS},
                       {"name": "annotations", "datatype": "INT32", "shape": [n, 200],
                        "data": [slot[0] for a in answers for slot in a]},
                       {"name": "mz", "datatype": "FP32", "shape": [n, 200],
                        "data": [slot[1] for a in answers for slot in a]}]
        else:
            answers = [prosit(s) for s in sequences]
            outputs = [{"name": name, "datatype": kind, "shape": [n, 174], "data": [v for a in answers for v in a[i]]}
                       for i, (name, kind) in enumerate([("intensities", "FP32"), ("mz", "FP32"), ("annotation", "BYTES")])]
        return self.answer(200, {"outputs": outputs})

    def answer(self, status, value):
        text = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        if status == 503:
            self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *arguments):
        pass


class WithService(ProgramTest):
    def setUp(self):
        super().setUp()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
        self.server.asked, self.server.failures = [], 1
        self.server.spectra, self.server.retention = {}, {}
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v2/models"


class KoinaBuild(WithService):
    def setUp(self):
        super().setUp()
        (self.folder / "two.fasta").write_text(FASTA)

    def build(self, name):
        return overland("build-library", "--quiet", "--fasta", self.folder / "two.fasta", "--out", self.folder / name,
                        "--set", "precursors.min_charge=2", "--set", "precursors.max_charge=2",
                        "--predictor", "koina:prosit_2020_hcd+chronologer", "--koina-url", self.url, "--koina-cache",
                        self.folder / "answers.koina")

    def test_build_and_again_from_the_cache(self):
        self.check_succeeds(self.build("a.lib"))
        table = pyarrow.ipc.open_file(self.folder / "a.lib" / "precursors.arrow").read_all().to_pylist()
        targets = {row["modified_sequence"]: row["irt"] for row in table if not row["is_decoy"]}
        self.assertIn("VTFPEDLLR", targets)
        self.assertEqual(targets["VTFPEDLLR"], len("VTFPEDLLR"))
        asked = len(self.server.asked)
        self.assertGreaterEqual(asked, 3)  # one of them failed at first
        self.check_succeeds(self.build("b.lib"))
        self.assertEqual(len(self.server.asked), asked)
        self.assertEqual((self.folder / "a.lib" / "fragments.arrow").read_bytes(),
                         (self.folder / "b.lib" / "fragments.arrow").read_bytes())


class AltimeterBuild(WithService):
    """The example's spectra as a service with splines would predict them, built into a library and searched."""

    def setUp(self):
        super().setUp()
        self.server.spectra, self.server.retention = example_spectra()
        peptides = sorted({re.sub(r"\(.*?\)", "", sequence) for sequence, _ in self.server.spectra})
        (self.folder / "example.fasta").write_text("".join(f">sp|P{i}|P{i}_TEST\n{p}\n" for i, p in enumerate(peptides)))
        settings = ["precursors.min_charge=2", "precursors.max_charge=3", "precursors.min_mz=450",
                    "precursors.max_mz=650", "digestion.loses_initial_met=false", f"prediction.nce={REFERENCE}"]
        self.library = self.folder / "example.lib"
        self.check_succeeds(overland(
            "build-library", "--quiet", "--fasta", self.folder / "example.fasta", "--out", self.library,
            *[part for s in settings for part in ("--set", s)], "--predictor", "koina:altimeter+chronologer",
            "--koina-url", self.url, "--koina-cache", self.folder / "answers.koina"))

    def spectra(self):
        """(sequence, charge) of each target -> {ion: (intensity, coefficients)}."""
        read = {name: pyarrow.ipc.open_file(self.library / f"{name}.arrow").read_all().to_pylist()
                for name in ("precursors", "fragments", "splines")}
        found, first = {}, 0
        for row in read["precursors"]:
            last = first + row["fragment_count"]
            ions = {}
            for f in range(first, last):
                fragment = read["fragments"][f]
                kind, charge = fragment["kind"] >> 7, fragment["kind"] & 7
                name = f"{'by'[kind]}{fragment['ordinal']}" + (f"^{charge}" if charge > 1 else "")
                roots = [(read["splines"][f][f"c{i}"] - 32768) / 32767 for i in range(4)]
                ions[name] = (fragment["intensity"] / 65535) ** 2, [r * abs(r) for r in roots]
            if not row["is_decoy"]:
                found[row["modified_sequence"], row["charge"]] = ions
            first = last
        return found

    def check_spectrum(self, key, ions, energy, intensity_of):
        """Relative to the strongest of the ions that the library has; oxidation shifts a share by 0.2 %."""
        source = self.server.spectra[key]
        expected = {ion: source[ion] * spline(shape(ion[0], int(ion[1:].split("^")[0])), energy) for ion in ions}
        found = {ion: intensity_of(*ions[ion]) for ion in ions}
        strongest = max(expected, key=expected.get)
        for ion in ions:
            self.assertAlmostEqual(found[ion] / found[strongest], expected[ion] / expected[strongest], delta=0.004,
                                   msg=f"{key} {ion} at {energy}")

    def check_library(self):
        description = json.loads((self.library / "library.json").read_text())
        self.assertEqual((description["intensity_kind"], description["intensity_is"]), ("spline", "mono"))
        self.assertEqual(description["spline"], {"degree": 3, "knots": KNOTS, "low_nce": 20, "high_nce": 40,
                                                 "reference_nce": REFERENCE})
        found = {key: ions for key, ions in self.spectra().items() if key in self.server.spectra}
        self.assertGreater(len(found), 300)
        for key, ions in found.items():
            self.check_spectrum(key, ions, REFERENCE, lambda intensity, _: intensity)
            for energy in (22, REFERENCE, 36):
                self.check_spectrum(key, ions, energy, lambda _, c, e=energy: spline(c, e))

    def search(self, nce, fits=False):
        out = self.folder / f"out{nce}{fits}"
        self.check_succeeds(overland("search", "--quiet", "--library", self.library, "--out", out, "--threads", 2, "--set",
                                     f"calibration.nce={nce}", "--set", f"calibration.nce_fit={str(fits).lower()}",
                                     *sorted(EXAMPLE.glob("*.mzML.gz"))))
        return {(row["Run"], row["Precursor.Id"]): row["Score"]
                for row in pyarrow.parquet.read_table(out / "report.parquet").to_pylist()}

    def test_spectra_at_all_energies_and_searches_at_two(self):
        self.check_library()
        here, elsewhere, fitted = self.search(REFERENCE), self.search(36), self.search(36, fits=True)
        truth = pyarrow.parquet.read_table(EXAMPLE / "truth.parquet").to_pylist()
        library = {f"{sequence}{charge}" for sequence, charge in self.spectra()}
        detectable = {(row["Run"], row["Precursor.Id"]) for row in truth
                      if row["Detectable"] and row["Precursor.Id"] in library}
        self.assertGreater(len(detectable), 100)
        for found in (here, fitted):
            self.assertGreaterEqual(len(detectable & found.keys()), 0.9 * len(detectable))
        self.assertGreater(len(elsewhere), 0.5 * len(here))
        self.assertNotEqual(here, elsewhere)
        self.assertNotEqual(fitted, elsewhere)


if __name__ == "__main__":
    unittest.main()
