"""overland search refuses what cannot work, before it starts."""
import os
import unittest

from program import ProgramTest, overland, write_run

TABLE = ("ModifiedPeptide\tPrecursorCharge\tTr_recalibrated\tFragmentType\tFragmentSeriesNumber\t"
         "FragmentCharge\tRelativeIntensity\tProteinID\n" +
         "".join(f"PEPTIDEAVLK\t2\t10\ty\t{i}\t1\t{10 * i}\tP1\n" for i in range(3, 8)))


class SearchErrors(ProgramTest):
    def setUp(self):
        super().setUp()
        self.data = self.folder / "data"
        self.data.mkdir()
        self.run_file = self.data / "run.arrow"
        write_run(self.run_file)
        self.library = self.folder / "library.tsv"
        self.library.write_text(TABLE)
        self.out = self.folder / "out"

    def search(self, *arguments, out=None):
        return overland("search", "--library", self.library, "--out", out or self.out, *arguments)

    def test_results_do_not_go_to_the_folder_of_an_input(self):
        link = self.folder / "link"
        link.symlink_to(self.data)
        before = sorted(os.listdir(self.data))
        for out in (self.data, link, self.folder):
            self.check_fails(self.search(self.run_file, out=out), 2, "OVL-USE-011")
        self.assertEqual(sorted(os.listdir(self.data)), before)

    def test_two_runs_of_one_name_are_refused(self):
        other = self.folder / "other"
        other.mkdir()
        write_run(other / "run.arrow")
        self.check_fails(self.search(self.run_file, other / "run.arrow"), 2, "OVL-USE-013", "'run'")

    def test_a_wrong_parameter_stops_it(self):
        self.check_fails(self.search(self.run_file, "--set", "score.modl=trees"), 3, "OVL-CFG-001", "score.model")
        self.check_fails(self.search(self.run_file, "--set", "score.model=forest"), 3, "OVL-CFG-002", "trees")
        self.check_fails(self.search(self.run_file, "--report-q", "2"), 3, "OVL-CFG-002", "report.q_value")
        self.check_fails(self.search(self.run_file, "--threads", "0"), 2, "OVL-USE-002", "--threads")
        self.assertFalse(self.out.exists())

    def test_missing_and_damaged_inputs_are_named(self):
        self.check_fails(self.search(self.data / "absent.mzML"), 4, "absent.mzML")
        (self.data / "empty.mzML").write_bytes(b"")
        self.check_fails(self.search(self.data / "empty.mzML"), 4, "empty.mzML")
        self.library.write_text("nothing\n")
        self.check_fails(self.search(self.run_file), 4, "library.tsv")
        self.library.unlink()
        self.check_fails(self.search(self.run_file), 4, "OVL-IO-001", "library.tsv")


if __name__ == "__main__":
    unittest.main()
