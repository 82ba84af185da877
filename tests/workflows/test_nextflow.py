"""The Nextflow pipeline, without Nextflow: it is what workflows/generate writes, and the scripts of its processes, filled in and
done in the order of main.nf, give the bytes of `overland search`. What this cannot show is what Nextflow itself makes of it."""
import filecmp
import json
import os
import pathlib
import re
import shutil
import subprocess
import textwrap
import unittest

from program import BINARY, ProgramTest, overland
from test_stages import tables

ROOT = pathlib.Path(__file__).resolve().parents[2]
PIPELINE = ROOT / "workflows" / "nextflow"
EXAMPLE = ROOT / "data" / "example"
LIBRARY = EXAMPLE / "library.tsv.gz"
RUNS = sorted(EXAMPLE.glob("*.mzML.gz"))
CALL = re.compile(r"^\s+(OVERLAND_\w+)\((.*)\)$|^\s+if \((.*)\) \{$|^\s+(\})$", re.MULTILINE)


def files_below(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def modules():
    """Name of a process in main.nf -> text of its module."""
    text = (PIPELINE / "main.nf").read_text(encoding="utf-8")
    found = re.findall(r"^include \{ (\w+)(?: as (\w+))? \} from '\./(.*)'$", text, re.MULTILINE)
    return {alias or name: (name, (PIPELINE / f"{path}.nf").read_text(encoding="utf-8")) for name, alias, path in found}


def calls(conditions):
    """Processes in the order of main.nf. `conditions`: the value of each term of an `if`."""
    text = (PIPELINE / "main.nf").read_text(encoding="utf-8")
    body = text[text.index("    main:"):text.index("    emit:")]
    names, is_on = [], True
    for name, _, condition, end in CALL.findall(body):
        if condition:
            is_on = all(conditions[term] for term in condition.split(" && "))
        elif end:
            is_on = True
        elif is_on:
            names.append(name)
    return names


class Nextflow(ProgramTest):
    def setUp(self):
        super().setUp()
        programs = self.folder / "bin"
        shutil.copytree(PIPELINE / "bin", programs)
        (programs / "overland").symlink_to(BINARY)
        self.environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"}

    def test_it_is_what_the_catalogue_gives(self):
        made = self.folder / "made"
        subprocess.run([ROOT / "workflows" / "generate", made], check=True)
        for part in ("modules", "bin"):
            self.assertEqual(files_below(made / part), files_below(PIPELINE / part))
        for name in files_below(made):
            self.assertTrue(filecmp.cmp(made / name, PIPELINE / name, shallow=False), f"{name}: run workflows/generate")

    def do(self, process, values):
        """The script block of a process with its variables filled in."""
        original, text = modules()[process]
        self.assertIn(f"process {original} {{", text)
        script = re.search(r'    script:\n.*?"""\n(.*?)\n    """', text, re.DOTALL)[1]
        first = "first_" if process.startswith("OVERLAND_FIRST_") else ""
        values = {"task.process": process, "task.cpus": "2", "args": "", "round": first, **values}
        script = re.sub(r"(?<!\\)\$\{([\w.]+)\}", lambda variable: values[variable[1]], textwrap.dedent(script)).replace("\\$", "$")
        place = self.folder / "task"
        place.mkdir(exist_ok=True)
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], cwd=place, env=self.environment, capture_output=True, text=True,
                              check=False)
        if done.returncode == 0:
            self.assertRegex((place / "versions.yml").read_text(), rf'^"{process}":\n    overland: \d')
        return done

    def do_all(self, out, runs, arguments, conditions):
        quoted = " ".join(f"'{run}'" for run in runs)
        names = [run.name.removesuffix(".mzML.gz") for run in runs]
        values = {"results": str(out), "arguments": arguments, "runs": quoted}
        for process in calls(conditions):
            is_run = "val(meta)" in modules()[process][1]
            for name in names if is_run else [""]:
                done = self.do(process, {**values, "meta.id": name})
                if process != "OVERLAND_OUTCOME":
                    self.assertEqual(done.returncode, 0, f"{process} {name}: {done.stderr}")
        return done

    def check_same(self, runs, options, status=0, **changes):
        conditions = {"params.fasta": False, "params.mbr": True, "params.refine": False, "several_runs": len(runs) > 1,
                      "params.consensus_limits": True, "params.page": True, **changes}
        out, whole = self.folder / "out", self.folder / "whole"
        words = ["--library", str(LIBRARY), "--tsv", *options]
        done = self.do_all(out, runs, " ".join(words), conditions)
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertEqual(overland("search", "--quiet", *words, "--out", whole, *runs).returncode, status)
        self.assertIn("report.parquet", tables(out))
        self.assertEqual(tables(out), tables(whole))
        states = {entry["state"] for entry in json.loads(overland("stages", out, "--json").stdout)["states"]}
        self.assertLessEqual(states, {"done", "failed"})
        return done

    def test_its_scripts_give_the_bytes_of_a_search(self):
        options = ["--mbr", "--refine", "--set", "refine.passes=1", "--set", "refine.retention_passes=1"]
        self.check_same(RUNS, options, **{"params.refine": True})

    def test_a_run_that_fails_is_left_out(self):
        bad = self.folder / "bad.mzML.gz"
        bad.write_bytes(RUNS[0].read_bytes()[:200_000])
        done = self.check_same([RUNS[0], bad, RUNS[1]], ["--mbr"], status=5)
        self.assertIn("run bad failed in stage read and is left out", done.stderr)
        self.assertIn("OVL-COH-001: 1 runs failed", done.stderr)

    def test_one_run(self):
        self.check_same(RUNS[:1], ["--no-mbr", "--set", "report.html=false"], **{"params.mbr": False, "params.page": False})

    def test_parameters_have_a_schema(self):
        config = (PIPELINE / "nextflow.config").read_text(encoding="utf-8")
        block = re.search(r"^params \{\n(.*?)^\}", config, re.DOTALL | re.MULTILINE)[1]
        schema = json.loads((PIPELINE / "nextflow_schema.json").read_text(encoding="utf-8"))
        described = {name for group in schema["$defs"].values() for name in group["properties"]}
        self.assertEqual(set(re.findall(r"^    (\w+) =", block, re.MULTILINE)), described)
        text = (PIPELINE / "main.nf").read_text(encoding="utf-8") + config
        self.assertLessEqual(set(re.findall(r"params\.(\w+)", text)), described)
        for text in [text, *(module for _, module in modules().values())]:
            self.assertEqual(text.count("{"), text.count("}"))

    @unittest.skipUnless(shutil.which("groovy") and shutil.which("java"), "needs Groovy (apt-get install groovy default-jre-headless)")
    def test_groovy_can_read_it(self):
        """Nextflow's language is a dialect of Groovy: this finds unbalanced and misplaced words only."""
        files = [PIPELINE / "main.nf", PIPELINE / "nextflow.config", *sorted(PIPELINE.rglob("modules/**/main.nf"))]
        check = "args.each { file -> def unit = new org.codehaus.groovy.control.CompilationUnit(); unit.addSource(new File(file)); " \
                "unit.compile(org.codehaus.groovy.control.Phases.CONVERSION) }; println 'read'"
        done = subprocess.run(["groovy", "-e", check, *map(str, files)], capture_output=True, text=True, check=False)
        self.assertEqual(done.stdout, "read\n", done.stderr)


if __name__ == "__main__":
    unittest.main()
