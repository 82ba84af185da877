"""overland simulate, then search, on a run of a few minutes: what is found is compared with the truth."""
import pyarrow.parquet

from program import ProgramTest, overland

SETTINGS = {
    "seed": 3, "name": "mini", "formats": "arrow", "proteome.proteins": 250,
    "retention.gradient_minutes": 5, "retention.first_minute": 0.5, "retention.last_minute": 4.5,
    "acquisition.low_mz": 500, "acquisition.high_mz": 580, "library.low_mz": 500, "library.high_mz": 580,
}


def rows(path, *columns):
    return pyarrow.parquet.read_table(path, columns=list(columns)).to_pylist()


class SimulatedSearch(ProgramTest):
    def setUp(self):
        super().setUp()
        self.data = self.folder / "data"
        settings = [part for key, value in SETTINGS.items() for part in ("--set", f"{key}={value}")]
        self.check_succeeds(overland("simulate", "--quiet", *settings, "--out", self.data))
        self.runs = sorted(self.data.glob("*.arrow"))
        self.assertEqual(len(self.runs), 1)

    def search(self, name, *arguments):
        out = self.folder / name
        done = overland("search", "--quiet", "--library", self.data / "library.tsv.gz", "--out", out, *arguments,
                        *self.runs)
        self.check_succeeds(done)
        self.assertEqual(done.stdout, "")
        return out

    def test_finds_what_is_there_and_counts_its_errors(self):
        report = rows(self.search("out", "--threads", 2) / "report.parquet", "Precursor.Id", "Q.Value", "Run")
        truth = {row["Precursor.Id"]: row for row in rows(
            self.data / "truth.parquet", "Precursor.Id", "Present", "Detectable", "Sibling.Present")}
        self.assertEqual({row["Run"] for row in report}, {self.runs[0].stem})
        self.assertLessEqual(max(row["Q.Value"] for row in report), 0.01)
        found = {row["Precursor.Id"] for row in report}
        self.assertEqual(len(found), len(report))
        detectable = {name for name, row in truth.items() if row["Detectable"]}
        self.assertGreater(len(detectable), 50)
        self.assertGreater(len(found & detectable), 0.5 * len(detectable))
        wrong = [name for name in found if not truth[name]["Present"] and not truth[name]["Sibling.Present"]]
        self.assertLessEqual(len(wrong), 0.03 * len(found) + 2)

    def test_threads_and_resuming_do_not_change_the_report(self):
        one = self.search("one", "--threads", 1, "--tsv", "--report-decoys")
        two = self.search("two", "--threads", 2, "--tsv", "--report-decoys")
        names = ["report.parquet", "precursors_wide.parquet", "runs.parquet", "report.tsv"]
        self.assertEqual({file.stem for file in one.glob("*.tsv")}, {file.stem for file in one.glob("*.parquet")} - {"xic"})
        before = {name: (one / name).read_bytes() for name in names}
        for name in names:
            self.assertEqual(before[name], (two / name).read_bytes(), name)
        (one / "work" / "score" / "manifest.json").unlink()
        (one / "report.parquet").unlink()
        self.search("one", "--threads", 2, "--tsv", "--report-decoys")
        for name in names:
            self.assertEqual(before[name], (one / name).read_bytes(), name)


if __name__ == "__main__":
    import unittest
    unittest.main()
