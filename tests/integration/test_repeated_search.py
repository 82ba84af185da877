"""The same search again and again: the same bytes in every table.

Memory that is read before it is written, or after it was freed, holds another value in each search: glibc fills both
with a byte that MALLOC_PERTURB_ names.
"""
import hashlib
import pathlib
import unittest

from program import ProgramTest, overland

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "data" / "example"
BYTES = (1, 85, 127, 170, 254, 255)


def hashes(folder):
    tables = [path for path in folder.rglob("*") if path.suffix in (".parquet", ".tsv", ".arrow")]
    return {str(path.relative_to(folder)): hashlib.md5(path.read_bytes()).hexdigest() for path in tables}


class RepeatedSearch(ProgramTest):
    def search(self, name, threads, byte):
        out = self.folder / name
        self.check_succeeds(overland(
            "search", "--quiet", "--tsv", "--mbr", "--library", EXAMPLE / "library.tsv.gz", "--out", out, "--threads", threads,
            *sorted(EXAMPLE.glob("*.mzML.gz")), environment={"MALLOC_PERTURB_": str(byte)}))
        return hashes(out)

    def test_gives_the_same_tables_whatever_memory_held_before(self):
        first = None
        for threads in (1, 2):
            for byte in BYTES:
                found = self.search(f"out_{threads}_{byte}", threads, byte)
                first = first or found
                self.assertIn("report.parquet", found)
                self.assertIn("report.tsv", found)
                self.assertEqual(found, first, f"{threads} threads, memory filled with {byte}")


if __name__ == "__main__":
    unittest.main()
