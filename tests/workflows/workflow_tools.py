"""Runs the Snakemake workflow, and makes what it searches."""
import json
import os
import pathlib
import re
import subprocess

from program import BINARY, overland
from test_fasta_search import setting, write_fasta

ROOT = pathlib.Path(__file__).resolve().parents[2]
SNAKEMAKE_FOLDER = ROOT / "workflows" / "snakemake"
DEPS = pathlib.Path(os.environ.get("OVERLAND_DEPS") or ROOT / ".deps")
SNAKEMAKE = DEPS / "workflows" / "bin" / "snakemake"
NO_SNAKEMAKE = "needs Snakemake: run tests/workflows/environment"
EXAMPLE = ROOT / "data" / "example"
RANGE = {"precursors.min_mz": 500, "precursors.max_mz": 560, "precursors.max_charge": 3}


def write_samples(file, runs):
    rows = [f"{run}\t{'AB'[number % 2]}\n" for number, run in enumerate(runs)]
    pathlib.Path(file).write_text("file\tcondition\n" + "".join(rows), encoding="utf-8")


class Workflow:
    """One results folder and its configuration in `folder`."""

    def __init__(self, folder, name, runs, **config):
        self.folder, self.name = pathlib.Path(folder), name
        self.out = self.folder / name
        self.config = {"samples": str(self.folder / f"{name}.tsv"), "out": str(self.out), "program": BINARY, "tsv": True, **config}
        self.search_runs(runs)

    def search_runs(self, runs):
        write_samples(self.config["samples"], runs)
        self.config_file = self.folder / f"{self.name}.json"
        self.config_file.write_text(json.dumps(self.config), encoding="utf-8")

    def command(self, *options, profile="local"):
        return [str(SNAKEMAKE), "--snakefile", str(SNAKEMAKE_FOLDER / "Snakefile"), "--configfile", str(self.config_file),
                "--profile", str(SNAKEMAKE_FOLDER / "profiles" / profile), "--nocolor", *map(str, options)]

    def run(self, *options, profile="local", environment=None):
        if profile == "local":
            options = ("--cores", 2, *options)
        return subprocess.run(self.command(*options, profile=profile), cwd=self.folder, env=environment, capture_output=True,
                              text=True, timeout=1500, check=False)


def jobs(done):
    """(rule, run) of each job that Snakemake started, without the checkpoints and the outcome; the run is empty for a
    stage of all runs."""
    found = []
    for block in re.findall(r"^(?:local)?rule (\w+):\n((?:    .*\n)*)", done.stderr, re.MULTILINE):
        run = re.search(r"^    wildcards: run=(.*)$", block[1], re.MULTILINE)
        if block[0] != "outcome":
            found.append((block[0], run[1] if run else ""))
    return found


def simulate_from_fasta(folder, replicates):
    """made.fasta, and runs of two conditions that hold some of its peptides."""
    write_fasta(folder / "made.fasta", 300, 11)
    truth = folder / "truth.lib"
    values = [f"{key}={value}" for key, value in RANGE.items()]
    for command in (["build-library", "--fasta", folder / "made.fasta", "--decoys", 0, "--out", truth, *setting("--set", values)],
                    ["export-library", truth, "--out", folder / "truth.tsv"]):
        done = overland(*command, "--quiet")
        assert done.returncode == 0, done.stderr
    settings = {
        "seed": 3, "name": "mini", "formats": "arrow", "proteome": {"library_file": str(folder / "truth.tsv")},
        "cohort": {"conditions": "A,B", "replicates": replicates},
        "acquisition": {"low_mz": 500, "high_mz": 560, "width_mz": 20},
        "retention": {"gradient_minutes": 4, "first_minute": 0.5, "last_minute": 3.5},
        "library": {"low_mz": 500, "high_mz": 560, "unlisted_share": 0}}
    (folder / "simulation.json").write_text(json.dumps(settings))
    done = overland("simulate", "--quiet", "--config", folder / "simulation.json", "--out", folder / "runs")
    assert done.returncode == 0, done.stderr
    return sorted((folder / "runs").glob("*.arrow"))


def fasta_search(folder):
    """Configuration of a search of these runs with refinement and match between runs, and the same for `overland search`."""
    refine = {"refine.passes": 1, "refine.retention_passes": 1}
    config = {"fasta": [str(folder / "made.fasta")], "mbr": True, "refine": True, "parameters": refine, "library_parameters": RANGE}
    arguments = ["--tsv", "--mbr", "--refine", "--fasta", folder / "made.fasta",
                 *setting("--set", [f"{key}={value}" for key, value in refine.items()]),
                 *setting("--library-set", [f"{key}={value}" for key, value in RANGE.items()])]
    return config, arguments


def code_of_guide(name, start):
    """The code block of docs/guide/NAME whose first line begins with `start`, without its indent."""
    text = (ROOT / "docs" / "guide" / name).read_text(encoding="utf-8")
    block = re.search(rf"^    {re.escape(start)}.*\n(?:    .*\n)*", text, re.MULTILINE)[0]
    return "".join(line[4:] for line in block.splitlines(keepends=True))


def stage_processes(out):
    """Ids of the processes that do a stage of this results folder."""
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if words[:2] == [BINARY.encode(), b"stage"] and str(out).encode() in words:
            found.append(int(folder.name))
    return found
