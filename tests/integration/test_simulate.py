"""overland simulate, and a search of what it makes."""
import gzip
import json
import pathlib
import re
import unittest

import pyarrow.parquet

from program import ProgramTest, overland

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SMALL = ["--set", "proteome.proteins=40", "--set", "retention.gradient_minutes=4", "--set", "retention.first_minute=0.3", "--set",
         "retention.last_minute=3.6", "--set", "library.low_mz=500",
         "--set", "library.high_mz=600"]


def content(path):
    """The bytes of a file; of a run those of its mzML, without the version of the program that wrote it and
    the checksum, which depends on it."""
    if path.suffix != ".gz":
        return path.read_bytes()
    return re.sub(rb'<software id="overland" version="[^"]*">|<fileChecksum>[^<]*<', b"", gzip.decompress(path.read_bytes()))


class Simulate(ProgramTest):
    def test_the_same_settings_give_the_same_bytes_for_any_number_of_threads(self):
        for name, threads in (("one", 1), ("three", 3)):
            done = overland("simulate", "--out", self.folder / name, "--threads", threads, *SMALL)
            self.check_succeeds(done)
            self.assertEqual(done.stdout, "")
        files = sorted(path.name for path in (self.folder / "one").iterdir())
        self.assertIn("library.tsv.gz", files)
        self.assertEqual(files, sorted(path.name for path in (self.folder / "three").iterdir()))
        for name in files:
            self.assertEqual((self.folder / "one" / name).read_bytes(), (self.folder / "three" / name).read_bytes(), name)

    def test_the_shipped_example_is_made_again_byte_for_byte(self):
        example = ROOT / "data/example"
        done = overland("simulate", "--config", example / "example.json", "--out", self.folder / "again")
        self.check_succeeds(done)
        for path in sorted((self.folder / "again").iterdir()):
            self.assertEqual(content(path), content(example / path.name), path.name)

    def test_settings_are_checked(self):
        self.check_fails(overland("simulate", "--out", self.folder / "x", "--set", "proteome.protein=3"), 3,
                         "OVL-CFG-001", "proteome.proteins")
        self.assertFalse((self.folder / "x").exists())


if __name__ == "__main__":
    unittest.main()
