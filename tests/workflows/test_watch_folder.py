"""workflows/watch-folder: which files it searches, and when."""
import fcntl
import json
import pathlib
import subprocess
import sys
import unittest

import pyarrow.parquet
from program import BINARY, ProgramTest, overland
from test_stages import tables
from workflow_tools import EXAMPLE, ROOT, code_of_guide

SCRIPT = ROOT / "workflows" / "watch-folder"


class WatchFolder(ProgramTest):
    def setUp(self):
        super().setUp()
        self.incoming, self.results = self.folder / "incoming", self.folder / "results"
        self.incoming.mkdir()
        self.calls = self.folder / "calls"
        self.stand_in("exit 0")

    def stand_in(self, body):
        """A program that writes down its last argument, the run."""
        self.program = self.folder / "overland"
        self.program.write_text(f'#!/bin/sh\nfor run; do :; done\necho "$run" >> "{self.calls}"\n{body}\n')
        self.program.chmod(0o755)

    def watch(self, wait=0, program=None, options=("--library", "x.lib"), status=0):
        done = subprocess.run([sys.executable, SCRIPT, "--incoming", self.incoming, "--results", self.results, "--wait", str(wait),
                               "--program", str(program or self.program), "--", *map(str, options)], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def searched(self):
        return [pathlib.Path(line).name for line in self.calls.read_text().splitlines()] if self.calls.exists() else []

    def test_a_file_that_grows_is_not_searched(self):
        run = self.incoming / "a.mzML"
        for number in range(4):
            with open(run, "a", encoding="utf-8") as text:
                text.write("more" * number)
            self.watch()
        self.assertEqual(self.searched(), [])
        self.watch()
        self.assertEqual(self.searched(), ["a.mzML"])
        self.watch()
        self.assertEqual(self.searched(), ["a.mzML"])

    def test_a_file_that_another_process_writes_is_not_searched(self):
        run = self.incoming / "a.mzML"
        with open(run, "w", encoding="utf-8") as text:
            text.write("whole?")
            text.flush()
            for _ in range(3):
                self.watch()
        self.assertEqual(self.searched(), [])
        with open(run, encoding="utf-8"):  # to read it is no obstacle
            self.watch()
        self.assertEqual(self.searched(), ["a.mzML"])

    def test_a_file_waits_for_its_time(self):
        (self.incoming / "a.mzML").write_text("whole")
        for _ in range(3):
            self.watch(wait=3600)
        self.assertEqual(self.searched(), [])
        state = self.results / ".watch-folder.json"
        known = json.loads(state.read_text())
        known["a.mzML"]["since"] -= 3601
        state.write_text(json.dumps(known))
        self.watch(wait=3600)
        self.assertEqual(self.searched(), ["a.mzML"])

    def test_a_wiff_file_waits_for_its_scan_file(self):
        (self.incoming / "a.raw").write_text("whole")
        (self.incoming / "b.wiff").write_text("whole")
        for _ in range(3):
            self.watch()
        self.assertEqual(self.searched(), ["a.raw"])
        (self.incoming / "b.wiff.scan").write_text("whole")
        self.watch()
        self.assertEqual(self.searched(), ["a.raw"])
        self.watch()
        self.assertEqual(self.searched(), ["a.raw", "b.wiff"])

    def test_other_files_are_no_runs(self):
        for name in ("a.mzML.part", ".b.mzML", "c.txt", "d.wiff.scan"):
            (self.incoming / name).write_text("whole")
        (self.incoming / "folder.mzML").mkdir()
        (self.incoming / "empty.mzML").touch()
        for _ in range(3):
            self.watch()
        self.assertEqual(self.searched(), [])

    def test_a_search_that_fails_is_told_once_and_done_again_when_the_file_changes(self):
        run = self.incoming / "a.mzML"
        run.write_text("whole")
        (self.incoming / "b.arrow").write_text("whole")
        self.stand_in('case "$run" in *a.mzML) exit 4 ;; esac')
        self.watch()
        self.assertIn("exit code 4", self.watch(status=4).stderr)
        self.watch()
        self.assertEqual(self.searched(), ["a.mzML", "b.arrow"])
        run.write_text("copied again")
        self.stand_in("exit 0")
        self.watch()
        self.watch()
        self.assertEqual(self.searched(), ["a.mzML", "b.arrow", "a.mzML"])

    def test_a_file_that_changes_during_its_search_is_searched_again(self):
        (self.incoming / "a.mzML").write_text("whole")
        self.stand_in('[ -e "$0.once" ] || echo more >> "$run"; touch "$0.once"')
        self.watch()
        self.assertIn("changed while it was searched", self.watch().stderr)
        self.watch()
        self.watch()
        self.watch()
        self.assertEqual(self.searched(), ["a.mzML", "a.mzML"])

    def test_two_files_of_one_run_do_not_share_results(self):
        for name in ("a.arrow", "a.mzML"):
            (self.incoming / name).write_text("whole")
        self.watch()
        self.assertIn("a.mzML is left alone", self.watch().stderr)
        self.assertEqual(self.searched(), ["a.arrow"])

    def test_one_call_at_a_time(self):
        (self.incoming / "a.mzML").write_text("whole")
        self.watch()
        with open(self.results / ".watch-folder.lock", "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.watch()
        self.assertEqual(self.searched(), [])

    def test_the_results_are_those_of_overland_search(self):
        run = sorted(EXAMPLE.glob("*.mzML.gz"))[0]
        (self.incoming / run.name).write_bytes(run.read_bytes())
        options = ("--tsv", "--library", EXAMPLE / "library.tsv.gz")
        for _ in range(2):
            self.watch(program=BINARY, options=options)
        whole = self.folder / "whole"
        self.check_succeeds(overland("search", "--quiet", *options, "--out", whole, self.incoming / run.name))
        self.assertIn("report.parquet", tables(whole))
        self.assertEqual(tables(self.results / "example_A_1"), tables(whole))

    def test_the_commands_of_the_guide(self):
        """The line for cron, with other folders and without the wait, and the nightly search of all runs."""
        data = self.folder / "data"
        for place in ("incoming", "results", "libraries", "projects/p17"):
            (data / place).mkdir(parents=True)
        (data / "libraries" / "human.lib").symlink_to(self.library())
        run = sorted(EXAMPLE.glob("*.mzML.gz"))[0]
        for place in ("incoming", "projects/p17"):
            (data / place / run.name).write_bytes(run.read_bytes())
        cron = code_of_guide("core-facility.md", "*/5").removeprefix("*/5 * * * * ").replace("--incoming", "--wait 0 --incoming")
        cron = cron.replace("/opt/overland/bin/overland", BINARY).replace("/opt/overland", str(ROOT))
        nightly = code_of_guide("core-facility.md", "overland search --quiet").replace("overland", BINARY, 1)
        for command in (cron, cron, nightly):
            done = subprocess.run(command.replace("/data/", f"{data}/"), shell=True, capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
        arrived, project = (pyarrow.parquet.read_table(folder / "report.parquet")
                            for folder in (data / "results" / "example_A_1", data / "projects" / "p17" / "results"))
        self.assertGreater(arrived.num_rows, 0)
        self.assertTrue(arrived.equals(project))  # the options in the metadata differ

    def library(self):
        out = self.folder / "example.lib"
        self.check_succeeds(overland("import-library", "--quiet", EXAMPLE / "library.tsv.gz", "--out", out))
        return out


if __name__ == "__main__":
    unittest.main()
