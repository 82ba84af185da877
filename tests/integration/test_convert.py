"""overland convert."""
import os
import unittest

import pyarrow.ipc

from program import ProgramTest, overland, write_run


def columns_of(path):
    with pyarrow.ipc.open_file(str(path)) as reader:
        return reader.read_all()


class Convert(ProgramTest):
    def setUp(self):
        super().setUp()
        self.data = self.folder / "data"
        self.data.mkdir()
        self.run_file = self.data / "run.arrow"
        write_run(self.run_file)

    def test_writes_the_same_peaks_and_leaves_the_input_alone(self):
        before = self.run_file.read_bytes()
        done = overland("convert", self.run_file, "--out", self.folder / "new" / "deep")
        self.check_succeeds(done)
        self.assertEqual(done.stdout, "")
        self.assertEqual(self.run_file.read_bytes(), before)
        old, new = columns_of(self.run_file), columns_of(self.folder / "new" / "deep" / "run.arrow")
        for name in ("mz_array", "intensity_array", "scanNumber", "retentionTime", "msOrder", "centerMz"):
            self.assertEqual(new[name].to_pylist(), old[name].to_pylist(), name)

    def test_twice_gives_the_same_bytes(self):
        for name in ("a", "b"):
            self.check_succeeds(overland("convert", self.run_file, "--out", self.folder / name))
        self.assertEqual((self.folder / "a/run.arrow").read_bytes(), (self.folder / "b/run.arrow").read_bytes())

    def test_quiet_says_nothing(self):
        done = overland("convert", "--quiet", self.run_file, "--out", self.folder / "out")
        self.check_succeeds(done)
        self.assertEqual(done.stderr, "")

    def test_an_input_is_never_overwritten(self):
        before = self.run_file.read_bytes()
        link = self.folder / "link"
        link.symlink_to(self.data)
        for out in ([], ["--out", self.data], ["--out", link], ["--out", self.data / ".." / "data", "--overwrite"]):
            self.check_fails(overland("convert", self.run_file, *out), 2, "OVL-USE-010", "run.arrow")
        self.assertEqual(self.run_file.read_bytes(), before)

    def test_a_symlinked_input_is_read(self):
        link = self.folder / "linked.arrow"
        link.symlink_to(self.run_file)
        self.check_succeeds(overland("convert", link, "--out", self.folder / "out"))
        self.assertTrue((self.folder / "out" / "linked.arrow").is_file())

    def test_an_existing_file_is_kept_unless_told_otherwise(self):
        arguments = ["convert", self.run_file, "--out", self.folder / "out"]
        self.check_succeeds(overland(*arguments))
        self.check_fails(overland(*arguments), 2, "OVL-USE-012", "--overwrite")
        self.check_succeeds(overland(*arguments, "--overwrite"))

    def test_one_bad_run_does_not_stop_the_others(self):
        (self.data / "bad.arrow").write_bytes(b"ARROW1 but not much more")
        (self.data / "empty.mzML").write_bytes(b"")
        done = overland("convert", self.data / "bad.arrow", self.run_file, self.data / "empty.mzML",
                        self.data / "absent.mzML", "--out", self.folder / "out")
        self.check_fails(done, 5, "OVL-COH-001", "3 of 4", "bad.arrow", "empty.mzML", "absent.mzML")
        self.assertEqual(os.listdir(self.folder / "out"), ["run.arrow"])

    def test_a_bad_run_alone_exits_with_4(self):
        truncated = self.data / "cut.arrow"
        truncated.write_bytes(self.run_file.read_bytes()[:2000])
        self.check_fails(overland("convert", truncated, "--out", self.folder / "out"), 4, "cut.arrow")
        self.check_fails(overland("convert", self.data / "absent", "--out", self.folder / "out"), 4, "OVL-IO-001")

    def test_an_output_that_cannot_be_written_is_an_error(self):
        blocked = self.folder / "file"
        blocked.write_text("in the way")
        self.check_fails(overland("convert", self.run_file, "--out", blocked), 4, "OVL-IO-002")


if __name__ == "__main__":
    unittest.main()
