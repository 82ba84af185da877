"""The Snakemake workflow on twelve runs from FASTA, with refinement and match between runs: the bytes of `overland
search`, also after steps, or Snakemake itself, were killed."""
import os
import pathlib
import random
import signal
import subprocess
import tempfile
import time
import unittest

from program import ProgramTest, overland
from test_stages import tables
from workflow_tools import NO_SNAKEMAKE, SNAKEMAKE, Workflow, fasta_search, jobs, simulate_from_fasta, stage_processes

SEED = 17


@unittest.skipUnless(SNAKEMAKE.exists(), NO_SNAKEMAKE)
class TwelveRuns(ProgramTest):
    @classmethod
    def setUpClass(cls):
        shared = tempfile.TemporaryDirectory(prefix="overland_")
        cls.addClassCleanup(shared.cleanup)
        cls.shared = pathlib.Path(shared.name)
        cls.runs = simulate_from_fasta(cls.shared, 6)
        cls.config, arguments = fasta_search(cls.shared)
        done = overland("search", "--quiet", *arguments, "--out", cls.shared / "whole", *cls.runs)
        assert done.returncode == 0, done.stderr
        cls.whole = tables(cls.shared / "whole")

    def workflow(self):
        return Workflow(self.folder, "out", self.runs, **self.config)

    def check_done(self, done, workflow):
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("report.parquet", self.whole)
        self.assertEqual(tables(workflow.out), self.whole)

    def test_the_tables_are_those_of_overland_search(self):
        workflow = self.workflow()
        done = workflow.run()
        self.check_done(done, workflow)
        found = jobs(done)
        self.assertEqual(len(found), len(set(found)))
        self.assertEqual(sum(stage == "second_pass" for stage, _ in found), 12)
        self.assertEqual(jobs(workflow.run()), [])

    def test_steps_that_are_killed_are_done_again(self):
        """Three times a step is killed somewhere in the workflow, which stops and is started again."""
        print("seed", SEED)
        rng, workflow, kills = random.Random(SEED), self.workflow(), 0
        while kills < 3:
            with open(self.folder / "log", "w", encoding="utf-8") as log:
                process = subprocess.Popen(workflow.command("--cores", 2), cwd=self.folder, stdout=log, stderr=log)
                wanted, seen, killed = rng.randint(2, 16), set(), False
                while process.poll() is None:
                    seen.update(stage_processes(workflow.out))
                    if not killed and len(seen) >= wanted:
                        killed = self.kill_one(workflow.out, rng)
                    time.sleep(0.02)
            log = (self.folder / "log").read_text(encoding="utf-8")
            if not killed:
                break
            self.assertEqual(process.returncode, 1, log)
            kills += 1
        self.assertEqual(kills, 3)
        self.check_done(workflow.run(), workflow)

    def kill_one(self, out, rng):
        running = stage_processes(out)
        if not running:
            return False
        os.kill(rng.choice(running), signal.SIGKILL)
        return True

    def test_snakemake_that_is_killed_goes_on(self):
        workflow = self.workflow()
        with open(self.folder / "log", "w", encoding="utf-8") as log:
            process = subprocess.Popen(workflow.command("--cores", 2), cwd=self.folder, stdout=log, stderr=log, start_new_session=True)
            while process.poll() is None and len(list((workflow.out / "work" / "workflow").rglob("*.done"))) < 30:
                time.sleep(0.05)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.assertEqual(workflow.run("--unlock").returncode, 0)
        done = workflow.run()
        self.check_done(done, workflow)
        self.assertNotIn("read", {stage for stage, _ in jobs(done)})


if __name__ == "__main__":
    unittest.main()
