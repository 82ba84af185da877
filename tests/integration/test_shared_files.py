"""Files of a results folder that users pass on name no folder, no user and no machine. config.json holds full paths, from
which the search can be run again; work/ is not meant to be passed on."""
import getpass
import os
import pathlib
import shutil
import unittest

from program import ProgramTest, overland

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "data" / "example"
PRIVATE = {"config.json"}


class SharedFiles(ProgramTest):
    def search(self, *words, cwd=None):
        return overland("search", "--tsv", "--threads", 2, *words, cwd=cwd, environment={"HOME": str(self.folder / "jane_doe")})

    def check_names_no_place(self, out):
        names = [str(self.folder), self.folder.name, str(EXAMPLE.parent), "jane_doe", f"{os.uname().nodename}:"]
        if getpass.getuser() != "root":  # also a word
            names.append(f"/{getpass.getuser()}")
        shared = [path for path in out.rglob("*") if path.is_file() and "work" not in path.parts and path.name not in PRIVATE]
        self.assertLessEqual({"report.html", "report.parquet", "report.tsv", "log.txt", "manifest.json"}, {path.name for path in shared})
        for path in shared:
            content = path.read_bytes()
            found = [name for name in names if name.encode() in content]
            self.assertEqual(found, [], path)

    def test_absolute_paths_are_not_passed_on(self):
        runs = self.folder / "secret study" / "runs"
        runs.mkdir(parents=True)
        for run in EXAMPLE.glob("*.mzML.gz"):
            shutil.copy(run, runs)
        (runs / "broken.mzML").write_text("<mzML>", encoding="utf-8")
        done = self.search("--library", EXAMPLE / "library.tsv.gz", "--out", self.folder / "out", *sorted(runs.iterdir()))
        self.assertEqual(done.returncode, 5, done.stderr)  # the broken run is left out
        self.check_names_no_place(self.folder / "out")
        log = (self.folder / "out" / "log.txt").read_text(encoding="utf-8")
        self.assertNotIn("secret study", log)
        self.assertIn("broken.mzML", log)
        self.assertIn("overland search --tsv --threads 2 --library library.tsv.gz --out out broken.mzML example_A_1.mzML.gz", log)
        self.assertIn(str(runs), (self.folder / "out" / "config.json").read_text(encoding="utf-8"))
        self.assertIn(str(runs / "broken.mzML"), done.stderr)  # the terminal tells where

    def test_paths_from_the_working_folder_are_not_passed_on(self):
        (self.folder / "a").mkdir()
        runs = sorted(os.path.relpath(run, self.folder / "a") for run in EXAMPLE.glob("*.mzML.gz"))
        self.check_succeeds(self.search("--library", EXAMPLE / "library.tsv.gz", "--out", "../out", *runs, cwd=self.folder / "a"))
        self.check_names_no_place(self.folder / "out")
        log = (self.folder / "out" / "log.txt").read_text(encoding="utf-8")
        self.assertNotIn("../", log)


if __name__ == "__main__":
    unittest.main()
