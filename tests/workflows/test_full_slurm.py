"""The Snakemake workflow on a real Slurm of one node: the bytes of `overland search`, also where a job was cancelled."""
import pathlib
import shlex
import subprocess
import tempfile
import time
import unittest

import slurm_cluster
from program import ProgramTest, overland
from test_stages import tables
from workflow_tools import EXAMPLE, NO_SNAKEMAKE, ROOT, SNAKEMAKE, Workflow, code_of_guide, fasta_search, jobs, simulate_from_fasta

# What a cluster without accounting needs, and a shorter wait for the state of jobs that take a second.
OPTIONS = ("--jobs", "4", "--slurm-status-command", "squeue", "--slurm-init-seconds-before-status-checks", "2", "--retries", "0")


@unittest.skipUnless(SNAKEMAKE.exists(), NO_SNAKEMAKE)
@unittest.skipIf(slurm_cluster.missing(), slurm_cluster.missing())
class Slurm(ProgramTest):
    def test_three_runs_with_a_job_that_is_cancelled(self):
        runs = simulate_from_fasta(self.folder, 2)[:3]
        config, arguments = fasta_search(self.folder)
        whole = overland("search", "--quiet", *arguments, "--out", self.folder / "whole", *runs)
        self.check_succeeds(whole)
        workflow = Workflow(self.folder, "out", runs, **{**config, "max_threads": 1})
        with tempfile.TemporaryDirectory(prefix="overland_") as place, slurm_cluster.SlurmCluster(place) as cluster:
            log = self.start_and_cancel(workflow, cluster)
            self.assertIn("CANCELLED", cluster.ask("squeue", "--states=all", "--noheader", "--format=%i %T"), log)
            done = workflow.run(*OPTIONS, "--slurm-no-account", profile="slurm", environment=cluster.environment)
            states = cluster.ask("squeue", "--states=all", "--noheader", "--format=%T").split()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(tables(workflow.out), tables(self.folder / "whole"))
        self.assertNotIn("read", {stage for stage, _ in jobs(done)})
        self.assertGreaterEqual(states.count("COMPLETED"), len(jobs(done)))

    def test_the_command_of_the_guide(self):
        guide = code_of_guide("clusters.md", "snakemake --snakefile workflows/snakemake/Snakefile --configfile search.yaml --profile workflows/snakemake/profiles/slurm")
        (self.folder / "workflows").symlink_to(ROOT / "workflows")
        runs = sorted(EXAMPLE.glob("*.mzML.gz"))[:1]
        workflow = Workflow(self.folder, "results", runs, library=str(EXAMPLE / "library.tsv.gz"), max_threads=1)
        (self.folder / "search.yaml").write_text(workflow.config_file.read_text())
        with tempfile.TemporaryDirectory(prefix="overland_") as place, slurm_cluster.SlurmCluster(place) as cluster:
            environment = {**cluster.environment, "PATH": f"{SNAKEMAKE.parent}:{cluster.environment['PATH']}"}
            done = subprocess.run(f"{guide.strip()} {shlex.join(OPTIONS)}", shell=True, cwd=self.folder, env=environment, capture_output=True,
                                  text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.check_succeeds(overland("search", "--quiet", "--tsv", "--library", EXAMPLE / "library.tsv.gz", "--out", self.folder / "whole", *runs))
        self.assertEqual(tables(workflow.out), tables(self.folder / "whole"))

    def start_and_cancel(self, workflow, cluster):
        """Cancels the first job of the stage first_second_pass that runs."""
        command, is_cancelled = workflow.command(*OPTIONS, "--slurm-no-account", profile="slurm"), False
        with open(self.folder / "log", "w", encoding="utf-8") as log:
            process = subprocess.Popen(command, cwd=self.folder, env=cluster.environment, stdout=log, stderr=log)
            while process.poll() is None:
                for line in cluster.ask("squeue", "--states=running", "--noheader", "--format=%i %k").splitlines():
                    number, comment = line.split(maxsplit=1)
                    if not is_cancelled and "first_second_pass" in comment:
                        cluster.ask("scancel", number)
                        is_cancelled = True
                time.sleep(0.2)
        log = pathlib.Path(self.folder / "log").read_text(encoding="utf-8")
        self.assertTrue(is_cancelled, log)
        self.assertEqual(process.returncode, 1, log)
        return log


if __name__ == "__main__":
    unittest.main()
