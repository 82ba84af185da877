"""Ctrl-C and SIGTERM at several moments of a command: it ends soon, leaves nothing half done, and the same command gives
what an undisturbed one gives."""
import hashlib
import random
import signal
import subprocess
import time
import unittest

from program import BINARY, ProgramTest, overland
from simulated import LEAN, simulate

SOON = 2  # seconds from the signal to the end, on a machine that does other work too; 1 on one that is idle
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}


def hashes(folder):
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest()
            for file in sorted(folder.iterdir()) if file.suffix in (".parquet", ".tsv", ".arrow", ".mzML", ".json")
            and file.name not in ("config.json", "runs.parquet")}  # with paths and times


def leftovers(folder):
    return [str(path) for path in folder.rglob("*") if ".part" in path.name or path.name.endswith(".lock")]


def wait_for_handler(process, number):
    """The first milliseconds of a process are those of the linker; there, a signal ends it as it ends any other."""
    while process.poll() is None:
        with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
            caught = next((int(line.split()[1], 16) for line in status if line.startswith("SigCgt:")), 0)
        if caught >> (number - 1) & 1:
            return
        time.sleep(0.001)


class Cancel(ProgramTest):
    def stop(self, seconds, number, *arguments):
        """Sends the signal `number` after some seconds; whether the command was still at work."""
        # A shell's background ignores Ctrl-C, and a child inherits that.
        process = subprocess.Popen(
            [BINARY, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            preexec_fn=lambda: [signal.signal(each, signal.SIG_DFL) for each in CODES])
        wait_for_handler(process, number)
        time.sleep(seconds)
        was_at_work = process.poll() is None
        process.send_signal(number)
        sent = time.monotonic()
        errors = process.communicate(timeout=60)[1]
        took = time.monotonic() - sent
        if process.returncode == 0 or not was_at_work:
            self.assertEqual(process.returncode, 0, errors)
            return False
        self.assertEqual(process.returncode, CODES[number], errors)
        self.assertLess(took, SOON, (arguments, seconds))
        self.assertNotIn("OVL-", errors)
        last = errors.splitlines()[-1]
        self.assertTrue(last.startswith(f"overland: {arguments[0]} was stopped by "), errors)
        self.assertIn(signal.Signals(number).name, last)
        return True

    def stop_at_all(self, moments, out, *command):
        """At each moment, one after the other in the same folder; how often the command was still at work."""
        stopped = 0
        for seconds in moments:
            for number in CODES:
                stopped += self.stop(seconds, number, *command)
                self.assertEqual(leftovers(self.folder), [], seconds)
                self.assertFalse(any(out.rglob("failed.json")))
        return stopped

    def test_search(self):
        run = simulate(self.folder / "data")
        library = self.folder / "data" / "library.tsv.gz"
        options = ("--tsv", *LEAN, "--library", library)
        whole = self.folder / "whole"
        self.check_succeeds(overland("search", *options, "--out", whole, run))
        out = self.folder / "out"
        moments = (0, 0.02, 0.1, 0.2, 0.3, 0.6, 1.0, 1.5)
        stopped = self.stop_at_all(moments, out, "search", *options, "--out", out, run)
        self.assertGreaterEqual(stopped, 3)
        self.check_succeeds(overland("search", *options, "--out", out, run))
        self.assertEqual(hashes(out), hashes(whole))
        self.assertTrue((whole / "report.parquet").exists())

    def test_convert(self):
        run = simulate(self.folder / "data")
        whole = self.folder / "whole"
        self.check_succeeds(overland("convert", "--format", "mzml", "--out", whole, run))
        out = self.folder / "out"
        for seconds in (0, 0.02, 0.05, 0.1, 0.3):
            for number in CODES:
                if not self.stop(seconds, number, "convert", "--format", "mzml", "--overwrite", "--threads", 1, "--out", out, run):
                    continue
                self.assertEqual(leftovers(self.folder), [], seconds)
        self.check_succeeds(overland("convert", "--format", "mzml", "--overwrite", "--out", out, run))
        self.assertEqual(hashes(out), hashes(whole))

    def test_build_library(self):
        letters = random.Random(5)
        fasta = self.folder / "proteins.fasta"
        with open(fasta, "w", encoding="ascii") as file:
            for i in range(150):
                file.write(f">sp|P{i:05}|X{i}\n{''.join(letters.choices('ACDEFGHIKLMNPQRSTVWY', k=350))}\n")
        command = ("build-library", "--fasta", fasta, "--threads", 2, "--set", "modifications.variable=", "--out")
        whole = self.folder / "whole.lib"
        self.check_succeeds(overland(*command, whole))
        out = self.folder / "out.lib"
        stopped = 0
        for seconds in (0, 0.05, 0.2, 0.5, 1.0):
            for number in CODES:
                if out.exists():
                    break
                stopped += self.stop(seconds, number, *command, out)
                self.assertEqual(leftovers(self.folder), [], seconds)
        self.assertGreaterEqual(stopped, 2)
        if not out.exists():
            self.check_succeeds(overland(*command, out))
        self.assertEqual({file.name: file.read_bytes() for file in out.iterdir()},
                         {file.name: file.read_bytes() for file in whole.iterdir()})

    def test_a_served_page_ends_at_the_first_signal(self):
        run = simulate(self.folder / "data")
        out = self.folder / "out"
        self.check_succeeds(overland("search", *LEAN, "--library", self.folder / "data" / "library.tsv.gz", "--out", out, run))
        for number in CODES:
            self.assertTrue(self.stop(0.7, number, "report", out, "--serve"))


if __name__ == "__main__":
    unittest.main()
