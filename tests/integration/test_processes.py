"""What processes share: the processors of the machine, a cache of libraries, a results folder."""
import os
import pathlib
import random
import re
import subprocess
import time
import unittest

from program import BINARY, ProgramTest, overland, write_run

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "data" / "example"


def start(*arguments, **options):
    return subprocess.Popen([BINARY, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                            **options)


def threads_of(*arguments, **options):
    """The exit code, and how many threads were seen but those in which the allocator gives memory back."""
    names = {}
    with start(*arguments, **options) as process:
        while process.poll() is None:
            try:
                for thread in os.listdir(f"/proc/{process.pid}/task"):
                    names[thread] = pathlib.Path(f"/proc/{process.pid}/task/{thread}/comm").read_text().strip()
            except (FileNotFoundError, ProcessLookupError):
                pass
            time.sleep(0.0005)
        process.communicate()
    return process.returncode, sum(name != "jemalloc_bg_thd" for name in names.values())


class Threads(ProgramTest):
    def setUp(self):
        super().setUp()
        self.arrow = self.folder / "run.arrow"
        write_run(self.arrow, 4000)

    # Arrow opens its files in a separate thread, for which the caller waits: one more.
    def check_threads(self, expected, *arguments, **options):
        code, count = threads_of(*arguments, **options)
        self.assertEqual(code, 0)
        self.assertEqual(count, expected, arguments)

    def test_readers_and_writers_start_no_more_than_they_may(self):
        out = self.folder / "out"
        self.check_threads(2, "convert", "-q", "--threads", 1, "--format", "mzml", "--out", out, self.arrow)
        self.check_threads(1, "convert", "-q", "--threads", 1, "--out", out, out / "run.mzML")
        self.check_threads(1, "convert", "-q", "--threads", 1, "--out", out, EXAMPLE / "example_A_1.mzML.gz")
        self.check_threads(3, "convert", "-q", "--threads", 3, "--overwrite", "--out", out, out / "run.mzML")

    def test_search_and_tables(self):
        out = self.folder / "out"
        self.check_threads(2, "search", "-q", "--threads", 1, "--tsv", "--library", EXAMPLE / "library.tsv.gz", "--out",
                           out, EXAMPLE / "example_A_1.mzML.gz")
        self.check_threads(1, "lfq", "-q", "--threads", 1, "--in", out / "report.parquet", "--out",
                           self.folder / "lfq")

    def test_the_default_respects_the_affinity_mask(self):
        one = {min(os.sched_getaffinity(0))}
        self.check_threads(2, "convert", "-q", "--format", "mzml", "--out", self.folder / "out", self.arrow,
                           preexec_fn=lambda: os.sched_setaffinity(0, one))


class Sharing(ProgramTest):
    def wait(self, *processes):
        for process in processes:
            errors = process.communicate(timeout=300)[1]
            self.assertEqual(process.returncode, 0, errors)

    def write_fasta(self):
        rng = random.Random(4)
        text = "".join(f">sp|T{i}|T{i}_TEST\nM{''.join(rng.choices('ACDEFGHIKLMNPQRSTVWY', k=300))}\n" for i in range(60))
        (self.folder / "made.fasta").write_text(text)

    def search_fasta(self, out):
        return start("search", "--fasta", self.folder / "made.fasta", "--no-entrapments", "--set",
                     "search.decoys_per_target=1", "--threads", 1, "--library-cache", self.folder / "cache", "--out",
                     self.folder / out, EXAMPLE / "example_A_1.mzML.gz")

    def test_searches_build_the_library_of_their_cache_once(self):
        self.write_fasta()
        self.wait(self.search_fasta("a"), self.search_fasta("b"))
        left = [entry.name for entry in (self.folder / "cache").iterdir()]
        self.assertEqual(len(left), 1, left)
        self.assertTrue(left[0].endswith(".lib"))
        logs = [(self.folder / out / "log.txt").read_text() for out in "ab"]
        self.assertEqual(sum(re.search(r" I library: .*\.lib \(", log) is not None for log in logs), 1, logs)
        self.assertEqual(sum("another process has built it" in log or "predictor found" in log for log in logs), 1,
                         logs)

    def test_a_killed_build_blocks_nobody(self):
        self.write_fasta()
        killed = self.search_fasta("killed")
        while killed.poll() is None and not list((self.folder / "cache").glob("*.work/*")):
            time.sleep(0.002)
        killed.kill()
        killed.communicate()
        self.wait(self.search_fasta("next"))
        self.assertFalse(list((self.folder / "cache").glob("*.lock")))

    def test_searches_into_one_folder_come_one_after_the_other(self):
        arguments = ("search", "-q", "--tsv", "--threads", 2, "--library", EXAMPLE / "library.tsv.gz", "--out")
        run = EXAMPLE / "example_A_1.mzML.gz"
        self.check_succeeds(overland(*arguments, self.folder / "alone", run))
        self.wait(*(start(*arguments, self.folder / "both", run) for _ in range(2)))
        self.assertEqual((self.folder / "both/report.tsv").read_bytes(), (self.folder / "alone/report.tsv").read_bytes())


if __name__ == "__main__":
    unittest.main()
