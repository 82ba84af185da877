"""The tables of a search as other people's readers see them: polars and R's data.table against pyarrow."""
import csv
import importlib.util
import pathlib
import re
import shutil
import struct
import subprocess
import tempfile
import unittest

import pyarrow.parquet

from program import ProgramTest, overland

PROJECT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLE = PROJECT / "data" / "example"
R_READS = """
args <- commandArgs(TRUE)
for (file in args) {
  d <- data.table::fread(file)
  numbers <- names(d)[sapply(d, is.numeric)]
  for (name in names(d)) cat(basename(file), nrow(d), name, if (name %in% numbers) sprintf("%.9g", sum(d[[name]], na.rm = TRUE)) else "text", "\\n", sep = "\\t")
}
"""


def has_data_table():
    if shutil.which("Rscript") is None:
        return False
    return subprocess.run(["Rscript", "-e", "library(data.table)"], capture_output=True, check=False).returncode == 0


class Tables(ProgramTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.out = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="overland_"))) / "out"
        cls.search = overland("search", "--quiet", "--library", EXAMPLE / "library.tsv.gz", "--out", cls.out, "--threads", 2, "--tsv",
                              *sorted(EXAMPLE.glob("*.mzML.gz")))

    def setUp(self):
        super().setUp()
        self.check_succeeds(self.search)
        self.tables = {file.stem: pyarrow.parquet.read_table(file) for file in self.out.glob("*.parquet")}

    def test_each_table_is_there_as_text_and_says_what_its_columns_are(self):
        self.assertEqual({file.stem for file in self.out.glob("*.tsv")}, set(self.tables) - {"xic"})
        documents = "".join(file.read_text(encoding="utf-8") for file in (PROJECT / "docs" / "formats").glob("*.md"))
        names = re.findall(r"[A-Za-z0-9.]+", documents)
        for name in ("report", "runs", "protein_groups", "genes", "peptides", "normalisation", "tic", "xic", "feature_importance"):
            columns = {column.removeprefix("MS1.") if "MS1.Mass" in column else column for column in self.tables[name].column_names}
            self.assertEqual(columns - set(names), set(), f"{name}: docs/formats names each column")

    def test_text_says_what_parquet_says(self):
        def is_same(text, value, is_single):
            if value is None or isinstance(value, str):
                return text == (value or "")
            number = float(text)
            return struct.pack("f", number) == struct.pack("f", value) if is_single else number == value
        for file in self.out.glob("*.tsv"):
            table = self.tables[file.stem]
            with open(file, encoding="utf-8", newline="") as text:
                header, *lines = csv.reader(text, delimiter="\t")
            self.assertEqual(header, table.column_names, file.name)
            self.assertEqual(len(lines), table.num_rows, file.name)
            for place, name in enumerate(header):
                is_single = str(table.schema.field(name).type) == "float"
                wrong = [(line[place], value) for line, value in zip(lines, table.column(name).to_pylist())
                         if not is_same(line[place], value, is_single)]
                self.assertEqual(wrong[:3], [], f"{file.name}, {name}")

    def test_polars_reads_the_same(self):
        if importlib.util.find_spec("polars") is None:
            self.skipTest("no polars here")
        import polars
        for name, table in self.tables.items():
            read = polars.read_parquet(self.out / f"{name}.parquet")
            self.assertEqual(read.columns, table.column_names, name)
            self.assertTrue(read.equals(polars.from_arrow(table)), name)

    def test_data_table_of_r_reads_the_same_text(self):
        if not has_data_table():
            self.skipTest("no R with data.table here")
        script = self.folder / "read.R"
        script.write_text(R_READS, encoding="utf-8")
        done = subprocess.run(["Rscript", script, *sorted(self.out.glob("*.tsv"))], capture_output=True, text=True, check=True)
        seen = [line.split("\t") for line in done.stdout.splitlines()]
        self.assertEqual({row[0] for row in seen}, {f"{name}.tsv" for name in self.tables if name != "xic"})
        for file, rows, column, total in (row[:4] for row in seen):
            table = self.tables[file.removesuffix(".tsv")]
            self.assertEqual(int(rows), table.num_rows, file)
            values = [v for v in table.column(column).to_pylist() if v is not None]
            if total != "text" and values and not isinstance(values[0], str):
                wanted = sum(v for v in values if v == v)
                self.assertAlmostEqual(float(total), wanted, delta=1e-4 * max(1.0, abs(wanted)), msg=f"{file}: {column}")
        self.assertEqual([row[3] for row in seen if row[0] == "report.tsv" and row[2] == "Run"], ["text"])


if __name__ == "__main__":
    unittest.main()
