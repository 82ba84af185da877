#!/usr/bin/env python3
"""Wall and CPU time of one search of twelve small runs by `overland search`, by the Snakemake workflow on this machine, and
by the same workflow on a Slurm of this machine (tests/workflows/slurm_cluster.py; needs root); and what it costs to kill each
half-way (SIGKILL) and start it again. Checks that all tables are the same.

  tests/workflows/environment
  bench/workflows.py --overland build/release/bin/overland [--without-slurm]
"""
import argparse
import os
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SLURM_OPTIONS = ("--jobs", "24", "--slurm-no-account", "--slurm-status-command", "squeue", "--slurm-init-seconds-before-status-checks", "2")


def cpu_seconds():
    use = resource.getrusage(resource.RUSAGE_CHILDREN)
    return use.ru_utime + use.ru_stime


class Timed:
    """Runs commands one after another, each in a process group, and adds up their time."""

    def __init__(self, folder, environment=None):
        self.folder, self.environment = folder, environment
        self.wall = self.cpu = 0.0

    def run(self, command, kill_when=None):
        start, cpu = time.monotonic(), cpu_seconds()
        with open(self.folder / "log", "w", encoding="utf-8") as log:
            process = subprocess.Popen([str(word) for word in command], cwd=self.folder, env=self.environment, stdout=log, stderr=log,
                                       start_new_session=True)
            is_killed = False
            while process.poll() is None:
                if kill_when is not None and not is_killed and kill_when():
                    os.killpg(process.pid, signal.SIGKILL)
                    is_killed = True
                time.sleep(0.02)
        self.wall += time.monotonic() - start
        self.cpu += cpu_seconds() - cpu
        if process.returncode != 0 and not is_killed:
            sys.exit((self.folder / "log").read_text(encoding="utf-8"))
        return self


def done_steps(out):
    return sum(1 for _ in (out / "work").rglob("manifest.json"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--overland", type=pathlib.Path, required=True)
    parser.add_argument("--without-slurm", action="store_true")
    options = parser.parse_args()
    os.environ["OVERLAND_BINARY"] = str(options.overland.resolve())
    sys.path[:0] = [str(ROOT / "tests" / "integration"), str(ROOT / "tests" / "workflows")]
    with tempfile.TemporaryDirectory(prefix="overland_") as folder:
        measure(pathlib.Path(folder), options)


def measure(folder, options):
    import slurm_cluster
    import test_stages
    import workflow_tools
    runs = workflow_tools.simulate_from_fasta(folder, 6)
    config, arguments = workflow_tools.fasta_search(folder)
    tables, rows = {}, []

    def add(name, timed, out):
        tables[name] = test_stages.tables(out)
        rows.append((name, timed.wall, timed.cpu))
        print(f"{name}: {timed.wall:.0f} s, {timed.cpu:.0f} s of CPU", flush=True)

    def driver(name, kill_when=None):
        timed, out = Timed(folder), folder / name.replace(" ", "_")
        command = [options.overland.resolve(), "search", "--quiet", *arguments, "--out", out, *runs]
        if kill_when:
            timed.run(command, lambda: kill_when(out))
        add(name, timed.run(command), out)
        return out

    def workflow(name, environment=None, kill_when=None, profile="local", words=("--cores", "2"), **more):
        timed = Timed(folder, environment)
        flow = workflow_tools.Workflow(folder, name.replace(" ", "_"), runs, **{**config, **more})
        command = flow.command(*words, profile=profile)
        if kill_when:
            timed.run(command, lambda: kill_when(flow.out))
            timed.run([*command, "--unlock"])
        add(name, timed.run(command), flow.out)

    half = done_steps(driver("overland search")) // 2

    def is_half(out):
        return out.exists() and done_steps(out) >= half

    driver("overland search, killed", is_half)
    workflow("Snakemake", max_threads=1)
    workflow("Snakemake, killed", kill_when=is_half, max_threads=1)
    if not options.without_slurm and not slurm_cluster.missing():
        with tempfile.TemporaryDirectory(prefix="overland_") as place, slurm_cluster.SlurmCluster(place) as cluster:
            slurm = {"environment": cluster.environment, "profile": "slurm", "words": SLURM_OPTIONS, "max_threads": 1}
            workflow("Snakemake on Slurm", **slurm)
            workflow("Snakemake on Slurm, killed", kill_when=is_half, **slurm)
    print_table(rows)
    if any(found != tables["overland search"] for found in tables.values()):
        sys.exit("the tables differ")


def print_table(rows):
    print("\n| way | wall s | ratio | CPU s |\n|---|---|---|---|")
    for name, wall, cpu in rows:
        is_slurm = "Slurm" in name  # the work is done by children of slurmd
        print(f"| {name} | {wall:.0f} | {wall / rows[0][1]:.2f} | {'' if is_slurm else f'{cpu:.0f}'} |")


if __name__ == "__main__":
    main()
