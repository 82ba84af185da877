"""Match between runs on simulated runs of which half lack a species."""
import pathlib
import unittest

import pyarrow.parquet

from program import ProgramTest, overland

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "data/example/example.json"


class TransferTest(ProgramTest):
    def simulate(self):
        data = self.folder / "data"
        self.check_succeeds(overland(
            "simulate", "-c", EXAMPLE, "-o", data, "--set", "formats=arrow", "--set", "cohort.conditions=HY,H",
            "--set", "cohort.replicates=2", "--set", "proteome.species=HUMAN 0.6 1 1; YEAST 0.4 1 0"))
        return data

    def search(self, data, name, *more):
        out = self.folder / name
        done = overland("search", "-l", data / "library.tsv.gz", "-o", out, "--set", "report.html=false", *more,
                        *sorted(data.glob("*.arrow")))
        self.check_succeeds(done)
        return out, pyarrow.parquet.read_table(out / "report.parquet").to_pylist()

    def test_transfers_are_marked_add_up_and_hardly_ever_name_what_is_not_there(self):
        data = self.simulate()
        _, plain = self.search(data, "plain", "--no-mbr")
        out, joint = self.search(data, "joint", "--mbr")
        key = lambda row: (row["Run"], row["Precursor.Id"])
        own = {key(row): row for row in joint if row["Matched.Between.Runs"] == 0}
        self.assertEqual(set(own), {key(row) for row in plain})
        for row in plain:
            self.assertEqual(row["Matched.Between.Runs"], 0)
            self.assertIsNone(row["Transfer.Q.Value"])
            self.assertEqual(row["Q.Value"], own[key(row)]["Q.Value"])  # company changes nothing
        moved = [row for row in joint if row["Matched.Between.Runs"] == 1]
        for row in moved:
            self.assertGreater(row["Q.Value"], 0.01)
            self.assertLessEqual(row["Global.Q.Value"], 0.01)
            self.assertLessEqual(row["Transfer.Q.Value"], 0.01)
        truth = {key(row): row["Present"] for row in pyarrow.parquet.read_table(data / "truth.parquet").to_pylist()}
        wrong = sum(truth[key(row)] == 0 for row in moved)
        self.assertLessEqual(wrong, 2 + 0.05 * len(moved))
        runs = pyarrow.parquet.read_table(out / "runs.parquet").to_pylist()
        self.assertEqual(sum(row["Precursors.Matched"] for row in runs), len(moved))
        filters = pyarrow.parquet.read_metadata(out / "report.parquet").metadata[b"overland.filter"].decode()
        self.assertIn("Matched.Between.Runs = 1", filters)


if __name__ == "__main__":
    unittest.main()
