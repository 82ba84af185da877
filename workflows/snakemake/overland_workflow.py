"""What the Snakefile asks for: the command line of the search, its stages, and what is to be done.

Nothing about the stages is written here: `overland stages --json` names them with what each needs, and says which are
done. Snakemake only carries them to the machines.
"""
import csv
import functools
import json
import os
import pathlib
import shlex
import subprocess

BIN = pathlib.Path(__file__).resolve().parent.parent / "bin"
RUN_ENDINGS = (".mzml.gz", ".mzml", ".mzxml.gz", ".mzxml", ".arrow", ".raw", ".wiff")


class WorkflowInputError(Exception):
    """What the user gave cannot be used."""


def run_name(file):
    """The name that Overland gives to a run: its file name without the ending."""
    name = pathlib.Path(file).name
    for ending in RUN_ENDINGS:
        if name.lower().endswith(ending):
            return name[:-len(ending)]
    return name


def runs_of(table):
    """The column `file` of a tab-separated samples table; a path is relative to the table. Until `overland search
    --samples` exists the files are all that the search is told: a name in the column `run` must be the file's."""
    table = pathlib.Path(table)
    with open(table, encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text, delimiter="\t"))
    files = []
    for number, row in enumerate(rows, 2):
        if not row.get("file"):
            raise WorkflowInputError(f"{table}, line {number}: the column 'file' is empty or missing")
        if row.get("run") and row["run"] != run_name(row["file"]):
            raise WorkflowInputError(f"{table}, line {number}: the run '{row['run']}' must be named as its file, '{run_name(row['file'])}'")
        files.append(str(table.parent / row["file"]))
    if not files:
        raise WorkflowInputError(f"{table}: no run")
    return files


def settings(option, values):
    """`--set a=1 --set b=true`."""
    texts = (f"{key}={str(value).lower() if isinstance(value, bool) else value}" for key, value in values.items())
    return [part for text in texts for part in (option, text)]


def levels_of(stages):
    """Name of the first stage -> stages that follow each other without waiting for other runs. A stage of all runs waits
    for every run, and every run for it: it is a level alone."""
    levels, last_scope = {}, ""
    for stage in stages:
        if stage["scope"] == "cohort" or last_scope != "run":
            level = levels[stage["stage"]] = []
        level.append(stage)
        last_scope = stage["scope"]
    return levels


# What a step gets that the plan does not name: of a run that failed before, and is now to be repeated, the plan has no
# step beyond the failed one.
UNPLANNED = {"threads": 4, "cpu_seconds": 3600, "memory_mb": 4000, "disk_mb": 4000}


class Search:
    """One search, told by the configuration of the workflow."""

    def __init__(self, config):
        self.config = config
        self.out = config["out"]
        self.work = f"{self.out}/work/workflow"
        self.program = config.get("program", "overland")

    def arguments(self):
        """Of `overland search`."""
        config = self.config
        words = ["--out", self.out]
        for key in ("library", "contaminants", "library_cache", "predictor", "config"):
            if config.get(key):
                words += ["--" + key.replace("_", "-"), config[key]]
        for file in config.get("fasta", []):
            words += ["--fasta", file]
        words += ["--" + key for key in ("refine", "tsv") if config.get(key)]
        if "mbr" in config:
            words.append("--mbr" if config["mbr"] else "--no-mbr")
        words += settings("--set", config.get("parameters", {})) + settings("--library-set", config.get("library_parameters", {}))
        return words + runs_of(config["samples"])

    def ask(self, *words):
        """What the program prints as JSON."""
        done = subprocess.run([self.program, *words, "--json"], check=True, stdout=subprocess.PIPE, text=True)
        return json.loads(done.stdout)

    def prepare(self):
        """Writes OUT/config.json, and what the processes of Snakemake on other machines read: the catalogue of stages, and
        the resources of each step."""
        overwrite = ["--overwrite"] if self.config.get("overwrite") else []
        subprocess.run([self.program, "search", "--quiet", "--prepare", *overwrite, *self.arguments()], check=True)
        os.makedirs(self.work, exist_ok=True)
        self.write("stages.json", self.ask("stages", self.out)["stages"])
        self.write("resources.json", self.ask("plan", "--quiet", *self.arguments())["steps"])

    def write(self, name, values):
        file = pathlib.Path(self.work, name)
        temporary = file.with_name(f"{name}.{os.getpid()}")
        temporary.write_text(json.dumps(values, indent=1), encoding="utf-8")
        os.replace(temporary, file)

    def read(self, name):
        return json.loads(pathlib.Path(self.work, name).read_text(encoding="utf-8"))

    @functools.cached_property
    def stages(self):
        return self.read("stages.json")

    @functools.cached_property
    def resources(self):
        """(stage, run) -> what the step needs; the run is empty for a stage of all runs."""
        return {(step["stage"], step["run"]): step for step in self.read("resources.json")}

    def needs(self, stage, run):
        """What the plan says of the step, else the most that it says of the stage for another run."""
        if (stage, run) in self.resources:
            return self.resources[stage, run]
        others = [step for (name, _), step in self.resources.items() if name == stage] or [UNPLANNED]
        return {key: max(step[key] for step in others) for key in UNPLANNED}

    def states_command(self):
        """Prints what is done and what is not."""
        return shlex.join([self.program, "stages", self.out, "--json"])

    def to_do(self, states_file, stages):
        """(stage, run) of the steps of these stages that are not done. None where every run failed."""
        names = [stage["stage"] for stage in stages]
        steps = read_states(states_file, os.stat(states_file).st_mtime_ns)
        failed = {run for (_, run), state in steps.items() if state == "failed"}
        if names[0] != "read" and failed and failed >= {run for stage, run in steps if stage == "read"}:
            return []
        return [step for step, state in steps.items() if step[0] in names and state != "done"]

    def mark(self, stage, run):
        """The file that tells Snakemake of a step that this invocation has done."""
        return f"{self.work}/{stage}/{run}.done" if run else f"{self.work}/{stage}.done"

    def pattern(self, stage):
        """The marks of all steps of a stage, with a wildcard for the run."""
        return self.mark(stage["stage"], "{run}" if stage["scope"] == "run" else "")

    def threads(self, stage, run):
        threads = self.needs(stage, run)["threads"]
        return max(1, min(threads, self.config.get("max_threads", threads)))

    def minutes(self, stage, run):
        """Three times the estimate, at least ten."""
        return max(10, round(3 * self.needs(stage, run)["cpu_seconds"] / self.threads(stage, run) / 60))

    def megabytes(self, stage, run, kind):
        """`kind`: memory_mb or disk_mb; at least 500."""
        return max(500, round(self.needs(stage, run)[kind]))

    def script(self, name, *words):
        """Command line of a script of workflows/bin."""
        return f"OVERLAND={shlex.quote(self.program)} " + shlex.join([str(BIN / name), self.out, *words])


@functools.lru_cache(maxsize=None)
def read_states(file, _modified_ns):
    states = json.loads(pathlib.Path(file).read_text(encoding="utf-8"))["states"]
    return {(state["stage"], state["run"]): state["state"] for state in states}
