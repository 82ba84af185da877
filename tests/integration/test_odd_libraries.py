"""Libraries and mass axes that are far off: a search finds what can be found, says what it had to do without, and never crashes."""
import csv
import gzip
import pathlib
import shutil
import tempfile
import unittest

import odd_runs
from program import ProgramTest, overland
from simulated import LEAN, rows, simulate

RETENTION = "Tr_recalibrated"


class OddLibraries(ProgramTest):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="overland_")
        cls.addClassCleanup(folder.cleanup)
        cls.data = pathlib.Path(folder.name)
        cls.run_file = simulate(cls.data / "sample")
        with gzip.open(cls.data / "sample" / "library.tsv.gz", "rt", newline="") as table:
            cls.library = list(csv.DictReader(table, delimiter="\t"))

    def write(self, lines):
        file = self.folder / "library.tsv"
        with open(file, "w", newline="") as table:
            writer = csv.DictWriter(table, lines[0].keys(), delimiter="\t", lineterminator="\n")
            writer.writeheader()
            writer.writerows(lines)
        return file

    def with_retention(self, change):
        return self.write([{**line, RETENTION: repr(change(float(line[RETENTION])))} for line in self.library])

    def search(self, library, run=None):
        """What is found, the run's row of runs.parquet, and what the program said."""
        out = self.folder / "out"
        shutil.rmtree(out, ignore_errors=True)
        done = overland("search", "--library", library, "--out", out, *LEAN, run or self.run_file)
        self.check_succeeds(done)
        truth = rows(self.data / "sample" / "truth.parquet", "Precursor.Id", "Present", "Detectable", "Sibling.Present")
        known = {row["Precursor.Id"] for row in truth}
        report = [row for row in rows(out / "report.parquet", "Precursor.Id") if row["Precursor.Id"] in known]
        self.others = len(rows(out / "report.parquet", "Precursor.Id")) - len(report)
        result = odd_runs.judge(report, truth)
        self.assertLessEqual(result["wrong"], 0.03 * result["found"] + 2, result)
        return result, rows(out / "runs.parquet")[0], done.stderr

    def plain(self):
        if not hasattr(OddLibraries, "found"):
            OddLibraries.found = self.search(self.data / "sample" / "library.tsv.gz")[0]["found"]
        return OddLibraries.found

    def test_retention_on_another_scale(self):
        result, run, _ = self.search(self.with_retention(lambda t: 5000 - 1e-3 + 4000 * t))
        self.assertGreaterEqual(result["found"], 0.95 * self.plain())
        self.assertEqual(run["RT.Method"], "spline")

    def test_retention_compressed_at_one_end(self):
        result, _, _ = self.search(self.with_retention(lambda t: 1.05 ** t))
        self.assertGreaterEqual(result["found"], 0.8 * self.plain())

    def test_retention_inverted(self):
        result, _, said = self.search(self.with_retention(lambda t: -t))
        self.assertGreaterEqual(result["found"], 0.6 * self.plain())
        self.assertIn("runs against", said)

    def test_retention_all_the_same(self):
        result, _, _ = self.search(self.with_retention(lambda t: 50.0))
        self.assertGreaterEqual(result["found"], 0.6 * self.plain())

    def shifted(self, ppm):
        table = odd_runs.read(self.run_file)
        mz = [[m * (1 + ppm * 1e-6) for m in scan] for scan in table["mz_array"].to_pylist()]
        return odd_runs.write(odd_runs.with_column(table, "mz_array", mz), self.folder / "shifted.arrow")

    def test_mass_axis_off_by_15_ppm(self):
        result, run, _ = self.search(self.data / "sample" / "library.tsv.gz", self.shifted(-15))
        self.assertGreaterEqual(result["found"], 0.9 * self.plain())
        self.assertAlmostEqual(run["Mass.Offset"], -14, delta=2)

    def test_mass_axis_off_by_25_ppm(self):
        result, run, _ = self.search(self.data / "sample" / "library.tsv.gz", self.shifted(25))
        self.assertGreaterEqual(result["found"], 0.9 * self.plain())
        self.assertAlmostEqual(run["Mass.Offset"], 26, delta=2)

    def test_warnings_are_those_of_import_library(self):
        lines = [dict(line) for line in self.library]
        odd = lines[0]["ModifiedPeptide"]
        for line in lines:
            if line["ModifiedPeptide"] == odd:
                line["ModifiedPeptide"] = odd[0] + "[Mystery]" + odd[1:]
        file = self.write(lines)
        imported = overland("import-library", file, "--out", self.folder / "x.lib")
        self.check_succeeds(imported)
        warnings = [line.split(" W ", 1)[1] for line in imported.stderr.splitlines() if " W " in line]
        self.assertTrue(any("Mystery" in warning for warning in warnings), imported.stderr)
        said = self.search(file)[2]
        log = (self.folder / "out" / "log.txt").read_text()
        for warning in warnings:
            self.assertIn(warning, said)
            self.assertIn(warning, log)

    def test_library_of_other_peptides(self):
        simulate(self.folder / "other", seed=99)
        result, _, _ = self.search(self.folder / "other" / "library.tsv.gz")
        self.assertLessEqual(self.others + result["found"], 5)

    def test_library_with_a_hundredth_of_the_peptides(self):
        peptides = sorted({line["StrippedPeptide"] for line in self.library})
        kept = set(peptides[::100])
        result, _, _ = self.search(self.write([line for line in self.library if line["StrippedPeptide"] in kept]))
        self.assertLessEqual(result["found"], len(kept) * 2)


if __name__ == "__main__":
    unittest.main()
