"""overland search on a real slice of a run (E. coli, Orbitrap), where the shared data is present."""
import csv
import unittest

import pyarrow.parquet

from program import ProgramTest, TEST_DATA, overland

LIBRARY = TEST_DATA / "predicted-ecoli" / "ecoli_500_600.parquet"
CHECK = TEST_DATA / "predicted-ecoli" / "slice_top100.tsv"
ARROW = TEST_DATA / "pioneer-ecoli" / "ecoli_filtered_tinytiny.arrow"
MZML = TEST_DATA / "pioneer-ecoli" / "ecoli_filtered_tinytiny.converted.mzML.gz"


def first_targets(count):
    """Precursor.Id of the best targets that an independent script found in the slice."""
    with open(CHECK, encoding="utf-8") as file:
        targets = [row for row in csv.DictReader(file, delimiter="\t") if row["decoy"] == "0"]
    return {row["modified"] + row["charge"] for row in targets[:count]}


@unittest.skipUnless(all(file.is_file() for file in (LIBRARY, CHECK, ARROW, MZML)), f"no shared data in {TEST_DATA}")
class RealSlice(ProgramTest):
    def search(self, source, name):
        run = self.folder / name / ("slice" + "".join(source.suffixes[-2:]).replace(".converted", ""))
        run.parent.mkdir()
        run.symlink_to(source)
        out = self.folder / (name + "_out")
        self.check_succeeds(overland("search", "--quiet", "--library", LIBRARY, "--out", out, "--threads", 2, run))
        return out / "report.parquet"

    def test_finds_what_an_independent_script_finds_in_arrow_and_mzml_alike(self):
        report = self.search(ARROW, "arrow")
        table = pyarrow.parquet.read_table(report).to_pydict()
        # 58, 72 and 65 with three seeds of the decoys: some stand near the threshold.
        self.assertGreaterEqual(len(table["Precursor.Id"]), 55)
        self.assertLessEqual(max(table["Q.Value"]), 0.01)
        self.assertEqual(set(table["Decoy"]), {0})
        wanted = first_targets(52)
        self.assertEqual(len(wanted), 52)
        found = wanted & set(table["Precursor.Id"])
        self.assertGreaterEqual(len(found), 48, sorted(wanted - found))
        self.assertEqual(report.read_bytes(), self.search(MZML, "mzml").read_bytes())


if __name__ == "__main__":
    unittest.main()
