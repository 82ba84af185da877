"""From FASTA to results: build-library, search --fasta with its cache, --refine, train-predictor --from.

The sample is simulated from a library that was predicted at another collision energy, so that there is something to
refine. Real: the E. coli slice, searched with proteins alone.
"""
import csv
import json
import random
import unittest

import pyarrow.parquet

from program import ProgramTest, TEST_DATA, overland

RANGE = ["precursors.min_mz=500", "precursors.max_mz=560", "precursors.max_charge=3"]


def rows(path):
    return pyarrow.parquet.read_table(path).to_pylist()


def setting(option, values=RANGE):
    return [text for value in values for text in (option, value)]


def write_fasta(file, proteins, seed):
    rng = random.Random(seed)
    letters, weights = zip(*{"A": 8, "C": 1, "D": 5, "E": 7, "F": 4, "G": 7, "H": 2, "I": 5, "K": 6, "L": 10, "M": 2,
                             "N": 4, "P": 5, "Q": 4, "R": 5, "S": 7, "T": 5, "V": 7, "W": 1, "Y": 3}.items())
    with open(file, "w") as out:
        for i in range(proteins):
            sequence = "M" + "".join(rng.choices(letters, weights, k=rng.randint(150, 600)))
            out.write(f">sp|T{i:05d}|T{i}_TEST Made {i} OS=Test OX=1 GN=gene{i} PE=1 SV=1\n{sequence}\n")


def bend(source, target):
    """Another way to fragment: b ions weak, y ions stronger with their length, a factor for each residue pair."""
    with open(source, encoding="utf-8") as text, open(target, "w", encoding="utf-8") as out:
        rows_in = csv.DictReader(text, delimiter="\t")
        writer = csv.DictWriter(out, rows_in.fieldnames, delimiter="\t")
        writer.writeheader()
        for row in rows_in:
            peptide, ordinal = row["PeptideSequence"], int(row["FragmentSeriesNumber"])
            is_y = row["FragmentType"] == "y"
            site = len(peptide) - ordinal if is_y else ordinal
            factor = 0.4 + 1.4 * ordinal / len(peptide) if is_y else 0.35
            factor *= random.Random(peptide[site - 1:site + 1]).lognormvariate(0, 0.5)
            row["LibraryIntensity"] = repr(float(row["LibraryIntensity"]) * factor)
            writer.writerow(row)


class FastaSearch(ProgramTest):
    def setUp(self):
        super().setUp()
        self.fasta = self.folder / "made.fasta"
        write_fasta(self.fasta, 1500, 11)

    def build(self, name, *arguments):
        self.check_succeeds(overland("build-library", "--quiet", "--fasta", self.fasta, "--out", self.folder / name,
                                     *setting("--set"), *arguments))

    def simulate(self):
        self.build("true.lib", "--decoys", 0, "--set", "prediction.nce=38", "--set", "fragments.max_count=24")
        self.check_succeeds(overland("export-library", "--quiet", self.folder / "true.lib", "--out",
                                     self.folder / "true.tsv"))
        bend(self.folder / "true.tsv", self.folder / "bent.tsv")
        settings = {"seed": 3, "name": "world", "proteome": {"library_file": str(self.folder / "bent.tsv")},
                    "noise": {"background_density": 12}, "abundance": {"median_area": 8000},
                    "acquisition": {"low_mz": 500, "high_mz": 560, "width_mz": 10},
                    "retention": {"gradient_minutes": 12, "last_minute": 11},
                    "library": {"low_mz": 500, "high_mz": 560, "unlisted_share": 0}}
        (self.folder / "world.json").write_text(json.dumps(settings))
        self.check_succeeds(overland("simulate", "--quiet", "--config", self.folder / "world.json", "--out",
                                     self.folder / "sim"))

    def search(self, out, *arguments):
        self.check_succeeds(overland("search", "--fasta", self.fasta, *setting("--library-set"), "--library-cache",
                                     self.folder / "cache", "--out", self.folder / out, *arguments,
                                     self.folder / "sim" / "world_A_1.arrow"))
        truth = {row["Precursor.Id"]: row for row in rows(self.folder / "sim" / "truth.parquet")}
        found = [row["Precursor.Id"] for row in rows(self.folder / out / "report.parquet")]
        known = [truth[name] for name in found if name in truth]
        false = [row for row in known if not row["Present"] and not row["Indistinguishable"]]
        return len(known), len(known) - len(false), len(false)

    def test_search_cache_refine_and_train(self):
        self.simulate()
        known, true, false = self.search("plain")
        self.assertGreater(true, 300)
        self.assertLess(false, 0.03 * known + 3)
        self.assertEqual(len(list((self.folder / "cache").glob("*.lib"))), 1)
        _, refined, false = self.search("refined", "--refine")
        # Few peptides, most of them found at once: bench/refine.py shows the gain (6 %) on a whole run.
        self.assertGreaterEqual(refined, 0.99 * true)
        self.assertLess(false, 0.03 * refined + 3)
        self.assertEqual(len(list((self.folder / "cache").glob("*.lib"))), 1)  # found, not built again
        log = (self.folder / "refined" / "log.txt").read_text()
        self.assertIn("library of the same proteins, parameters and predictor found", log)
        self.assertRegex(log, r"collision energy 3[5-9]|collision energy 4[0-1]")
        self.check_audit()
        self.check_again()
        self.check_training()

    def check_audit(self):
        """Entrapments are made unless told otherwise, stay out of the tables, and are audited."""
        for out in ("plain", "refined"):
            for table in ("report.parquet", "protein_groups.parquet", "precursors_wide.parquet"):
                text = str(rows(self.folder / out / table))
                self.assertNotIn("_ENT1", text)
            done = overland("audit", "--json", self.folder / out)
            self.check_succeeds(done)
            curves = {(c["level"], c["scope"], c["q_value"]): c for c in json.loads(done.stdout)["curves"]}
            self.assertEqual(set(curves), {(level, scope, q) for level in ("precursor", "protein group")
                                           for scope in ("run", "global") for q in (0.001, 0.01, 0.05)})
            at = curves["precursor", "run", 0.01]
            self.assertEqual(at["targets"], len(rows(self.folder / out / "report.parquet")))
            self.assertEqual(at["ratio"], 1)
            self.assertLess(at["fdp"]["paired"], 0.05)
            self.assertLessEqual(at["fdp"]["paired"], at["fdp"]["combined"])
            # Six entrapments are expected where 1 % is exactly true: the verdict itself is chance here.
            self.assertLess(at["low_95"]["lower_bound"], 0.01)
        text = overland("audit", self.folder / "plain").stdout
        self.assertIn("the claim is", text)
        self.assertEqual(len(text.splitlines()), 15)

    def check_again(self):
        """The same command does nothing again, and leaves the same report."""
        report = self.folder / "refined" / "report.parquet"
        before = report.read_bytes()
        self.search("refined", "--refine", "--threads", 1)
        self.assertEqual(before, report.read_bytes())

    def check_training(self):
        model = self.folder / "own.model"
        self.check_succeeds(overland("train-predictor", "--quiet", "--from", self.folder / "refined", "--passes", 1,
                                     "--retention-passes", 1, "--out", model))
        self.build("own.lib", "--predictor", model)
        predictor = json.loads((self.folder / "own.lib" / "library.json").read_text())["provenance"]["predictor"]
        self.assertIn("overland", predictor)
        self.check_fails(overland("train-predictor", "--from", self.folder / "plain", "--out", model, "--overwrite"),
                         4, "OVL-PRE-003")

    def test_no_entrapments_no_audit(self):
        self.build("bare.lib")
        self.check_succeeds(overland("simulate", "--quiet", "--set", "retention.gradient_minutes=3", "--set",
                                     "retention.first_minute=0.5", "--set", "retention.last_minute=2.5", "--set",
                                     "proteome.proteins=20", "--set", "acquisition.high_mz=440", "--out", self.folder / "few"))
        out = self.folder / "bare"
        self.check_succeeds(overland("search", "--quiet", "--fasta", self.fasta, *setting("--library-set"), "--no-entrapments",
                                     "--out", out, *(self.folder / "few").glob("*.arrow")))
        counts = [json.loads((folder / "library.json").read_text(encoding="utf-8"))
                  for folder in (out / "library.lib", self.folder / "bare.lib")]
        targets = [c["precursors"] - c["decoys"] for c in counts]
        # A run as short as this one gets several decoys for each target, of the build itself; some targets have not so many.
        several = counts[0]["provenance"]["made_decoys"]
        self.assertGreater(several, 1)
        self.assertEqual(counts[0]["decoys"], several * targets[0])
        self.assertTrue(0.99 * targets[1] < targets[0] <= targets[1], targets)
        self.check_fails(overland("audit", out), 2, "OVL-USE-060")
        self.check_fails(overland("audit", self.folder), 2, "OVL-USE-040")

    def test_neither_or_both_of_library_and_fasta(self):
        run = self.folder / "run.arrow"
        self.check_fails(overland("search", "--out", self.folder / "out", run), 2, "OVL-USE-015")
        self.check_fails(overland("search", "--fasta", self.fasta, "--library", "x.lib", "--out", self.folder / "out",
                                  run), 2, "OVL-USE-015")

    def test_a_damaged_model_is_told(self):
        model = self.folder / "bad.model"
        model.write_bytes(b"OVLMODEL and nothing of use")
        self.check_fails(overland("build-library", "--fasta", self.fasta, "--out", self.folder / "a.lib",
                                  "--predictor", model), 4, "OVL-PRE-001")

    @unittest.skipUnless(TEST_DATA.is_dir(), "needs the real data (OVERLAND_TEST_DATA)")
    def test_the_real_slice_with_proteins_alone(self):
        out = self.folder / "slice"
        self.check_succeeds(overland("search", "--quiet", "--fasta", TEST_DATA / "fasta" / "ecoli_k12_uniprot.fasta.gz",
                                     *setting("--library-set", ["precursors.min_mz=500", "precursors.max_mz=600"]),
                                     "--no-entrapments", "--out", out,
                                     TEST_DATA / "pioneer-ecoli" / "ecoli_filtered_tinytiny.arrow"))
        self.assertGreaterEqual(len(rows(out / "report.parquet")), 50)


if __name__ == "__main__":
    unittest.main()
