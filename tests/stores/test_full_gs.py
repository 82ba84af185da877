"""A search from and to gs://, with an emulator on the loopback interface; part of ./run-tests --full."""
import pathlib
import unittest

import pyarrow.fs

from program import ProgramTest, overland, tables
from servers import google_server

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "data" / "example"
RUN = "example_A_1.mzML.gz"


class Google(ProgramTest):
    def test_a_search_gives_the_bytes_of_a_local_one(self):
        port = self.enterContext(google_server())
        query = f"endpoint_override=127.0.0.1:{port}&scheme=http"
        files, _ = pyarrow.fs.FileSystem.from_uri(f"gs://anonymous@bucket?{query}&retry_limit_seconds=20")
        for name in (RUN, "library.tsv.gz"):
            # Else pyarrow would compress what has a name in .gz once more.
            with files.open_output_stream(f"bucket/{name}", compression=None) as stream:
                stream.write((EXAMPLE / name).read_bytes())

        def uri(name):
            return f"gs://anonymous@bucket/{name}?{query}"
        options = ("search", "--tsv", "--threads", 2)
        self.check_succeeds(overland(*options, "--library", uri("library.tsv.gz"), "--out", uri("results"), "--stage-dir",
                                     self.folder / "stage", uri(RUN)))
        self.check_succeeds(overland(*options, "--library", EXAMPLE / "library.tsv.gz", "--out", self.folder / "local",
                                     EXAMPLE / RUN))
        for name, content in tables(self.folder / "local").items():
            with files.open_input_file(f"bucket/results/{name}") as stream:
                self.assertEqual(stream.read(), content, name)
        self.assertEqual(files.get_file_info("bucket/results/manifest.json").type, pyarrow.fs.FileType.File)


if __name__ == "__main__":
    unittest.main()
