"""A search from and to gs://, with an emulator on the loopback interface; part of ./run-tests --full."""
import pathlib
import unittest

import pyarrow.fs

from program import ProgramTest, overland
from servers import google_server

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "data" / "example"
RUN = "example_A_1.mzML.gz"


class Google(ProgramTest):
    def test_a_search_gives_the_bytes_of_a_local_one(self):
        port = self.enterContext(google_server())
        query = f"endpoint_override=127.0.0.1:{port}&scheme=http"
        files, _ = pyarrow.fs.FileSystem.from_uri(f"gs://anonymous@bucket?{query}&retry_limit_seconds=20")
        for name in (RUN, "library.tsv.gz"):
            with files.open_output_stream(f"bucket/{name}") as stream:
                stream.write((EXAMPLE / name).read_bytes())

        def uri(name):
            return f"gs://anonymous@bucket/{name}?{query}"
        options = ("search", "--tsv", "--threads", 2)
        self.check_succeeds(overland(*options, "--library", uri("library.tsv.gz"), "--out", uri("results"), "--stage-dir",
                                     self.folder / "stage", uri(RUN)))
        self.check_succeeds(overland(*options, "--library", EXAMPLE / "library.tsv.gz", "--out", self.folder / "local",
                                     EXAMPLE / RUN))
        pyarrow.fs.copy_files("bucket/results", str(self.folder / "downloaded"), source_filesystem=files)
        self.assertTrue((self.folder / "downloaded" / "manifest.json").exists())
        for name in ("report.parquet", "report.tsv", "protein_groups_wide.parquet", "xic.parquet"):
            local = self.folder / "local" / name
            if local.exists():
                self.assertEqual((self.folder / "downloaded" / name).read_bytes(), local.read_bytes(), name)


if __name__ == "__main__":
    unittest.main()
