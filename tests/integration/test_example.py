"""overland search on the shipped example: frozen columns and figures, with tolerances.

The figures are what the search gave when they were written down. A change of the engine may move them within the
tolerances; a larger move is to be explained, and written down anew.
"""
import pathlib
import statistics
import unittest

import pyarrow.parquet

from program import ProgramTest, overland

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "data" / "example"
IDENTITY = {"Precursor.Id": "string", "Modified.Sequence": "string", "Stripped.Sequence": "string",
            "Precursor.Charge": "int32", "Precursor.Mz": "float", "Decoy": "uint8", "Entrapment": "uint8",
            "Proteotypic": "uint8", "Protein.Ids": "string", "Genes": "string"}
MEASURED = {"RT": "float", "RT.Start": "float", "RT.Stop": "float", "FWHM": "float", "iRT": "float",
            "iRT.Observed": "float", "Predicted.RT": "float", "Precursor.Quantity": "double",
            "Quantity.Status": "string", "Interference": "float", "Points": "uint32", "Apex.Scan": "int32",
            "Score": "float", "Q.Value": "double", "Global.Q.Value": "double", "PEP": "double"}
# run -> (precursors, median quantity, median FWHM in minutes, mass offset in ppm)
FROZEN = {"example_A_1": (213, 40794, 0.0931, 1.46), "example_B_1": (212, 41572, 0.1026, 0.39)}


def rows(path):
    return pyarrow.parquet.read_table(path).to_pylist()


class Example(ProgramTest):
    def setUp(self):
        super().setUp()
        self.out = self.folder / "out"
        self.check_succeeds(overland("search", "--quiet", "--library", EXAMPLE / "library.tsv.gz", "--out", self.out,
                                     "--threads", 2, *sorted(EXAMPLE.glob("*.mzML.gz"))))

    def check_columns(self, name, expected):
        table = pyarrow.parquet.read_schema(self.out / name)
        # Later versions may add columns; those that are there keep their names and types.
        found = {field.name: str(field.type) for field in table}
        self.assertEqual({key: found.get(key) for key in expected}, expected)

    def check_figures(self):
        report = rows(self.out / "report.parquet")
        offsets = {row["Run"]: row["Mass.Offset"] for row in rows(self.out / "runs.parquet")}
        self.assertEqual(set(offsets), set(FROZEN))
        for run, (precursors, quantity, fwhm, offset) in FROZEN.items():
            mine = [row for row in report if row["Run"] == run]
            self.assertAlmostEqual(len(mine), precursors, delta=0.05 * precursors, msg=run)
            self.assertAlmostEqual(statistics.median(row["Precursor.Quantity"] for row in mine
                                                     if row["Precursor.Quantity"] is not None),
                                   quantity, delta=0.10 * quantity, msg=run)
            self.assertAlmostEqual(statistics.median(row["FWHM"] for row in mine), fwhm, delta=0.15 * fwhm, msg=run)
            self.assertAlmostEqual(offsets[run], offset, delta=0.3, msg=run)

    def check_truth(self):
        truth = {(row["Run"], row["Precursor.Id"]): row for row in rows(EXAMPLE / "truth.parquet")}
        found = {(row["Run"], row["Precursor.Id"]) for row in rows(self.out / "report.parquet")}
        detectable = {key for key, row in truth.items() if row["Detectable"]}
        self.assertGreaterEqual(len(found & detectable), 0.95 * len(detectable))
        wrong = [key for key in found if not truth[key]["Present"] and not truth[key]["Sibling.Present"]]
        self.assertLessEqual(len(wrong), 0.02 * len(found), wrong)

    def test_columns_figures_and_truth(self):
        self.check_columns("report.parquet", {"Run": "string", **IDENTITY, **MEASURED})
        self.check_columns("precursors_wide.parquet", {**IDENTITY, "example_A_1": "double", "example_B_1": "double"})
        self.check_figures()
        self.check_truth()


if __name__ == "__main__":
    unittest.main()
