"""overland import-library."""
import gzip
import json
import unittest

import pyarrow.ipc

from program import ProgramTest, overland

HEADER = ["PrecursorMz", "ModifiedPeptide", "PrecursorCharge", "Tr_recalibrated", "FragmentType",
          "FragmentSeriesNumber", "FragmentCharge", "RelativeIntensity", "ProteinID"]


def table(peptides):
    lines = ["\t".join(HEADER)]
    for rt, peptide in enumerate(peptides):
        for ordinal in range(3, 8):
            lines.append("\t".join(["", peptide, "2", str(10 + rt), "y", str(ordinal), "1", str(10 * ordinal), "P1"]))
    return "\n".join(lines) + "\n"


class ImportLibrary(ProgramTest):
    def setUp(self):
        super().setUp()
        self.table = self.folder / "table.tsv"
        self.table.write_text(table(["PEPTIDEAVLK", "SAMPLEVIDER", "LVNELTEFAK"]))

    def test_makes_a_library_with_decoys(self):
        out = self.folder / "x.lib"
        self.check_succeeds(overland("import-library", self.table, "--out", out, "--decoys", 2))
        self.assertEqual(json.loads((out / "library.json").read_text())["provenance"]["source"], "table.tsv")
        with pyarrow.ipc.open_file(str(out / "precursors.arrow")) as reader:
            decoys = reader.read_all()["is_decoy"].to_pylist()
        self.assertEqual(sorted(decoys), [0] * 3 + [1] * 6)

    def test_gzip_gives_the_same_tables(self):
        packed = self.folder / "table.tsv.gz"
        packed.write_bytes(gzip.compress(self.table.read_bytes()))
        for name, source in (("a.lib", self.table), ("b.lib", packed)):
            self.check_succeeds(overland("import-library", source, "--out", self.folder / name))
        for name in ("precursors.arrow", "fragments.arrow", "proteins.arrow"):
            self.assertEqual((self.folder / "a.lib" / name).read_bytes(), (self.folder / "b.lib" / name).read_bytes())

    def test_a_library_is_replaced_only_when_asked(self):
        arguments = ["import-library", self.table, "--out", self.folder / "x.lib"]
        self.check_succeeds(overland(*arguments))
        self.check_fails(overland(*arguments), 2, "OVL-USE-012")
        self.check_succeeds(overland(*arguments, "--overwrite"))

    def test_a_missing_column_is_named(self):
        self.table.write_text(self.table.read_text().replace("RelativeIntensity", "Nonsense", 1))
        self.check_fails(overland("import-library", self.table, "--out", self.folder / "x.lib"), 4, "OVL-LIB-020",
                         "table.tsv")
        self.assertFalse((self.folder / "x.lib").exists())


if __name__ == "__main__":
    unittest.main()
