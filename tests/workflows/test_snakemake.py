"""The Snakemake workflow on the example: the bytes of `overland search`, a run that fails, and a run that is added."""
import json
import os
import shutil
import subprocess
import sys
import unittest

from program import BINARY, ProgramTest, overland
from test_stages import tables
from workflow_tools import EXAMPLE, NO_SNAKEMAKE, ROOT, SNAKEMAKE, SNAKEMAKE_FOLDER, Workflow, code_of_guide, jobs

sys.path.insert(0, str(SNAKEMAKE_FOLDER))
import overland_workflow

LIBRARY = EXAMPLE / "library.tsv.gz"
A, B = sorted(EXAMPLE.glob("*.mzML.gz"))


@unittest.skipUnless(SNAKEMAKE.exists(), NO_SNAKEMAKE)
class Snakemake(ProgramTest):
    def search(self, name, runs, status=0):
        out = self.folder / name
        done = overland("search", "--quiet", "--tsv", "--mbr", "--library", LIBRARY, "--out", out, *runs)
        self.assertEqual(done.returncode, status, done.stderr)
        return tables(out)

    def workflow(self, name, runs):
        return Workflow(self.folder, name, runs, library=str(LIBRARY), mbr=True)

    def test_a_bad_run_is_left_out_and_an_added_run_costs_only_itself(self):
        bad = self.folder / "bad.mzML.gz"
        bad.write_bytes(A.read_bytes()[:200_000])
        workflow = self.workflow("out", [A, bad, B])
        done = workflow.run()
        self.assertEqual(done.returncode, 1, done.stderr)
        whole = self.search("whole", [A, bad, B], status=5)
        self.assertEqual(tables(workflow.out), whole)
        self.assertIn("run bad failed in stage read and is left out", done.stderr)
        self.assertIn("OVL-COH-001: 1 runs failed", done.stderr)
        self.assertIn("returned non-zero exit status 5", done.stderr)
        catalogue = overland_workflow.Search(workflow.config).stages
        self.check_jobs(done, catalogue, ["example_A_1", "example_B_1"], [("read", "bad")])

        added = self.folder / "example_C_1.mzML.gz"
        shutil.copy(B, added)
        workflow.search_runs([A, bad, B, added])
        done = workflow.run()
        self.assertIn("returned non-zero exit status 5", done.stderr)
        self.assertEqual(tables(workflow.out), self.search("added", [A, bad, B, added], status=5))
        # A run that failed is tried again; of the other runs that were there only stages that see all runs are done.
        again = {job for job in jobs(done) if job[0] in ("read", "tune", "second_pass")}
        self.assertEqual(again, {("read", "bad"), *((stage, "example_C_1") for stage in ("read", "tune", "second_pass"))})
        self.assertIn(("integrate", "example_A_1"), jobs(done))

    def test_the_commands_of_the_guide(self):
        (self.folder / "samples.tsv").write_text(code_of_guide("clusters.md", "file\t"))
        (self.folder / "search.yaml").write_text(code_of_guide("clusters.md", "samples:"))
        (self.folder / "workflows").symlink_to(ROOT / "workflows")
        shutil.copy(LIBRARY, self.folder / "library.tsv.gz")
        (self.folder / "runs").mkdir()
        (self.folder / "bin").mkdir()
        (self.folder / "bin" / "overland").symlink_to(BINARY)
        runs = [self.folder / "runs" / f"{name}.mzML.gz" for name in "ab"]
        for source, run in zip((A, B), runs):
            shutil.copy(source, run)
        path = f"{self.folder / 'bin'}:{SNAKEMAKE.parent}:{os.environ['PATH']}"
        done = subprocess.run(code_of_guide("clusters.md", "snakemake --snakefile"), shell=True, cwd=self.folder, env={**os.environ, "PATH": path},
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        whole = self.folder / "whole"
        self.check_succeeds(overland("search", "--quiet", "--mbr", "--library", LIBRARY, "--out", whole, *runs))
        self.assertIn("report.parquet", tables(whole))
        self.assertEqual(tables(self.folder / "results"), tables(whole))

    def check_jobs(self, done, catalogue, runs, others):
        """A step of each stage for each run, and no more."""
        wanted = [(stage["stage"], run) for stage in catalogue for run in (runs if stage["scope"] == "run" else [""])]
        self.assertEqual(sorted(jobs(done)), sorted(wanted + others))


class WorkflowInputs(ProgramTest):
    """What needs no Snakemake."""

    def write(self, text):
        file = self.folder / "samples.tsv"
        file.write_text(text)
        return file

    def test_samples_are_relative_to_their_table(self):
        table = self.write("run\tfile\tcondition\na\tx/a.mzML\tA\nb\t/y/b.mzML.gz\tB\n")
        self.assertEqual(overland_workflow.runs_of(table), [str(self.folder / "x/a.mzML"), "/y/b.mzML.gz"])

    def test_samples_that_cannot_be_used(self):
        for text, message in (("file\n", "no run"), ("name\na.mzML\n", "line 2"), ("file\trun\na.mzML\tb\n", "must be named")):
            with self.assertRaisesRegex(overland_workflow.WorkflowInputError, message):
                overland_workflow.runs_of(self.write(text))

    def test_every_stage_of_the_catalogue_is_in_one_level(self):
        out = self.folder / "out"
        self.check_succeeds(overland("search", "--quiet", "--prepare", "--mbr", "--library", LIBRARY, "--out", out, A, B))
        stages = json.loads(overland("stages", out, "--json").stdout)["stages"]
        levels = overland_workflow.levels_of(stages)
        self.assertEqual([stage for level in levels.values() for stage in level], stages)
        for level in levels.values():
            self.assertTrue(len(level) == 1 or all(stage["scope"] == "run" for stage in level))

    def search_with(self, program, **config):
        samples = self.write(f"file\n{A}\n{B}\n")
        search = overland_workflow.Search({"samples": str(samples), "out": str(self.folder / "out"), "library": str(LIBRARY),
                                           "program": str(program), **config})
        search.prepare()
        return search

    def test_each_step_has_its_resources(self):
        search = self.search_with(BINARY, max_threads=2)
        self.assertEqual({stage for stage, _ in search.resources}, {stage["stage"] for stage in search.stages})
        self.assertEqual({run for _, run in search.resources}, {"", "example_A_1", "example_B_1"})
        for stage, run in search.resources:
            self.assertLessEqual(search.threads(stage, run), 2)
            self.assertGreaterEqual(search.minutes(stage, run), 10)
            self.assertGreaterEqual(search.megabytes(stage, run, "memory_mb"), 500)

    def test_resources_are_those_of_the_plan(self):
        search = self.search_with(BINARY, max_threads=4)
        search.resources = {("tune", "a"): {"cpu_seconds": 7200, "memory_mb": 9000.4, "disk_mb": 1, "threads": 8}}
        self.assertEqual(search.threads("tune", "a"), 4)
        self.assertEqual(search.minutes("tune", "a"), 90)
        self.assertEqual(search.megabytes("tune", "a", "memory_mb"), 9000)
        self.assertEqual(search.megabytes("tune", "a", "disk_mb"), 500)

    def test_a_step_that_the_plan_does_not_name_gets_what_the_stage_needs_for_other_runs(self):
        search = self.search_with(BINARY)
        of_both = [search.resources["tune", run] for run in ("example_A_1", "example_B_1")]
        self.assertEqual(search.needs("tune", "failed_before")["memory_mb"], max(step["memory_mb"] for step in of_both))
        search.resources = {}
        self.assertEqual(search.needs("tune", "example_A_1"), overland_workflow.UNPLANNED)

    def test_the_schema_names_every_key_that_is_read(self):
        schema = json.loads((SNAKEMAKE_FOLDER / "config.schema.json").read_text())["properties"]
        config = {"samples": str(self.write("file\na.mzML\n")), "out": "o", "library": "l", "fasta": ["f"], "contaminants": "c",
                  "library_cache": "k", "predictor": "p", "config": "g", "mbr": False, "refine": True, "tsv": True,
                  "parameters": {"search.seed": 2, "report.html": False}, "library_parameters": {"decoys.seed": 3}}
        self.assertEqual(set(schema) - set(config), {"program", "max_threads", "overwrite"})
        words = overland_workflow.Search(config).arguments()
        self.assertEqual(words, [
            "--out", "o", "--library", "l", "--contaminants", "c", "--library-cache", "k", "--predictor", "p", "--config", "g",
            "--fasta", "f", "--refine", "--tsv", "--no-mbr", "--set", "search.seed=2", "--set", "report.html=false",
            "--library-set", "decoys.seed=3", str(self.folder / "a.mzML")])
        help_text = overland("search", "--help").stdout
        for word in words:
            if word.startswith("--"):
                self.assertIn(word, help_text)


if __name__ == "__main__":
    unittest.main()
