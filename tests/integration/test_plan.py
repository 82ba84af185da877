"""overland plan, search --dry-run, --overwrite and clean: what a search will do, and what is left of one."""
import gzip
import hashlib
import json
import shutil
import unittest

from program import ProgramTest, TEST_DATA, overland
from test_stages import LIBRARY, RUNS, tables

SLICE = TEST_DATA / "pioneer-ecoli" / "ecoli_filtered_tinytiny.arrow"
SLICE_LIBRARY = TEST_DATA / "predicted-ecoli" / "ecoli_500_600.parquet"
KEYS = {"stage", "run", "inputs", "state", "reason", "cpu_seconds", "memory_mb", "disk_mb", "threads", "source"}
REFINE = ("--refine", "--set", "refine.passes=1", "--set", "refine.retention_passes=1")


def files(folder):
    """Content and time of each file below a folder."""
    return {str(path): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
            for path in folder.rglob("*") if path.is_file()}


class PlanTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.runs = []
        for run in RUNS:
            self.runs.append(self.folder / "data" / run.name)
            self.runs[-1].parent.mkdir(exist_ok=True)
            shutil.copy(run, self.runs[-1])

    def arguments(self, name, *options, runs=None, library=LIBRARY):
        return ["--quiet", "--tsv", *options, "--library", library, "--out", self.folder / name, *(runs or self.runs)]

    def search(self, name, *options, **inputs):
        self.check_succeeds(overland("search", *self.arguments(name, *options, **inputs)))
        return self.folder / name

    def plan(self, name, *options, **inputs):
        done = overland("plan", "--json", *self.arguments(name, *options, **inputs))
        self.check_succeeds(done)
        return json.loads(done.stdout)

    @staticmethod
    def to_do(plan):
        return {(step["stage"], step["run"]): step["reason"] for step in plan["steps"] if step["state"] != "done"}


class Plan(PlanTest):
    def test_a_dry_run_prints_the_steps_and_writes_nothing(self):
        before = files(self.folder)
        done = overland("search", "--dry-run", *self.arguments("new", "--mbr"))
        self.check_succeeds(done)
        for text in ("second_pass", "transfer", "it has not been done", "peak memory", "model", "on disk"):
            self.assertIn(text, done.stdout)
        self.assertEqual(files(self.folder), before)
        self.assertFalse((self.folder / "new").exists())
        self.assertEqual(done.stdout, overland("plan", *self.arguments("new", "--mbr")).stdout)

    def test_of_a_finished_search_nothing_is_to_be_done_and_nothing_is_written(self):
        out = self.search("out")
        before = files(self.folder)
        done = overland("search", "--dry-run", *self.arguments("out"))
        self.check_succeeds(done)
        self.assertIn("Everything is up to date", done.stdout)
        self.assertEqual(files(self.folder), before)
        again = overland("plan", "--json", "--config", out / "config.json", "--out", out)
        self.check_succeeds(again)
        self.assertEqual(self.to_do(json.loads(again.stdout)), {})

    def test_the_json_holds_what_workflow_engines_need(self):
        plan = self.plan("new", "--mbr", *REFINE)
        self.assertEqual(set(plan), {"version", "runs", "steps", "total"})
        self.assertEqual((plan["version"], plan["runs"]), (1, ["example_A_1", "example_B_1"]))
        seen = set()
        for step in plan["steps"]:
            self.assertEqual(set(step), KEYS)
            self.assertEqual([name for name in step["inputs"] if name not in seen], [])
            seen.add(step["stage"])
            self.assertIn(step["run"], ["", *plan["runs"]])
            self.assertGreater(step["cpu_seconds"], 0)
            self.assertGreater(step["memory_mb"], 0)
        self.assertIn("first_tune", seen)
        self.assertIn("refine", seen)
        self.assertAlmostEqual(plan["total"]["cpu_seconds"], sum(step["cpu_seconds"] for step in plan["steps"]), delta=0.1)
        self.assertEqual(plan["total"]["memory_mb"], max(step["memory_mb"] for step in plan["steps"]))

    def test_an_added_run_leaves_the_passes_of_the_first_and_uses_its_rates(self):
        self.search("out", runs=self.runs[:1])
        plan = self.plan("out")
        reasons = self.to_do(plan)
        self.assertNotIn(("second_pass", "example_A_1"), reasons)
        self.assertEqual(reasons["second_pass", "example_B_1"], "it has not been done")
        source = {(step["stage"], step["run"]): step["source"] for step in plan["steps"]}
        self.assertEqual(source["second_pass", "example_B_1"], "measured")
        self.assertEqual(source["own_limits", "example_B_1"], "model")

    def test_a_plan_that_would_be_refused_says_so(self):
        self.search("out")
        done = overland("search", "--dry-run", *self.arguments("out", "--report-q", "0.05"))
        self.check_succeeds(done)
        self.assertIn("OVL-USE-012", done.stderr)
        self.assertIn("its parameters changed", done.stdout)

    @unittest.skipUnless(SLICE.is_file() and SLICE_LIBRARY.is_file(), f"no shared data in {TEST_DATA}")
    def test_of_a_real_run_scans_windows_and_peaks_are_those_that_the_search_counts(self):
        done = overland("plan", *self.arguments("new", runs=[SLICE], library=SLICE_LIBRARY))
        self.check_succeeds(done)
        line = next(line for line in done.stdout.splitlines() if line.startswith("run "))
        out = self.search("out", runs=[SLICE], library=SLICE_LIBRARY)
        record = json.loads((out / "work/read/ecoli_filtered_tinytiny/record.json").read_text())
        self.assertIn(f"{record['ms2_scans']} MS2 scans in {record['windows']} windows", line.replace(",", ""))


class Incremental(PlanTest):
    """A folder that got a run, or lost one, equals a search from scratch."""

    def check_added_and_removed(self, *options):
        both = tables(self.search("both", *options))
        one = tables(self.search("one", *options, runs=self.runs[:1]))
        self.assertIn("report.parquet", both)
        self.assertNotEqual(both["report.parquet"], one["report.parquet"])
        grown = self.search("one", *options)
        self.assertEqual(tables(grown), both)
        self.check_fails(overland("search", *self.arguments("one", *options, runs=self.runs[:1])), 2, "OVL-USE-012",
                         "the run example_B_1 is left out")
        self.assertEqual(tables(grown), both)
        shrunk = self.search("one", "--overwrite", *options, runs=self.runs[:1])
        self.assertEqual(tables(shrunk), one)
        self.assertEqual(sorted(path.name for path in (shrunk / "plots").iterdir()), ["example_A_1.calibration.svg"])

    def test_of_a_plain_search(self):
        self.check_added_and_removed()

    def test_with_match_between_runs(self):
        self.check_added_and_removed("--mbr")

    def test_with_refinement(self):
        self.check_added_and_removed(*REFINE)


class Overwrite(PlanTest):
    def test_another_search_is_refused_and_its_differences_are_named(self):
        out = self.search("out")
        before = files(out)
        other = self.folder / "data" / "other.tsv.gz"
        other.write_bytes(LIBRARY.read_bytes())
        self.check_succeeds(overland("search", *self.arguments("out", library=other)))  # the same content elsewhere
        lines = gzip.decompress(LIBRARY.read_bytes()).splitlines(keepends=True)
        other.write_bytes(gzip.compress(b"".join(lines[:-60])))
        self.check_fails(overland("search", *self.arguments("out", "--set", "search.seed=2", library=other)), 2, "OVL-USE-012",
                         "the library is another one", "search.seed was 1 and is 2", "--overwrite")
        self.assertEqual({name: value for name, value in files(out).items() if name.endswith(".parquet")},
                         {name: value for name, value in before.items() if name.endswith(".parquet")})
        self.search("out", "--overwrite", "--set", "search.seed=2", library=other)
        self.assertEqual(tables(out), tables(self.search("new", "--set", "search.seed=2", library=other)))


class Clean(PlanTest):
    def test_removes_what_the_search_then_makes_again(self):
        out = self.search("out", "--mbr")
        whole = tables(out)
        inputs = files(self.folder / "data")
        before = files(out)
        listed = overland("clean", "--dry-run", out)
        self.check_succeeds(listed)
        self.assertIn("work/second_pass", listed.stdout)
        self.assertIn("would be freed", listed.stdout)
        self.assertEqual(files(out), before)
        done = overland("clean", out)
        self.check_succeeds(done)
        self.assertIn("freed", done.stdout)
        self.assertEqual(list((out / "work").iterdir()), [])
        self.assertEqual(tables(out), whole)
        self.assertTrue((out / "report.html").exists())
        self.assertEqual(files(self.folder / "data"), inputs)
        self.search("out", "--mbr")
        self.assertEqual(tables(out), whole)
        self.assertEqual(files(self.folder / "data"), inputs)

    def test_refuses_a_folder_that_holds_no_search(self):
        self.check_fails(overland("clean", self.folder), 2, "OVL-USE-040")
        self.check_fails(overland("clean", "--dry-run", self.folder / "absent"), 2, "OVL-USE-040")

    def test_removes_the_lock_of_a_process_that_was_killed(self):
        out = self.search("out")
        lock = out / "work" / "tune" / "example_A_1.lock"
        lock.touch()
        self.check_succeeds(overland("clean", out))
        self.assertFalse(lock.exists())


if __name__ == "__main__":
    unittest.main()
