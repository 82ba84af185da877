"""overland export-library."""
import sqlite3
import unittest

import pyarrow.parquet

from program import ProgramTest, overland
from test_import_library import table


class ExportLibrary(ProgramTest):
    def setUp(self):
        super().setUp()
        source = self.folder / "table.tsv"
        source.write_text(table(["PEPTIDEAVLK", "SAMPLEVIDER", "LVNELTEFAK"]))
        self.library = self.folder / "x.lib"
        self.check_succeeds(overland("import-library", source, "--out", self.library))

    def export(self, name, *arguments):
        self.check_succeeds(overland("export-library", self.library, "--out", self.folder / name, *arguments))
        return self.folder / name

    def test_other_programs_can_read_what_is_written(self):
        rows = pyarrow.parquet.read_table(self.export("x.parquet"))
        self.assertEqual(rows.num_rows, 15)
        self.assertEqual(set(rows["Modified.Sequence"].to_pylist()), {"PEPTIDEAVLK", "SAMPLEVIDER", "LVNELTEFAK"})
        lines = self.export("x.tsv").read_text().splitlines()
        self.assertEqual(len(lines), 16)
        self.assertTrue(lines[0].startswith("PrecursorMz\tProductMz\tTr_recalibrated\t"))
        self.assertEqual(self.export("x.msp").read_text().count("Name: "), 3)
        with sqlite3.connect(self.export("x.blib")) as database:
            self.assertEqual(database.execute("SELECT numSpecs FROM LibInfo").fetchone(), (3,))
            self.assertEqual(database.execute("SELECT sum(numPeaks) FROM RefSpectra").fetchone(), (15,))

    def test_decoys_are_written_when_asked(self):
        rows = pyarrow.parquet.read_table(self.export("x.parquet", "--decoys"))
        self.assertEqual(rows.num_rows, 30)
        self.assertEqual(sum(rows["Decoy"].to_pylist()), 15)

    def test_wrong_use_is_refused(self):
        self.check_fails(overland("export-library", self.library, "--out", self.folder / "x.csv"), 4, "OVL-LIB-025")
        self.check_fails(overland("export-library", self.folder, "--out", self.folder / "x.tsv"), 2, "OVL-USE-011")
        self.check_fails(overland("export-library", self.folder / "no.lib", "--out", self.folder / "x.tsv"), 4,
                         "OVL-LIB-001")
        self.export("x.tsv")
        self.check_fails(overland("export-library", self.library, "--out", self.folder / "x.tsv"), 2, "OVL-USE-012")


if __name__ == "__main__":
    unittest.main()
