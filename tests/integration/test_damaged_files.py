"""Files that changed after they were written: a library is refused, a stage of a search is done again."""
import csv
import math
import pathlib
import shutil
import unittest

import pyarrow
import pyarrow.ipc

from program import ProgramTest, overland

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "data" / "example"
RUN = EXAMPLE / "example_A_1.mzML.gz"


def change_column(path, name, change):
    """Writes an Arrow file anew after change(values of a column)."""
    table = pyarrow.ipc.open_file(pyarrow.py_buffer(path.read_bytes())).read_all()
    place = table.schema.get_field_index(name)
    values = table[name].to_pylist()
    change(values)
    table = table.set_column(place, table.schema.field(place), pyarrow.array(values, table.schema.field(place).type))
    with pyarrow.ipc.new_file(str(path), table.schema) as writer:
        writer.write_table(table.combine_chunks())


def put(place, value):
    def change(values):
        values[int(len(values) * place)] = value
    return change


class DamagedLibrary(ProgramTest):
    def setUp(self):
        super().setUp()
        self.whole = self.folder / "whole.lib"
        self.check_succeeds(overland("import-library", EXAMPLE / "library.tsv.gz", "--out", self.whole))

    def test_is_refused_by_every_command_that_reads_it(self):
        library = self.folder / "damaged.lib"
        for table, column, change in (("fragments.arrow", "mz", put(0.4, math.nan)),
                                      ("fragments.arrow", "ordinal", put(0.9, 77)),
                                      ("precursors.arrow", "fragment_count", put(0, 60000)),
                                      ("precursors.arrow", "protein_set", put(0.5, 2**31)),
                                      ("precursors.arrow", "irt", put(0.2, 3.25))):
            shutil.rmtree(library, ignore_errors=True)
            shutil.copytree(self.whole, library)
            change_column(library / table, column, change)
            for decoys in (0, 1):
                done = overland("search", "--quiet", "--library", library, "--out", self.folder / "out",
                                "--set", f"search.decoys_per_target={decoys}", RUN)
                self.check_fails(done, 4, "OVL-LIB-003", table)
            self.check_fails(overland("export-library", library, "--out", self.folder / "x.tsv"), 4, "OVL-LIB-003", table)


class DamagedStage(ProgramTest):
    def test_is_done_again_and_refused_where_it_is_only_read(self):
        out = self.folder / "out"
        command = ("search", "--quiet", "--tsv", "--library", EXAMPLE / "library.tsv.gz", "--out", out, "--threads", 2, RUN)
        self.check_succeeds(overland(*command))
        report = (out / "report.tsv").read_bytes()
        precursor = next(csv.DictReader(report.decode().splitlines(), delimiter="\t"))["Precursor.Id"]
        damages = (("second_pass/example_A_1/psms.arrow", "precursor", put(0.999, 2**31)),
                   ("score/example_A_1.arrow", "apex_scan", put(0.5, 2**31)),
                   ("integrate/example_A_1/quantities.arrow", "apex_scan", put(0.3, 2**31)),
                   ("integrate/example_A_1/quantities.arrow", "precursor", put(0.3, 5)),
                   ("chromatograms/example_A_1/traces.arrow", "first_scan", put(0.3, 2**31)))
        for file, column, change in damages:
            change_column(out / "work" / file, column, change)
            if file.split("/", maxsplit=1)[0] in ("second_pass", "score"):
                done = overland("explain", "--quiet", precursor, out, "--run", "example_A_1")
                self.check_fails(done, 4, "OVL-IO-061", file)
            self.check_succeeds(overland(*command))
            self.assertEqual((out / "report.tsv").read_bytes(), report, file)


if __name__ == "__main__":
    unittest.main()
