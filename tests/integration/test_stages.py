"""overland stage and overland stages: a search done stage by stage, in separate processes, gives the same bytes."""
import hashlib
import json
import pathlib
import random
import shutil
import subprocess
import unittest

from program import BINARY, ProgramTest, overland

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "data" / "example"
RUNS = sorted(EXAMPLE.glob("*.mzML.gz"))
LIBRARY = EXAMPLE / "library.tsv.gz"


def tables(folder):
    files = [path for path in folder.iterdir() if path.suffix in (".parquet", ".tsv")]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def stages(folder):
    done = overland("stages", folder, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def states(folder):
    return {(entry["stage"], entry["run"]): entry for entry in stages(folder)["states"]}


def start_stage(folder, stage, run):
    extra = ["--run", run] if run else []
    return subprocess.Popen([BINARY, "stage", stage, "--quiet", "--threads", "1", "--out", str(folder), *extra],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


class Stages(ProgramTest):
    def prepare(self, name, *options, runs=RUNS):
        out = self.folder / name
        self.check_succeeds(overland("search", "--quiet", "--prepare", "--tsv", *options, "--library", LIBRARY, "--out", out, *runs))
        return out

    def search(self, name, *options, runs=RUNS):
        out = self.folder / name
        self.check_succeeds(overland("search", "--quiet", "--tsv", *options, "--library", LIBRARY, "--out", out, *runs))
        return out

    def do_all(self, out, rng):
        """Two processes at a time, in an order drawn from those that the graph allows."""
        graph = {entry["stage"]: entry for entry in stages(out)["stages"]}
        runs = [run["name"] for run in json.loads((out / "config.json").read_text())["inputs"]["runs"]]
        jobs = [(stage, run) for stage, entry in graph.items()
                for run in (runs if entry["scope"] == "run" else [""])]
        done, running = set(), {}

        def is_ready(job):
            stage, run = job
            return all(before in done for maker in graph[stage]["after"] for before in jobs
                       if before[0] == maker and (not run or before[1] in ("", run)))

        while len(done) < len(jobs):
            ready = [job for job in jobs if job not in done and job not in running and is_ready(job)]
            rng.shuffle(ready)
            for job in ready[:2 - len(running)]:
                running[job] = start_stage(out, *job)
            job, process = next(iter(running.items()))
            errors = process.communicate(timeout=300)[1]
            self.assertEqual(process.returncode, 0, f"{job}: {errors}")
            del running[job]
            done.add(job)

    def check_same(self, *options):
        whole = self.search("whole", *options)
        out = self.prepare("stages", *options)
        self.assertEqual({entry["state"] for entry in states(out).values()}, {"missing", "waits"})
        self.do_all(out, random.Random(5))
        self.assertEqual({entry["state"] for entry in states(out).values()}, {"done"})
        self.assertIn("report.parquet", tables(out))
        self.assertEqual(tables(out), tables(whole))
        self.assertTrue((out / "report.html").exists())

    def test_a_search_done_stage_by_stage_gives_the_same_bytes(self):
        self.check_same("--mbr")

    def test_with_refinement_too(self):
        self.check_same("--refine", "--set", "refine.passes=1", "--set", "refine.retention_passes=1")

    def test_an_order_that_the_graph_does_not_allow_is_refused(self):
        out = self.prepare("out")
        self.check_fails(overland("stage", "score", "--out", out), 4, "OVL-IO-062", "'read'")
        self.check_fails(overland("stage", "tune", "--out", out, "--run", "example_A_1"), 4, "OVL-IO-062")
        self.check_fails(overland("stage", "scoring", "--out", out), 2, "OVL-USE-070")
        self.check_fails(overland("stage", "read", "--out", out, "--run", "nobody"), 2, "OVL-USE-071")
        self.check_fails(overland("stage", "score", "--out", out, "--run", "example_A_1"), 2, "OVL-USE-071")
        self.check_fails(overland("stages", self.folder), 2, "OVL-USE-040")

    def test_what_is_out_of_date_is_named_with_its_reason(self):
        out = self.search("out")
        self.assertEqual({entry["state"] for entry in states(out).values()}, {"done"})
        self.assertGreater(sum(entry["cpu_seconds"] for entry in states(out).values()), 0)
        config = json.loads((out / "config.json").read_text())
        config["integrate"]["edge_fraction"] = 0.1
        (out / "config.json").write_text(json.dumps(config))
        found = states(out)
        self.assertEqual(found["score", ""]["state"], "done")
        self.assertEqual(found["chromatograms", "example_A_1"]["state"], "out of date")
        self.assertIn("parameters", found["chromatograms", "example_A_1"]["reason"])
        self.assertEqual(found["report", ""]["state"], "waits")
        self.check_fails(overland("stage", "report", "--out", out), 4, "OVL-IO-062", "chromatograms")

    def test_a_stage_looks_at_the_files_that_it_reads(self):
        out = self.search("out")
        peaks = out / "work" / "second_pass" / "example_A_1" / "psms.arrow"
        peaks.write_bytes(peaks.read_bytes()[:-8] + b"damaged!")
        self.assertEqual(states(out)["second_pass", "example_A_1"]["state"], "out of date")
        self.check_fails(overland("stage", "score", "--out", out), 4, "OVL-IO-062", "example_A_1", "psms.arrow")
        # These read what was made of the peak groups before.
        self.check_succeeds(overland("stage", "chromatograms", "--out", out, "--run", "example_A_1"))
        self.check_succeeds(overland("stage", "report", "--out", out))
        scores = out / "work" / "score" / "example_A_1.arrow"
        scores.write_bytes(scores.read_bytes()[:-8] + b"damaged!")
        self.check_fails(overland("stage", "chromatograms", "--out", out, "--run", "example_A_1"), 4, "OVL-IO-062", "example_A_1.arrow")
        self.check_fails(overland("stage", "report", "--out", out), 4, "OVL-IO-062", "example_A_1.arrow")

    def test_a_run_that_fails_is_left_out(self):
        bad = self.folder / "bad.mzML"
        bad.write_text("<mzML><run></run></mzML>")
        runs = [RUNS[0], bad, RUNS[1]]
        whole = self.folder / "whole"
        self.assertEqual(overland("search", "--quiet", "--tsv", "--library", LIBRARY, "--out", whole, *runs).returncode, 5)
        out = self.prepare("stages", runs=runs)
        for stage in [entry["stage"] for entry in stages(out)["stages"]]:
            self.check_succeeds(overland("stage", stage, "--quiet", "--out", out))
        found = states(out)
        self.assertEqual(found["read", "bad"]["state"], "failed")
        self.assertNotIn(("tune", "bad"), found)
        self.assertEqual(tables(out), tables(whole))
        done = overland("stage", "read", "--quiet", "--out", out, "--run", "bad")
        self.assertEqual(done.returncode, 4, done.stderr)

    def test_the_graph_can_be_drawn(self):
        done = overland("stages", self.prepare("out", "--mbr"), "--dot")
        self.check_succeeds(done)
        self.assertIn("score -> transfer;", done.stdout)
        self.assertIn("tune -> borrow;", done.stdout)
        self.assertEqual(done.stdout.count("{"), done.stdout.count("}"))


class SearchAgain(ProgramTest):
    """config.json of a results folder runs the same search."""

    def setUp(self):
        super().setUp()
        self.runs = []
        for run in RUNS:
            self.runs.append(self.folder / run.name)
            shutil.copy(run, self.runs[-1])
        self.first = self.folder / "first"
        self.check_succeeds(overland("search", "--quiet", "--mbr", "--tsv", "--set", "search.seed=7", "--library", LIBRARY, "--out",
                                     self.first, *self.runs))
        self.config = self.first / "config.json"

    def test_with_the_same_result(self):
        again = self.folder / "again"
        self.check_succeeds(overland("search", "--quiet", "--config", self.config, "--out", again))
        self.assertEqual(tables(again), tables(self.first))
        first, second = (json.loads(file.read_text()) for file in (self.config, again / "config.json"))
        self.assertEqual(first, second)

    def test_what_the_command_line_gives_counts_in_its_place(self):
        again = self.folder / "again"
        self.check_succeeds(overland("search", "--quiet", "--config", self.config, "--no-mbr", "--out", again, self.runs[0]))
        config = json.loads((again / "config.json").read_text())
        self.assertEqual([run["name"] for run in config["inputs"]["runs"]], ["example_A_1"])
        self.assertFalse(config["transfer"]["enabled"])
        self.assertEqual(config["search"]["seed"], 7)

    def test_an_input_that_changed_or_is_gone_is_an_error(self):
        self.runs[0].write_bytes(self.runs[1].read_bytes())
        again = self.folder / "again"
        self.check_fails(overland("search", "--quiet", "--config", self.config, "--out", again), 4, "OVL-IO-120",
                         "example_A_1", "changed")
        self.runs[0].unlink()
        self.check_fails(overland("search", "--quiet", "--config", self.config, "--out", again), 4, "OVL-IO-120",
                         "example_A_1", "cannot be read")


if __name__ == "__main__":
    unittest.main()
