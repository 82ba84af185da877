"""Runs the program under test, and makes small inputs for it."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import pyarrow
import pyarrow.ipc

BINARY = os.environ["OVERLAND_BINARY"]
OPEN_REPORT = pathlib.Path(__file__).resolve().parents[1] / "report_page" / "open_report.mjs"
# Real runs, libraries and tables, which are not part of the project.
TEST_DATA = pathlib.Path(os.environ.get("OVERLAND_TEST_DATA") or
                         pathlib.Path(__file__).resolve().parents[3] / "shared" / "data")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def overland(*arguments, cwd=None, environment=None):
    """The finished process; stdout and stderr as text. `environment`: variables beside the usual ones."""
    return subprocess.run(
        [BINARY, *map(str, arguments)], cwd=cwd, env={**os.environ, **(environment or {})}, capture_output=True,
        text=True, timeout=600, check=False)


def write_run(path, scans=60):
    """A centroided run in the Arrow form: one MS1 scan, then four windows, and so on."""
    rows = []
    for i in range(scans):
        is_ms1 = i % 5 == 0
        mz = [200.0 + 7.0 * k + 0.01 * i for k in range(30)]
        rows.append({
            "mz_array": mz,
            "intensity_array": [100.0 + k for k in range(30)],
            "scanHeader": f"scan {i + 1}",
            "scanNumber": i + 1,
            "basePeakMz": mz[-1],
            "basePeakIntensity": 129.0,
            "packetType": 0,
            "retentionTime": 1.0 + 0.01 * i,
            "lowMz": 150.0,
            "highMz": 2000.0,
            "TIC": 3435.0,
            "centerMz": None if is_ms1 else 400.0 + 25.0 * (i % 5),
            "isolationWidthMz": None if is_ms1 else 25.0,
            "collisionEnergyField": None if is_ms1 else 27.0,
            "collisionEnergyEvField": None if is_ms1 else 27.0,
            "msOrder": 1 if is_ms1 else 2,
        })
    real = pyarrow.float32()
    types = {"mz_array": pyarrow.list_(real), "intensity_array": pyarrow.list_(real), "scanHeader": pyarrow.string(),
             "scanNumber": pyarrow.int32(), "packetType": pyarrow.int32(), "msOrder": pyarrow.uint8()}
    schema = pyarrow.schema([(name, types.get(name, real)) for name in rows[0]])
    table = pyarrow.Table.from_pylist(rows, schema)
    with pyarrow.ipc.new_file(str(path), schema) as writer:
        writer.write_table(table)


def tables(folder):
    """All tables of a results folder; runs.parquet holds times."""
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())
            if file.suffix in (".parquet", ".tsv") and file.stem != "runs"}


class ProgramTest(unittest.TestCase):
    """A test with a temporary folder."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="overland_")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def check_fails(self, done, status, *texts):
        """Exit code `status`, nothing on stdout, one message with each of `texts` and no trace."""
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertEqual(done.stdout, "")
        messages = [line for line in done.stderr.splitlines() if line.startswith("overland: OVL-")]
        self.assertEqual(len(messages), 1, done.stderr)
        for text in texts:
            self.assertIn(text, done.stderr)

    def check_succeeds(self, done):
        self.assertEqual(done.returncode, 0, done.stderr)

    def dom(self, url):
        """The page after its scripts have run, and what they wrote to the console: in a browser, or else in Node.js with
        a document of our own."""
        if CHROMIUM is None:
            done = subprocess.run(["node", OPEN_REPORT, url], capture_output=True, text=True, timeout=300, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]
        done = subprocess.run(
            [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--window-size=1200,900",
             f"--user-data-dir={self.folder / 'profile'}", "--virtual-time-budget=6000", "--dump-dom", url],
            capture_output=True, text=True, timeout=300, check=False)
        return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]
