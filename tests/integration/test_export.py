"""overland export: each format read back by a reader of its own and compared with report.parquet."""
import array
import collections
import csv
import pathlib
import sqlite3
import statistics
import tempfile
import unittest
import zlib

import pyarrow
import pyarrow.ipc
import pyarrow.parquet

from program import ProgramTest, overland

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "data" / "example"
MSSTATS = ["ProteinName", "PeptideSequence", "PrecursorCharge", "FragmentIon", "ProductCharge", "IsotopeLabelType", "Condition",
           "BioReplicate", "Run", "Intensity"]
PIONEER_LONG = ["file_name", "species", "gene_names", "protein_names", "inferred_protein_group", "accession_numbers", "sequence",
                "charge", "structural_mods", "isotopic_mods", "prec_mz", "missed_cleavage", "global_score", "score", "global_qval",
                "qval", "pep", "peak_area", "peak_area_normalized", "points_integrated", "precursor_fraction_transmitted",
                "isotopes_captured", "rt", "apex_scan", "global_pg_score", "pg_score", "use_for_protein_quant", "precursor_idx",
                "target", "entrapment_group_id"]
PIONEER_PROTEINS = ["file_name", "species", "gene_names", "protein_names", "protein", "target", "entrap_id", "peptides",
                    "n_peptides", "global_pg_score", "pg_score", "global_qval", "qval", "pg_pep", "abundance"]


def rows(path):
    return pyarrow.parquet.read_table(path).to_pylist()


def delimited(path, separator):
    with open(path, encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text, delimiter=separator))


def mztab(path):
    """The metadata as a dictionary, and each table as a list of rows by column name."""
    metadata, names, tables = {}, {}, collections.defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        fields = line.split("\t")
        if fields[0] == "MTD":
            metadata[fields[1]] = fields[2]
        elif fields[0] in ("PRH", "PEH"):
            names[fields[0][:2]] = fields
        elif fields[0] in ("PRT", "PEP"):
            header = names[fields[0][:2]]
            assert len(fields) == len(header), line
            assert "" not in fields, line
            tables[fields[0]].append(dict(zip(header, fields)))
        else:
            assert not line, line
    return metadata, tables


class Export(ProgramTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shared = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="overland_")))
        cls.out = cls.shared / "out"
        cls.search = overland("search", "--quiet", "--library", EXAMPLE / "library.tsv.gz", "--out", cls.out, "--threads", 2,
                              "--report-decoys", "--pioneer-tables", *sorted(EXAMPLE.glob("*.mzML.gz")))

    def setUp(self):
        super().setUp()
        self.check_succeeds(self.search)
        self.report = [row for row in rows(self.out / "report.parquet") if row["Decoy"] == 0]
        self.measured = [row for row in self.report if row["Precursor.Quantity"]]

    def export(self, kind, name, *arguments):
        path = self.folder / name
        self.check_succeeds(overland("export", "--quiet", self.out, "--format", kind, "--out", path, *arguments))
        return path

    def close(self, text, value):
        self.assertAlmostEqual(float(text) / value, 1, places=5)

    def test_msstats_has_a_row_per_precursor_and_run(self):
        conditions = self.folder / "conditions.tsv"
        conditions.write_text("Run\tCondition\nexample_A_1\tlow, dose\nexample_B_1\thigh\n", encoding="utf-8")
        got = delimited(self.export("msstats", "m.csv", "--conditions", conditions), ",")
        want = {(r["Run"], r["Modified.Sequence"], str(r["Precursor.Charge"])): r for r in self.measured if r["Protein.Group"]}
        self.assertEqual(list(got[0]), MSSTATS)
        self.assertEqual(len(got), len(want))
        for row in got:
            of = want.pop((row["Run"], row["PeptideSequence"], row["PrecursorCharge"]))
            self.assertEqual(row["ProteinName"], of["Protein.Group"])
            self.assertEqual((row["FragmentIon"], row["ProductCharge"], row["IsotopeLabelType"]), ("NA", "NA", "L"))
            self.assertEqual(row["Condition"], "low, dose" if row["Run"] == "example_A_1" else "high")
            self.close(row["Intensity"], of["Precursor.Quantity"])
        self.assertEqual({row["BioReplicate"] for row in got}, {"1", "2"})

    def test_msstats_by_fragment_follows_the_chromatograms(self):
        got = delimited(self.export("msstats", "m.csv", "--level", "fragment"), ",")
        xic = {(r["Run"], r["Precursor.Id"]): r for r in rows(self.out / "xic.parquet") if r["Decoy"] == 0}
        seen = set()
        for row in got:
            trace = xic[row["Run"], row["PeptideSequence"] + row["PrecursorCharge"]]
            at = trace["Fragment"].index(f"{row['FragmentIon']}^{row['ProductCharge']}")
            points, share = len(trace["RT"]), trace["Fragment.Share"][at]
            raw = trace["Intensity.Raw"][at * points:(at + 1) * points]
            capped = [min(i, 1.5 * share * w) for i, w in zip(raw, trace["Weight"])]
            inside = [k for k in range(points) if trace["RT.Start"] - 1e-5 <= trace["RT"][k] <= trace["RT.Stop"] + 1e-5]
            area = sum((trace["RT"][b] - trace["RT"][a]) * (capped[a] + capped[b]) / 2 for a, b in zip(inside, inside[1:]))
            self.assertAlmostEqual(float(row["Intensity"]) / area, 1, places=4)
            seen.add(tuple(row[name] for name in MSSTATS[:5]) + (row["Run"],))
        self.assertEqual(len(seen), len(got), "a feature has one row in a run")
        self.assertGreater(len(got), 3 * len(self.measured))

    def test_mztab_is_consistent_in_itself_and_with_the_report(self):
        path = self.export("mztab", "x.mztab")
        metadata, tables = mztab(path)
        self.assertEqual((metadata["mzTab-version"], metadata["mzTab-mode"], metadata["mzTab-type"]),
                         ("1.0.0", "Summary", "Quantification"))
        for name in ("description", "protein_search_engine_score[1]", "peptide_search_engine_score[1]", "fixed_mod[1]",
                     "variable_mod[1]", "quantification_method", "protein-quantification_unit", "peptide-quantification_unit",
                     "ms_run[2]-location", "assay[2]-ms_run_ref", "study_variable[2]-description"):
            self.assertIn(name, metadata)
        self.assertEqual(metadata["fixed_mod[1]"], "[UNIMOD, UNIMOD:4, Carbamidomethyl, ]")
        self.assertRegex(metadata["ms_run[1]-location"], r"^file:///.*example_A_1\.mzML\.gz$")
        groups = rows(self.out / "protein_groups.parquet")
        accessions = [row["accession"] for row in tables["PRT"]]
        self.assertEqual(len(set(accessions)), len(accessions))
        self.assertEqual(set(accessions), {row["Protein.Group"].split(";")[0] for row in groups})
        quantity = {(row["Protein.Group"].split(";")[0], row["Run"]): row["PG.MaxLFQ"] for row in groups}
        peptides = {row["opt_global_precursor_id"]: row for row in tables["PEP"]}
        self.assertEqual(set(peptides), {row["Precursor.Id"] for row in self.report})
        for k, run in enumerate(("example_A_1", "example_B_1"), 1):
            for row in tables["PRT"]:
                value = quantity.get((row["accession"], run))
                column = f"protein_abundance_assay[{k}]"
                self.assertEqual(row[column] == "null", value is None)
                if value is not None:
                    self.close(row[column], value)
            for row in (r for r in self.measured if r["Run"] == run):
                self.close(peptides[row["Precursor.Id"]][f"peptide_abundance_assay[{k}]"], row["Precursor.Normalised"])
        for row in peptides.values():
            mods = [] if row["modifications"] == "null" else row["modifications"].split(",")
            for mod in mods:
                place, name = mod.split("-", 1)
                self.assertTrue(0 <= int(place) <= len(row["sequence"]) + 1 and name.startswith("UNIMOD:"), mod)

    def test_mztab_spreads_are_those_of_the_conditions(self):
        conditions = self.folder / "conditions.tsv"
        conditions.write_text("Run\tCondition\nexample_A_1\tall\nexample_B_1\tall\n", encoding="utf-8")
        metadata, tables = mztab(self.export("mztab", "x.mztab", "--conditions", conditions))
        self.assertEqual(metadata["study_variable[1]-assay_refs"], "assay[1], assay[2]")
        checked = 0
        for row in tables["PEP"]:
            both = [float(row[f"peptide_abundance_assay[{k}]"]) for k in (1, 2)
                    if row[f"peptide_abundance_assay[{k}]"] != "null"]
            if len(both) == 2 and statistics.stdev(both) > 1e-3 * statistics.mean(both):
                self.close(row["peptide_abundance_study_variable[1]"], statistics.mean(both))
                error = float(row["peptide_abundance_std_error_study_variable[1]"])
                self.assertAlmostEqual(error * 2 ** 0.5 / statistics.stdev(both), 1, places=2)
                checked += 1
        self.assertGreater(checked, 50)

    def test_skyline_gets_spectra_times_and_limits(self):
        folder = self.export("skyline", "skyline")
        by_key = {(r["Run"], r["Precursor.Id"]): r for r in self.report}
        seen = {r["Precursor.Id"] for r in rows(self.out / "xic.parquet") if r["Decoy"] == 0 and any(r["Intensity.Raw"])}
        self.assertGreater(len(seen), 0.95 * len({r["Precursor.Id"] for r in self.report}))
        with sqlite3.connect(folder / "results.blib") as database:
            files = dict(database.execute("SELECT id, fileName FROM SpectrumSourceFiles"))
            self.assertEqual([pathlib.Path(f).name for f in files.values()], ["example_A_1.mzML.gz", "example_B_1.mzML.gz"])
            spectra = database.execute("SELECT id, peptideSeq, precursorCharge, precursorMZ, numPeaks, retentionTime, peptideModSeq "
                                       "FROM RefSpectra").fetchall()
            self.assertEqual(len(spectra), len(seen))
            times = collections.defaultdict(dict)
            for spectrum, file, minutes, start, end, best in database.execute(
                    "SELECT RefSpectraID, SpectrumSourceID, retentionTime, startTime, endTime, bestSpectrum FROM RetentionTimes"):
                times[spectrum][pathlib.Path(files[file]).name.split(".")[0]] = (minutes, start, end, best)
            self.assertEqual(sum(map(len, times.values())), sum(r["Precursor.Id"] in seen for r in self.report))
            for number, sequence, charge, mz, peaks, minutes, _ in spectra:
                rows_of = [r for r in self.report if r["Stripped.Sequence"] == sequence and r["Precursor.Charge"] == charge
                           and abs(r["Precursor.Mz"] - mz) < 1e-3]
                self.assertIn(minutes, [r["RT"] for r in rows_of])
                self.assertEqual(sum(t[3] for t in times[number].values()), 1)
                for run, (at, start, end, _) in times[number].items():
                    self.assertIn((at, start, end), [(r["RT"], r["RT.Start"], r["RT.Stop"]) for r in rows_of if r["Run"] == run])
                blob_mz, blob = database.execute("SELECT peakMZ, peakIntensity FROM RefSpectraPeaks WHERE RefSpectraID = ?",
                                                 (number,)).fetchone()
                wide = array.array("d", blob_mz if len(blob_mz) == 8 * peaks else zlib.decompress(blob_mz))
                high = array.array("f", blob if len(blob) == 4 * peaks else zlib.decompress(blob))
                self.assertEqual((len(wide), len(high)), (peaks, peaks))
                self.assertEqual(list(wide), sorted(wide))
        limits = delimited(folder / "peak_boundaries.csv", ",")
        self.assertEqual(list(limits[0]), ["File Name", "Peptide Modified Sequence", "Precursor Charge", "Min Start Time",
                                           "Max End Time", "Precursor Is Decoy"])
        self.assertEqual(sum(row["Precursor Is Decoy"] == "FALSE" for row in limits), len(by_key))
        self.assertTrue(any("C[+57.0]" in row["Peptide Modified Sequence"] for row in limits))
        self.assertEqual(len(delimited(folder / "precursors.csv", ",")), len(limits))

    def test_pioneer_tables_have_its_columns_in_both_forms(self):
        folder = self.export("pioneer", "pioneer")
        names = {"precursors_long": PIONEER_LONG, "protein_groups_long": PIONEER_PROTEINS}
        for name in ("precursors_long", "precursors_wide", "protein_groups_long", "protein_groups_wide"):
            table = pyarrow.ipc.open_file(folder / f"{name}.arrow").read_all()
            text = delimited(folder / f"{name}.tsv", "\t")
            self.assertEqual(table.column_names, list(text[0]))
            self.assertEqual(table.num_rows, len(text))
            self.assertEqual(table.column_names, names.get(name, table.column_names))
            self.assertEqual(table.schema.field("target").type, pyarrow.bool_())
            self.assertEqual({row["target"] for row in text}, {"true"})
            self.assertEqual((self.out / "pioneer" / f"{name}.tsv").read_bytes(), (folder / f"{name}.tsv").read_bytes())
        long = pyarrow.ipc.open_file(folder / "precursors_long.arrow").read_all().to_pylist()
        self.assertEqual(len(long), len(self.measured))
        wide = {row["precursor_idx"]: row
                for row in pyarrow.ipc.open_file(folder / "precursors_wide.arrow").read_all().to_pylist()}
        self.assertEqual(sorted(wide), list(range(1, len(wide) + 1)))
        for row, of in zip(long, self.measured):
            self.assertEqual((row["file_name"], row["sequence"], row["charge"]),
                             (of["Run"], of["Stripped.Sequence"], of["Precursor.Charge"]))
            self.close(row["peak_area"], of["Precursor.Quantity"])
            self.assertEqual(wide[row["precursor_idx"]][row["file_name"]], row["peak_area_normalized"])
            self.assertEqual(row["structural_mods"].count("C,Unimod:4"), of["Modified.Sequence"].count("C(UniMod:4)"))
        self.assertEqual(sum(row[run] is not None for row in wide.values() for run in ("example_A_1", "example_B_1")), len(long))
        groups = pyarrow.ipc.open_file(folder / "protein_groups_long.arrow").read_all().to_pylist()
        want = {(row["Run"], row["Protein.Group"]): row for row in rows(self.out / "protein_groups.parquet")}
        self.assertEqual({(row["file_name"], row["protein"]) for row in groups}, set(want))
        for row in groups:
            of = want[row["file_name"], row["protein"]]
            self.close(row["abundance"], of["PG.MaxLFQ"])
            self.assertEqual(row["n_peptides"], of["Precursors"])
            self.assertEqual(row["n_peptides"], len(row["peptides"].split(";")))

    def test_the_report_of_diann_has_fragments_that_belong_together(self):
        got = delimited(self.export("diann-tsv", "report.tsv"), "\t")
        self.assertEqual(len(got), len(self.report))
        with_fragments = 0
        for row, of in zip(got, self.report):
            self.assertEqual(row["Precursor.Id"], of["Precursor.Id"])
            self.close(row["RT"], of["RT"])
            lists = [row[name].split(";") for name in ("Fragment.Quant.Raw", "Fragment.Quant.Corrected", "Fragment.Correlations",
                                                       "Fragment.Info")]
            if not row["Fragment.Info"]:
                self.assertEqual(lists[:3], [["0", ""]] * 3)
                continue
            self.assertEqual(len({len(values) for values in lists}), 1)
            with_fragments += len(lists[0]) > 3
            for raw, corrected in zip(lists[0][:-1], lists[1][:-1]):
                self.assertLessEqual(float(corrected), float(raw) * (1 + 1e-6))
        self.assertGreater(with_fragments, 0.9 * len(got))

    def test_what_cannot_be_exported_is_said(self):
        def run(*arguments):
            return overland("export", "--quiet", *arguments)
        self.assertEqual(run(self.out, "--format", "excel", "--out", self.folder / "x").returncode, 2)
        self.check_fails(run(self.folder, "--format", "mztab", "--out", self.folder.parent / "x.mztab"), 2, "OVL-USE-040")
        self.check_fails(run(self.out, "--format", "mztab", "--out", self.out / "x.mztab"), 2, "OVL-USE-011")
        self.check_fails(run(self.out, "--format", "pioneer", "--out", self.out), 2, "OVL-USE-010")
        self.export("mztab", "x.mztab")
        self.check_fails(run(self.out, "--format", "mztab", "--out", self.folder / "x.mztab"), 2, "OVL-USE-012")
        self.export("mztab", "x.mztab", "--overwrite")
        bare = self.folder / "bare"
        bare.mkdir()
        for name in ("report.parquet", "runs.parquet"):
            (bare / name).write_bytes((self.out / name).read_bytes())
        self.check_fails(run(bare, "--format", "skyline", "--out", self.folder / "s"), 4, "OVL-IO-095")
        self.check_fails(run(bare, "--format", "mztab", "--out", self.folder / "y.mztab"), 4, "OVL-IO-001")
        self.assertFalse((self.folder / "y.mztab").exists())


if __name__ == "__main__":
    unittest.main()
