"""The program for 64-bit ARM, in an emulator, gives the bytes of the program for x86-64; part of ./run-tests --full.

Compared are all files of a results folder, those between the stages included, without what names the command, the build
or times: config.json, log.txt, the manifests and hashes, and these parts of the page.
"""
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import unittest

import pyarrow.parquet

from program import ProgramTest, overland
from test_fasta_search import setting, write_fasta

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "data" / "example"
BUILD = ROOT / "build" / "aarch64"
LIBRARIES = pathlib.Path(os.environ["OVERLAND_DEPS"]) / "aarch64" / "root"
UNIT_TESTS = ("kernel", "predict", "quant", "scoring")
NAMES_MORE = {"config.json", "log.txt", "manifest.json", "hashes.json"}
# Few precursors: the emulator predicts about 40 in a second.
PROTEINS = 200
BUILD_OPTIONS = ["precursors.min_mz=500", "precursors.max_mz=540", "precursors.max_charge=3", "digestion.missed_cleavages=0"]


def emulated(program, *arguments):
    """The finished process of a program in build/aarch64."""
    return subprocess.run(["qemu-aarch64", "-L", LIBRARIES, BUILD / program, *map(str, arguments)],
                          capture_output=True, text=True, timeout=1800, check=False)


def content(path):
    whole = path.read_bytes()
    if path.name == "report.html":
        whole, parts = re.subn(rb'"resources":\{.*?\]\}', b"", whole)
        assert parts == 1
    return hashlib.sha256(whole).hexdigest()


def files(folder):
    return {str(path.relative_to(folder)): content(path) for path in sorted(folder.rglob("*"))
            if path.is_file() and path.name not in NAMES_MORE}


class Aarch64(ProgramTest):
    def setUp(self):
        super().setUp()
        if shutil.which("qemu-aarch64") is None or not LIBRARIES.is_dir():
            self.skipTest("no emulator, or no libraries for it: run scripts/setup --aarch64")
        if not (BUILD / "bin" / "overland").exists():
            self.skipTest("no program in build/aarch64: build the preset aarch64")

    def check_same_files(self, *least):
        """Of the folders `x86-64` and `aarch64`; those of the names `least` are among them."""
        expected, found = files(self.folder / "x86-64"), files(self.folder / "aarch64")
        self.assertLessEqual(set(least), set(expected))
        differing = {name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name)}
        self.assertEqual(differing, set())

    def do_both(self, *arguments):
        """One command with each program, in a folder of its own, so that both see the same paths."""
        for name in ("x86-64", "aarch64"):
            done = overland(*arguments) if name == "x86-64" else emulated("bin/overland", *arguments)
            self.check_succeeds(done)
            (self.folder / "out").rename(self.folder / name)

    def test_unit_tests_pass(self):
        for room in UNIT_TESTS:
            with self.subTest(room):
                done = emulated(f"test_{room}")
                self.assertEqual(done.returncode, 0, done.stdout)
                self.assertRegex(done.stdout, r"\[  PASSED  \] [1-9][0-9]* tests?\.\n")

    def test_is_a_program_for_this_processor(self):
        header = (BUILD / "bin" / "overland").read_bytes()[:20]
        self.assertEqual(int.from_bytes(header[18:20], "little"), 183)  # EM_AARCH64

    def test_search_of_the_example(self):
        self.do_both("search", "--quiet", "--tsv", "--threads", 2, "--library", EXAMPLE / "library.tsv.gz", "--out",
                     self.folder / "out", *sorted(EXAMPLE.glob("*.mzML.gz")))
        self.check_same_files("report.parquet", "report.tsv", "runs.parquet", "protein_groups.parquet", "xic.parquet",
                              "report.html", "work/read/example_A_1/run.arrow")

    def write_world(self):
        """A simulation of what a library of the proteins holds."""
        write_fasta(self.folder / "made.fasta", PROTEINS, 11)
        self.check_succeeds(overland("build-library", "--quiet", "--fasta", self.folder / "made.fasta", "--out",
                                     self.folder / "true.lib", *setting("--set", BUILD_OPTIONS), "--decoys", 0))
        self.check_succeeds(overland("export-library", "--quiet", self.folder / "true.lib", "--out", self.folder / "true.tsv"))
        settings = {"seed": 3, "name": "world", "proteome": {"library_file": str(self.folder / "true.tsv")},
                    "noise": {"background_density": 4}, "abundance": {"median_area": 20000},
                    "acquisition": {"low_mz": 500, "high_mz": 540, "width_mz": 10},
                    "retention": {"gradient_minutes": 5, "last_minute": 4.5},
                    "library": {"low_mz": 500, "high_mz": 540, "unlisted_share": 0}}
        (self.folder / "world.json").write_text(json.dumps(settings))

    def test_simulation_and_search_with_proteins_alone(self):
        self.write_world()
        self.do_both("simulate", "--quiet", "--config", self.folder / "world.json", "--out", self.folder / "out")
        self.check_same_files("world_A_1.arrow", "truth.parquet")
        run = shutil.copy(self.folder / "x86-64" / "world_A_1.arrow", self.folder)
        for name in ("x86-64", "aarch64"):
            shutil.rmtree(self.folder / name)
        # With one decoy for each target, 1 % would leave none of so few.
        self.do_both("search", "--quiet", "--threads", 2, "--fasta", self.folder / "made.fasta", "--set",
                     "search.decoys_per_target=1", "--set", "report.q_value=0.05",
                     *setting("--library-set", BUILD_OPTIONS), "--out", self.folder / "out", run)
        self.check_same_files("report.parquet", "audit.parquet", "library.lib/precursors.arrow")
        self.assertGreater(pyarrow.parquet.read_table(self.folder / "aarch64" / "report.parquet").num_rows, 50)


if __name__ == "__main__":
    unittest.main()
