"""Commands whose inputs and results are URIs, with file:// as the store: the same code as for s3:// and gs://, without a
server. The tests with servers are in tests/stores."""
import json
import os
import pathlib
import shutil
import unittest

from program import ProgramTest, overland, tables

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "data" / "example"


class ObjectStores(ProgramTest):
    def setUp(self):
        super().setUp()
        self.store = self.folder / "store"
        shutil.copytree(EXAMPLE, self.store)
        self.stage = self.folder / "stage"
        self.environment = {"OVERLAND_STAGE_DIR": str(self.stage)}

    def uri(self, name):
        return f"file://{self.store / name}"

    def run_remotely(self, *arguments):
        return overland(*arguments, environment=self.environment)

    def search(self, out):
        runs = [self.uri(run.name) for run in sorted(EXAMPLE.glob("*.mzML.gz"))]
        return self.run_remotely("search", "--tsv", "--threads", 2, "--library", self.uri("library.tsv.gz"), "--out", out, *runs)

    def test_a_search_gives_the_same_bytes_and_downloads_once(self):
        local = self.folder / "local"
        self.check_succeeds(overland("search", "--quiet", "--tsv", "--threads", 2, "--library", EXAMPLE / "library.tsv.gz",
                                     "--out", local, *sorted(EXAMPLE.glob("*.mzML.gz"))))
        done = self.search(self.uri("results"))
        self.check_succeeds(done)
        self.assertEqual(done.stderr.count(": downloading "), 3)
        results = self.store / "results"
        self.assertEqual(tables(results), tables(local))
        self.assertTrue((results / "manifest.json").exists() and (results / "report.html").exists())
        self.assertEqual(list((results / "work").rglob("*.arrow")), [])
        config = json.loads((results / "config.json").read_text())
        self.assertEqual([run["uri"] for run in config["inputs"]["runs"]],
                         [self.uri(run.name) for run in sorted(EXAMPLE.glob("*.mzML.gz"))])

        again = self.search(self.uri("results"))
        self.check_succeeds(again)
        self.assertEqual(again.stderr.count("unchanged since it was downloaded"), 3)
        self.assertEqual(tables(results), tables(local))

        shutil.rmtree(self.stage)  # the configuration names the URIs
        self.check_succeeds(self.run_remotely("search", "--config", results / "config.json", "--out", self.folder / "repeated"))
        self.assertEqual(tables(self.folder / "repeated"), tables(local))

        page = results / "report.html"
        page.unlink()
        self.check_succeeds(self.run_remotely("report", self.uri("results")))
        self.assertIn("example_A_1", page.read_text())

    def test_results_without_manifest_are_incomplete(self):
        (self.store / "results").mkdir()
        self.check_fails(self.run_remotely("report", self.uri("results")), 4, "OVL-IO-147")

    def test_a_changed_object_is_noticed(self):
        run = self.store / "example_A_1.mzML.gz"
        command = ("convert", self.uri(run.name), "--out", self.folder / "out", "--overwrite")
        self.check_succeeds(self.run_remotely(*command))
        before = (self.folder / "out" / "example_A_1.arrow").read_bytes()
        shutil.copy(self.store / "example_B_1.mzML.gz", run)
        done = self.run_remotely(*command)
        self.check_succeeds(done)
        self.assertIn(": downloading ", done.stderr)
        self.assertNotEqual((self.folder / "out" / "example_A_1.arrow").read_bytes(), before)

    def test_converted_runs_and_libraries_are_uploaded_and_read_again(self):
        run = self.uri("example_A_1.mzML.gz")
        command = ("convert", run, "--out", self.uri("converted"))
        self.check_succeeds(self.run_remotely(*command))
        self.check_fails(self.run_remotely(*command), 2, "OVL-USE-012")
        self.check_succeeds(self.run_remotely(*command, "--overwrite"))
        self.check_succeeds(overland("convert", EXAMPLE / "example_A_1.mzML.gz", "--out", self.folder))
        self.assertEqual((self.store / "converted" / "example_A_1.arrow").read_bytes(),
                         (self.folder / "example_A_1.arrow").read_bytes())
        command = ("import-library", self.uri("library.tsv.gz"), "--out", self.uri("a.lib"))
        self.check_succeeds(self.run_remotely(*command))
        self.check_fails(self.run_remotely(*command), 2, "OVL-USE-012")
        self.check_succeeds(overland("import-library", EXAMPLE / "library.tsv.gz", "--out", self.folder / "a.lib"))
        self.assertEqual({file.name: file.read_bytes() for file in (self.store / "a.lib").iterdir()},
                         {file.name: file.read_bytes() for file in (self.folder / "a.lib").iterdir()})
        self.check_succeeds(self.run_remotely("search", "--library", self.uri("a.lib"), "--out", self.folder / "out",
                                              self.uri("converted/example_A_1.arrow")))
        self.assertTrue((self.folder / "out" / "manifest.json").exists())
        # Nothing that was uploaded stays behind.
        self.assertEqual([file for file in (self.stage / "outputs").rglob("*") if file.is_file()], [])

    def test_a_library_is_built_from_a_fasta_object(self):
        (self.store / "few.fasta").write_text(">sp|P1|A\nMKAAAAAGGGGGKLLLLLLSSSSSRVVVVVVTTTTTK\n")
        options = ("--set", "modifications.variable=")
        self.check_succeeds(self.run_remotely("build-library", "--fasta", self.uri("few.fasta"), *options, "--out",
                                              self.uri("built.lib")))
        self.check_succeeds(overland("build-library", "--fasta", self.store / "few.fasta", *options, "--out",
                                     self.folder / "built.lib"))
        self.assertEqual((self.store / "built.lib" / "fragments.arrow").read_bytes(),
                         (self.folder / "built.lib" / "fragments.arrow").read_bytes())

    def test_wrong_places_are_refused(self):
        run, library = self.uri("example_A_1.mzML.gz"), self.uri("library.tsv.gz")
        for arguments, status, code in (
                (("search", "--library", library, "--out", f"file://{self.store}", run), 2, "OVL-USE-011"),
                (("search", "--library", library, "--out", run, run), 2, "OVL-USE-010"),
                (("search", "--library", library, "--out", self.uri("out"), "--prepare", run), 2, "OVL-USE-017"),
                (("search", "--library", library, "--out", self.folder / "out", self.uri("none.mzML")), 4, "OVL-IO-142"),
                (("search", "--library", library, "--out", self.folder / "out", "http://host/a.mzML"), 4, "OVL-IO-140"),
                (("convert", run), 2, "OVL-USE-017"),
                (("export", self.uri("results"), "--format", "diann"), 2, "OVL-USE-002"),
                (("simulate", "--out", self.uri("out")), 2, "OVL-USE-002")):
            with self.subTest(arguments=arguments):
                self.check_fails(self.run_remotely(*arguments), status, code)
        self.assertEqual([file.name for file in pathlib.Path(os.getcwd()).glob("file:*")], [])


if __name__ == "__main__":
    unittest.main()
