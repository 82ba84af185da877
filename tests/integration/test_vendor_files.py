"""Thermo .raw and SCIEX .wiff files: through a converter, which is a script here, and directly."""
import json
import os
import pathlib
import signal
import subprocess
import time
import unittest

import pyarrow.parquet

from program import BINARY, ProgramTest, TEST_DATA, overland, tables
from simulated import LEAN, simulate

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "data" / "example"
ASTRAL = TEST_DATA / "thermo-astral-dia" / "Astral_GPFDIA_2mz.raw"
STELLAR = TEST_DATA / "thermo-stellar-dia" / "Stellar_DIA_4mz.raw"
PRM = TEST_DATA / "thermo-qehfx-prm" / "sample.raw"
OLD = TEST_DATA / "thermo-ltqft-v57" / "small.RAW"
MAGIC = b"\x01\xa1" + "Finnigan".encode("utf-16-le") + bytes(16)

PARSER = """#!/bin/sh
[ "$1" != --version ] || { echo 1.4.5; exit 0; }
echo "$@" >> "$TEST_FOLDER/calls"
while [ $# -gt 0 ]; do case $1 in -i) IN=$2;; -b) OUT=$2;; esac; shift; done
"""
MSCONVERT = """#!/bin/sh
[ "$1" != --help ] || { echo "ProteoWizard release: 3.0.25087 (abc)"; exit 1; }
echo "$@" >> "$TEST_FOLDER/calls"
IN=$1
while [ $# -gt 0 ]; do [ "$1" != -o ] || OUT=$2; shift; done
OUT=$OUT/$(basename "${IN%.*}").mzML
"""
COPY = 'cp "${IN%.*}.source" "$OUT"\n'


class VendorTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.programs = self.folder / "programs"
        self.programs.mkdir()

    def environment(self):
        return {"PATH": f"{self.programs}:/usr/bin:/bin", "TEST_FOLDER": str(self.folder)}

    def put_program(self, name, text):
        file = self.programs / name
        file.write_text(text)
        file.chmod(0o755)
        return file

    def overland(self, *arguments):
        return overland(*arguments, environment=self.environment())

    def calls(self):
        file = self.folder / "calls"
        return file.read_text().splitlines() if file.exists() else []


class ThroughConverters(VendorTest):
    def setUp(self):
        super().setUp()
        run = simulate(self.folder / "data")
        self.name = run.stem
        self.check_succeeds(overland("convert", "--quiet", "--format", "mzml", "--out", self.folder / "mzml", run))
        self.mzml = self.folder / "mzml" / f"{self.name}.mzML"
        self.library = self.folder / "data" / "library.tsv.gz"
        self.raw = self.folder / "vendor" / f"{self.name}.raw"
        self.raw.parent.mkdir()
        self.raw.write_bytes(MAGIC)
        self.raw.with_suffix(".source").write_bytes(self.mzml.read_bytes())

    def search(self, run, out, *options):
        return self.overland("search", "--tsv", *LEAN, "--library", self.library, "--out", self.folder / out, *options, run)

    def runs_table(self, out):
        return pyarrow.parquet.read_table(self.folder / out / "runs.parquet").to_pylist()[0]

    def test_a_search_finds_in_a_vendor_file_what_it_finds_in_its_conversion(self):
        self.put_program("ThermoRawFileParser", PARSER + COPY)
        self.check_succeeds(self.search(self.mzml, "plain"))
        done = self.search(self.raw, "raw")
        self.check_succeeds(done)
        self.assertGreater(len((self.folder / "plain" / "report.tsv").read_text().splitlines()), 100)
        same, other = tables(self.folder / "plain"), tables(self.folder / "raw")
        self.assertEqual({name for name in same if same[name] != other[name]}, set())
        row = self.runs_table("raw")
        self.assertEqual((row["Run"], row["File"]), (self.name, self.raw.name))
        self.assertEqual(row["Converter"], "ThermoRawFileParser 1.4.5")
        self.assertEqual(row["Findings"], "")
        self.assertIn("ThermoRawFileParser 1.4.5", (self.folder / "raw" / "log.txt").read_text())
        self.assertEqual(self.runs_table("plain")["Converter"], "")
        self.assertEqual(len(self.calls()), 1)
        self.assertRegex(self.calls()[0], rf"^-i {self.raw} -b \S+/{self.name}\.mzML -f 2$")
        self.assertEqual([path for path in self.folder.rglob("*.part*")], [])
        # The same search again converts nothing; another way of reading is another search.
        self.check_succeeds(self.search(self.raw, "raw"))
        self.assertEqual(len(self.calls()), 1)
        self.check_fails(self.search(self.raw, "raw", "--raw-reader", "converter"), 2, "OVL-USE-012", "options.raw_reader")
        self.check_succeeds(self.search(self.raw, "raw", "--raw-reader", "converter", "--overwrite"))
        self.assertEqual(len(self.calls()), 2)
        config = json.loads((self.folder / "raw" / "config.json").read_text())
        self.assertEqual(config["options"]["raw_reader"], "converter")

    def test_wiff_goes_through_msconvert(self):
        program = self.put_program("my-msconvert", MSCONVERT + COPY)
        wiff = self.raw.with_suffix(".wiff")
        wiff.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
        arguments = ("convert", "--format", "mzml", "--out", self.folder / "out", "--overwrite")
        self.check_fails(self.overland(*arguments, "--raw-converter", program, wiff), 4, "OVL-RUN-066", f"{wiff.name}.scan")
        wiff.with_suffix(".wiff.scan").write_bytes(b"spectra")
        self.check_fails(self.overland(*arguments, wiff), 4, "OVL-RUN-062", "msconvert")
        self.check_fails(self.overland(*arguments, "--raw-reader", "direct", wiff), 4, "OVL-RUN-062")
        self.check_succeeds(self.overland(*arguments, "--raw-converter", program, wiff))
        self.assertEqual((self.folder / "out" / f"{self.name}.mzML").read_bytes(), self.mzml.read_bytes())
        self.assertIn("peakPicking vendor msLevel=1-", self.calls()[-1])
        self.put_program("msconvert", MSCONVERT + COPY)
        self.check_succeeds(self.search(wiff, "wiff"))
        self.assertEqual(self.runs_table("wiff")["Converter"], "msconvert 3.0.25087")
        # Its spectra are in the other file: where that changes, the run is read again.
        calls = len(self.calls())
        self.check_succeeds(self.search(wiff, "wiff"))
        self.assertEqual(len(self.calls()), calls)
        wiff.with_suffix(".wiff.scan").write_bytes(b"other spectra")
        self.check_succeeds(self.search(wiff, "wiff"))
        self.assertEqual(len(self.calls()), calls + 1)

    def test_failures_of_converters_are_told(self):
        out = self.folder / "out"
        failures = (("echo no licence; exit 3\n", "OVL-RUN-063", "exit code 3: no licence"),
                    ("exit 0\n", "OVL-RUN-064", "wrote no mzML file"),
                    (': > "$OUT"\n', "OVL-RUN-064", "empty"),
                    ('head -c 9000 "${IN%.*}.source" > "$OUT"\n', "OVL-RUN-064", "cannot be read"))
        for text, code, words in failures:
            self.put_program("ThermoRawFileParser", PARSER + text)
            self.check_fails(self.overland("convert", "--out", out, self.raw), 4, code, words)
            self.assertEqual(list(out.iterdir()) if out.exists() else [], [])
        for name in ("absent", "/nowhere/absent"):
            self.check_fails(self.overland("convert", "--out", out, "--raw-converter", name, self.raw), 4, "OVL-RUN-062", name)
        self.check_fails(self.overland("convert", "--out", out, "--raw-reader", "vendor", self.raw), 2, "--raw-reader")

    def test_a_converter_that_hangs_is_ended_by_ctrl_c(self):
        self.put_program("ThermoRawFileParser", PARSER + 'echo $$ > "$TEST_FOLDER/id"; sleep 600\n')
        process = subprocess.Popen(
            [BINARY, "convert", "--out", str(self.folder / "out"), str(self.raw)], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, env={**os.environ, **self.environment()},
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
        for _ in range(500):
            if (self.folder / "id").exists() and (self.folder / "id").read_text().strip():
                break
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        errors = process.communicate(timeout=20)[1]
        self.assertEqual(process.returncode, 130, errors)
        self.assertEqual([path.name for path in self.folder.rglob("*.part*")], [])
        number = int((self.folder / "id").read_text())
        with self.assertRaises(ProcessLookupError):
            os.kill(number, 0)

    def test_without_a_converter_a_file_that_is_no_such_file_is_refused(self):
        self.check_fails(self.overland("convert", "--out", self.folder / "out", self.raw), 4, "OVL-RUN-060", "ThermoRawFileParser")
        self.check_fails(self.overland("convert", "--out", self.folder / "out", "--raw-reader", "converter", self.raw), 4, "OVL-RUN-062")


@unittest.skipUnless(ASTRAL.is_file(), f"no shared data in {TEST_DATA}")
class Direct(VendorTest):
    def test_real_files_are_equal_to_their_conversions(self):
        for raw in (ASTRAL, STELLAR, PRM):
            derived = next(raw.parent.glob("derived_*.mzML.gz"))
            done = self.overland("check-raw", raw, derived)
            self.check_succeeds(done)
            self.assertIn("0 scans differ", done.stdout)
        done = self.overland("check-raw", ASTRAL, next(STELLAR.parent.glob("derived_*.mzML.gz")))
        self.assertEqual(done.returncode, 4)
        self.assertIn("OVL-RUN-067", done.stderr)
        self.check_fails(self.overland("check-raw", next(ASTRAL.parent.glob("derived_*")), ASTRAL), 4, "OVL-RUN-0")

    def test_real_files_are_converted_alike_by_any_number_of_threads(self):
        for raw in (ASTRAL, STELLAR):
            files = []
            for threads in (1, 2, 3, 8):
                out = self.folder / f"{raw.stem}_{threads}"
                done = self.overland("convert", "--threads", threads, "--out", out, raw)
                self.check_succeeds(done)
                self.assertIn("OVL-RUN-061", done.stderr)
                files.append((out / f"{raw.stem}.arrow").read_bytes())
            self.assertEqual(len(set(files)), 1)
            self.check_succeeds(self.overland("convert", "--quiet", "--format", "mzml", "--out", self.folder, raw))
            self.check_succeeds(self.overland("check-raw", raw, self.folder / f"{raw.stem}.mzML"))

    def test_real_files_are_searched_end_to_end(self):
        out = self.folder / "out"
        done = self.overland("search", "--library", EXAMPLE / "library.tsv.gz", "--out", out, "--threads", 2, ASTRAL, STELLAR)
        self.check_succeeds(done)
        for row in pyarrow.parquet.read_table(out / "runs.parquet").to_pylist():
            self.assertEqual(row["Status"], "done")
            self.assertIn("OVL-RUN-061: the file was read without the vendor's library", row["Findings"])
        self.assertIn("OVL-RUN-061", (out / "log.txt").read_text())
        self.assertIn("OVL-RUN-061", (out / "report.html").read_text())

    def test_a_damaged_run_fails_and_the_others_go_on(self):
        cut = self.folder / "cut.raw"
        cut.write_bytes(ASTRAL.read_bytes()[:2_400_000])
        out = self.folder / "out"
        done = self.overland("search", "--library", EXAMPLE / "library.tsv.gz", "--out", out, *LEAN, cut, ASTRAL)
        self.assertEqual(done.returncode, 5, done.stderr)
        rows = {row["Run"]: row for row in pyarrow.parquet.read_table(out / "runs.parquet").to_pylist()}
        self.assertIn("OVL-RUN-060", rows["cut"]["Error"])
        self.assertEqual(rows[ASTRAL.stem]["Status"], "done")

    def test_an_old_file_is_refused_with_advice(self):
        self.check_fails(self.overland("convert", "--out", self.folder, OLD), 4, "OVL-RUN-060", "version 57", "ThermoRawFileParser")

    def test_a_plan_knows_the_size_of_a_vendor_file(self):
        done = self.overland("plan", "--library", EXAMPLE / "library.tsv.gz", "--out", self.folder / "out", ASTRAL)
        self.check_succeeds(done)
        self.assertNotIn("nothing can be read of it", done.stderr)


if __name__ == "__main__":
    unittest.main()
