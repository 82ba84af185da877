"""overland lfq: tables of other programs, the results of published ones, and what goes wrong."""
import csv
import gzip
import math
import pathlib
import unittest

import pyarrow
import pyarrow.parquet

from program import ProgramTest, TEST_DATA, overland



def write_tsv(path, header, rows):
    path.write_text("\n".join("\t".join(map(str, row)) for row in [header, *rows]) + "\n", encoding="utf-8")


class Lfq(ProgramTest):
    def lfq(self, table, *arguments):
        out = self.folder / "out"
        self.check_succeeds(overland("lfq", "--quiet", "--in", table, "--out", out, *arguments))
        return out

    def profiles(self, out, group):
        table = pyarrow.parquet.read_table(out / "quantities.parquet").to_pylist()
        return {(row[group], row["Run"]): row["Quantity"] for row in table}

    def test_a_report_of_few_rows(self):
        table = self.folder / "report.tsv"
        write_tsv(table, ["Run", "Protein.Group", "Precursor.Id", "Precursor.Normalised", "Q.Value"], [
            ["a", "P1", "AAA2", 100, 0.001], ["b", "P1", "AAA2", 400, 0.001], ["a", "P1", "CCC2", 1000, 0.001],
            ["b", "P1", "CCC2", 2000, 0.001], ["b", "P1", "DDD2", 9e9, 0.5], ["c", "P1", "EEE2", 7, 0.001],
            ["a", "P2", "FFF2", 0, 0.001], ["b", "P2", "FFF2", "", 0.001], ["a", "", "GGG2", 5, 0.001]])
        out = self.lfq(table, "--tsv")
        got = self.profiles(out, "Protein.Group")
        self.assertEqual(set(got), {("P1", "a"), ("P1", "b"), ("P1", "c")})
        self.assertAlmostEqual(math.log2(got["P1", "b"] / got["P1", "a"]), 1.5)
        self.assertAlmostEqual(math.sqrt(got["P1", "a"] * got["P1", "b"]), math.sqrt(1000 * 2000), places=6)
        self.assertAlmostEqual(got["P1", "c"], 7)
        rows = pyarrow.parquet.read_table(out / "quantities.parquet")
        self.assertEqual(rows.column("Component").to_pylist(), [0, 0, 1])
        self.assertEqual(rows.column("Ions").to_pylist(), [2, 2, 1])
        self.assertEqual(rows.schema.metadata[b"overland.schema_version"], b"1")
        self.assertEqual(rows.schema.metadata[b"overland.filter"], b"Q.Value<=0.01")
        wide = pyarrow.parquet.read_table(out / "quantities_wide.parquet")
        self.assertEqual(wide.column_names, ["Protein.Group", "a", "b", "c"])
        self.assertTrue((out / "quantities.tsv").read_text().startswith("Run\tProtein.Group\tQuantity\t"))
        summed = self.profiles(self.lfq(table, "--level", "sum"), "Protein.Group")
        self.assertAlmostEqual(summed["P1", "a"] + summed["P1", "b"], 3500, places=6)

    def test_chosen_columns_and_matrices(self):
        table = self.folder / "any.csv"
        table.write_text("Sample,Gene,Peptide,Charge,Area,FDR\ns1,G,AA,2,10,0\ns1,G,AA,3,20,0\ns2,G,AA,2,20,0\n"
                         "s2,G,AA,3,80,0.2\n", encoding="utf-8")
        columns = ["--group-column", "Gene", "--run-column", "Sample", "--ion-column", "Peptide", "--ion-column",
                   "Charge", "--quantity-column", "Area"]
        got = self.profiles(self.lfq(table, *columns), "Gene")
        self.assertAlmostEqual(math.log2(got["G", "s2"] / got["G", "s1"]), 1.5)
        got = self.profiles(self.lfq(table, *columns, "--filter", "FDR<=0.01"), "Gene")
        self.assertAlmostEqual(math.log2(got["G", "s2"] / got["G", "s1"]), 1)
        matrix = self.folder / "matrix.parquet"
        pyarrow.parquet.write_table(pyarrow.table({
            "protein": ["P", "P"], "ion": ["x", "y"], "run 1": [1.0, None], "run 2": [4.0, 8.0]}), matrix)
        got = self.profiles(self.lfq(matrix), "protein")
        self.assertAlmostEqual(got["P", "run 2"] / got["P", "run 1"], 4)

    def test_spreadsheets_of_other_countries(self):
        table = self.folder / "report.csv"
        table.write_text("Run;Protein.Group;Precursor.Id;Precursor.Normalised;Q.Value\r\na;P1;AAA2;1000,5;0,001\r\n"
                         "b;P1;AAA2;2001;0,001\r\nc;P1;AAA2;#N/A;0,001\r\nd;P1;AAA2;4,0E+03;0,5\r\n", encoding="utf-8-sig")
        got = self.profiles(self.lfq(table), "Protein.Group")
        self.assertEqual({run: round(q, 3) for (_, run), q in got.items()}, {"a": 1000.5, "b": 2001})
        table.write_text('Run\tProtein.Group\tPrecursor.Id\tPrecursor.Normalised\na\tP1\tAAA2\t"1,234,567"\n'
                         'b\tP1\tAAA2\t"2,469"\n', encoding="utf-8")
        got = self.profiles(self.lfq(table), "Protein.Group")
        self.assertAlmostEqual(got["P1", "a"] / got["P1", "b"], 1234567 / 2469)
        table.write_text('Run\tProtein.Group\tPrecursor.Id\tPrecursor.Normalised\na\tP1\tAAA2\t2,469\n', encoding="utf-8")
        self.check_fails(overland("lfq", "--quiet", "--in", table, "--out", self.folder / "two"), 4, "OVL-IO-082", "two ways")

    def test_matrices_and_tables_of_other_programs(self):
        def check(header, rows, group, want, *arguments):
            table = self.folder / "table.tsv"
            write_tsv(table, header, rows)
            got = self.profiles(self.lfq(table, *arguments), group)
            self.assertEqual({run: round(math.log2(q), 6) for (_, run), q in got.items()}, want)
        two = {"A1": 3, "A2": 5}
        check(["Sequence", "Charges", "Leading razor protein", "Mass", "PEP", "Intensity", "Intensity A1", "Intensity A2"],
              [["AAK", "2", "P1", 301.2, 0.01, 40, 8, 32]], "Leading razor protein", two, "--ion-column", "Sequence")
        check(["Peptide Sequence", "Modified Sequence", "Prev AA", "Charge", "Protein", "A1 Spectral Count", "A1 Intensity", "A2 Intensity"],
              [["AAK", "AAK", "R", 2, "P1", 9, 8, 32]], "Protein", two)
        check(["PG.ProteinGroups", "EG.PrecursorId", "[1] A1.FG.Quantity", "[2] A2.FG.Quantity"],
              [["P1", "_AAK_.2", 8, 32], ["P1", "_AAR_.2", "Filtered", "NaN"]], "PG.ProteinGroups", two)
        check(["R.FileName", "PG.ProteinGroups", "EG.PrecursorId", "EG.Qvalue", "FG.Quantity"],
              [["A1", "P1", "_AAK_.2", 0.001, 8], ["A2", "P1", "_AAK_.2", 0.001, 32], ["A2", "P1", "_AAR_.2", "NaN", 999]],
              "PG.ProteinGroups", two)
        check(["raw file", "LEADING RAZOR PROTEIN", "Modified Sequence", "charge", "Intensity", "Reverse"],
              [["A1", "P1", "_AAK_", 2, 8, ""], ["A2", "P1", "_AAK_", 2, 32, ""], ["A2", "REV_P1", "_KAA_", 2, 32, "+"]],
              "LEADING RAZOR PROTEIN", two)
        check(["pg", "run", "mod_seq_charge_hash", "intensity", "qval", "decoy"],
              [["P1", "A1", "17", 8, 0.001, 0], ["P1", "A2", "17", 32, 0.001, 0], ["P1", "A2", "18", 32, 0.001, 1]], "pg", two)
        check(["sample", "gene", "peptide", "charge", "abundance"],
              [["A1", "G", "AAK", 2, 8], ["A2", "G", "AAK", 2, 32]], "gene", two)
        check(["protein", "ion", "comment", "A1", "A2"], [["P1", "x", "good", 3, 5], ["P1", "y", "-", "", 0]], "protein", two, "--log2")

    def test_our_own_tables_can_be_read_again(self):
        out = self.folder / "search"
        example = pathlib.Path(__file__).resolve().parents[2] / "data" / "example"
        self.check_succeeds(overland("search", "--quiet", "--library", example / "library.tsv.gz", "--out", out, "--threads", 2,
                                     "--set", "report.html=false", *sorted(example.glob("*.mzML.gz"))))
        want = {(row["Protein.Group"], row["Run"]): row["PG.MaxLFQ"]
                for row in pyarrow.parquet.read_table(out / "protein_groups.parquet").to_pylist()}
        for table in ("report.parquet", "precursors_wide.parquet"):
            got = self.profiles(self.lfq(out / table), "Protein.Group")
            for key, quantity in want.items():
                self.assertAlmostEqual(got[key] / quantity, 1, places=6)

    def test_bad_tables_and_options_say_what_is_wrong(self):
        table = self.folder / "report.tsv"
        header = ["Run", "Protein.Group", "Precursor.Id", "Precursor.Normalised", "Q.Value"]
        write_tsv(table, header, [["a", "P1", "AAA2", "1;5", 0.001]])
        out = self.folder / "out"

        def run(*arguments):
            return overland("lfq", "--quiet", "--in", table, "--out", out, *arguments)
        self.check_fails(run(), 4, "OVL-IO-082", "1;5")
        self.check_fails(run("--group-column", "Protein.Grop"), 4, "OVL-IO-020", "Protein.Group")
        self.check_fails(run("--filter", "Q.Value"), 2, "OVL-USE-020")
        self.check_fails(run("--filter", "Q.Value<=low"), 2, "OVL-USE-020")
        self.check_fails(run("--filter", "Q.Value<=1e-9"), 4, "OVL-IO-083")
        self.assertFalse(out.exists())
        write_tsv(table, ["what", "is", "this"], [[1, 2, 3]])
        self.check_fails(run(), 4, "OVL-IO-080", "what, is, this")
        self.check_fails(run("--wide"), 4, "OVL-IO-081")
        self.check_fails(overland("lfq", "--quiet", "--in", self.folder / "none.tsv", "--out", out), 4, "OVL-IO-001")
        self.check_fails(overland("lfq", "--quiet", "--in", table, "--out", self.folder), 2, "OVL-USE-011")

    @unittest.skipUnless((TEST_DATA / "report-diann-rpackage").is_dir(), "without published tables")
    def test_reproduces_the_quantities_of_dia_nn(self):
        source = TEST_DATA / "report-diann-rpackage" / "diann_report.tsv.gz"
        got = self.profiles(self.lfq(source, "--group-column", "Genes", "--run-column", "File.Name"), "Genes")
        with gzip.open(source, "rt", encoding="utf-8") as text:
            rows = [row for row in csv.DictReader(text, delimiter="\t") if row["Genes"]]
        want = {(row["Genes"], row["File.Name"]): float(row["Genes.MaxLFQ"]) for row in rows}
        self.assertEqual(set(got), set(want))
        errors = [abs(math.log2(got[key] / want[key])) for key in want]
        self.assertGreater(len({genes for genes, _ in want}), 366)
        self.assertLess(max(errors), 0.01)

    @unittest.skipUnless((TEST_DATA / "report-iq").is_dir(), "without published tables")
    def test_follows_known_amounts(self):
        out = self.lfq(TEST_DATA / "report-iq" / "spikeins.tsv.gz", "--level", "mean")
        got = self.profiles(out, "PG.ProteinGroups")
        amounts = [a for a in (200, 125.99, 79.37, 50, 4, 2.52, 1.59, 1) for _ in range(3)]
        x = [math.log2(a) for a in amounts]
        y = [math.log2(got["P12799", f"C{k + 1:02d}"]) for k in range(24)]
        mean_x, mean_y = sum(x) / 24, sum(y) / 24
        sxy = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y))
        sxx, syy = sum((a - mean_x) ** 2 for a in x), sum((b - mean_y) ** 2 for b in y)
        self.assertGreater(sxy / math.sqrt(sxx * syy), 0.99)


if __name__ == "__main__":
    unittest.main()
