"""The Python module: searches, tables, errors. The wheel with its program is tested in tests/packages."""
import importlib.util
import os
import pathlib
import sys
import unittest

from program import BINARY, ProgramTest

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "data" / "example"
os.environ["OVERLAND_PROGRAM"] = BINARY
sys.path.insert(0, str(ROOT / "python"))

import overland  # noqa: E402


class PythonModule(ProgramTest):
    def search(self, **options):
        return overland.search(sorted(EXAMPLE.glob("*.mzML.gz")), library=EXAMPLE / "library.tsv.gz",
                               out=self.folder / "out", threads=2, **options)

    def test_a_search_gives_tables(self):
        lines = []
        results = self.search(log=lines.append, report={"q_value": 0.005})
        self.assertTrue(any("results:" in line for line in lines), lines)
        report = results.arrow("report", ["Run", "Q.Value"])
        self.assertEqual(report.column_names, ["Run", "Q.Value"])
        self.assertGreater(report.num_rows, 300)
        self.assertLessEqual(max(report["Q.Value"].to_pylist()), 0.005)
        self.assertIn("0.005", results.filter_of("report"))
        self.assertIn("protein_groups", results.tables)
        again = overland.open_results(self.folder / "out")
        self.assertEqual(again.manifest, results.manifest)
        for name in ("pandas", "polars"):
            if importlib.util.find_spec(name) is None:
                continue
            frame = getattr(again, name)("report")
            self.assertEqual(len(frame), report.num_rows)

    def test_an_error_carries_its_code(self):
        with self.assertRaises(overland.InputError) as caught:
            overland.search("absent.mzML", library=EXAMPLE / "library.tsv.gz", out=self.folder / "out")
        self.assertEqual((caught.exception.code, caught.exception.exit_code), ("OVL-IO-001", 4))
        self.assertIn("absent.mzML", str(caught.exception))
        with self.assertRaises(overland.ConfigurationError) as caught:
            self.search(score={"tree_dept": 4})
        self.assertTrue(caught.exception.code.startswith("OVL-CFG-"))
        self.assertIn("tree_depth", str(caught.exception))
        with self.assertRaises(overland.UsageError) as caught:
            overland.search(["a.mzML"], out=self.folder / "out")
        self.assertEqual(caught.exception.code, "OVL-USE-015")

    def test_an_error_of_the_log_stops_the_program(self):
        def refuse(line):
            raise ValueError(line)
        with self.assertRaises(ValueError):
            self.search(log=refuse)

    def test_what_is_absent_is_said(self):
        with self.assertRaisesRegex(FileNotFoundError, "manifest.json"):
            overland.open_results(self.folder)
        (self.folder / "manifest.json").write_text("{}", encoding="utf-8")
        (self.folder / "runs.parquet").touch()
        with self.assertRaisesRegex(KeyError, "no table 'report'.*runs"):
            overland.open_results(self.folder).arrow("report")

    def test_the_version_is_that_of_the_program(self):
        self.assertEqual(overland.__version__, (ROOT / "VERSION").read_text(encoding="utf-8").strip())


if __name__ == "__main__":
    unittest.main()
