"""overland-step and overland-outcome: what a workflow engine sees of a stage and of a search."""
import os
import subprocess
import unittest

from program import BINARY, ProgramTest, overland
from workflow_tools import EXAMPLE, ROOT

BIN = ROOT / "workflows" / "bin"
RUNS = sorted(EXAMPLE.glob("*.mzML.gz"))


class StepScripts(ProgramTest):
    def script(self, name, *words, program=BINARY):
        return subprocess.run([BIN / name, *map(str, words)], env={**os.environ, "OVERLAND": str(program)}, capture_output=True, text=True,
                              check=False)

    def prepare(self, *runs):
        out = self.folder / "out"
        self.check_succeeds(overland("search", "--quiet", "--prepare", "--library", EXAMPLE / "library.tsv.gz", "--out", out, *runs))
        return out

    def bad_run(self):
        bad = self.folder / "it's a \"bad\" run.mzML"
        bad.write_text("<mzML><run></run></mzML>")
        return bad

    def test_a_run_that_fails_is_left_out_and_told_at_the_end(self):
        bad = self.bad_run()
        out, name = self.prepare(RUNS[0], bad), bad.stem
        done = self.script("overland-step", out, "read", "--run", name, "--threads", 1)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"run {name} is left out", done.stderr)
        self.check_succeeds(self.script("overland-step", out, "read", "--run", "example_A_1"))
        # A stage after the one that failed has nothing to do.
        self.check_succeeds(self.script("overland-step", out, "tune", "--run", name))
        self.assertEqual(self.script("overland-outcome", out).returncode, 4)  # no report yet
        self.check_succeeds(overland("search", "--quiet", "--library", EXAMPLE / "library.tsv.gz", "--out", out, RUNS[0]))
        self.assertEqual(self.script("overland-outcome", out).returncode, 0)
        self.assertEqual(overland("search", "--quiet", "--library", EXAMPLE / "library.tsv.gz", "--out", out, RUNS[0], bad).returncode, 5)
        done = self.script("overland-outcome", out)
        self.assertEqual(done.returncode, 5)
        self.assertIn("failed in stage read and is left out: OVL-", done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 2)

    def test_no_run_is_left(self):
        out = self.prepare(self.bad_run())
        self.check_succeeds(self.script("overland-step", out, "read", "--run", self.bad_run().stem))
        done = self.script("overland-outcome", out)
        self.assertEqual(done.returncode, 4)
        self.assertIn("no run is left", done.stderr)

    def test_what_is_no_failure_of_a_run_is_passed_on(self):
        out = self.prepare(*RUNS)
        self.assertEqual(self.script("overland-step", out, "read", "--run", "nobody").returncode, 2)
        self.assertEqual(self.script("overland-step", out, "score").returncode, 4)
        self.assertEqual(self.script("overland-outcome", self.folder).returncode, 2)

    def test_a_step_that_was_killed_or_lacked_memory_has_not_failed(self):
        stand_in = self.folder / "overland"
        for ending, code in (("exit 6", 6), ("kill -9 $$", 137), ("exit 143", 143), ("exit 4", 0)):
            stand_in.write_text(f'#!/bin/sh\nmkdir -p "{self.folder}/out/work/read/a"\ntouch "{self.folder}/out/work/read/a/failed.json"\n{ending}\n')
            stand_in.chmod(0o755)
            done = self.script("overland-step", self.folder / "out", "read", "--run", "a", program=stand_in)
            self.assertEqual(done.returncode, code, ending)


if __name__ == "__main__":
    unittest.main()
