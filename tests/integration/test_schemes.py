"""Acquisition schemes, and what real runs do to them: small simulated runs are searched and compared with their truth."""
import pathlib
import shutil
import tempfile
import unittest

import pyarrow.parquet

import odd_runs
from program import ProgramTest, overland
from simulated import LEAN, rows, simulate


def warnings_of(text):
    """What a log warns of the reading of runs."""
    return [line.split(" W ", 1)[1] for line in text.splitlines() if " W " in line and "OVL-RUN-" in line]


class SchemeTest(ProgramTest):
    def search(self, data, *runs):
        """The finished process and its folder of results."""
        out = self.folder / "out"
        shutil.rmtree(out, ignore_errors=True)
        return overland("search", "--library", data / "library.tsv.gz", "--out", out, *LEAN, *runs), out

    def judged(self, data, *runs):
        done, out = self.search(data, *runs)
        self.check_succeeds(done)
        truth = rows(data / "truth.parquet", "Precursor.Id", "Present", "Detectable", "Sibling.Present")
        result = odd_runs.judge(rows(out / "report.parquet", "Precursor.Id"), truth)
        self.assertLessEqual(result["wrong"], 0.03 * result["found"] + 2, result)
        return result, done.stderr


class Schemes(SchemeTest):
    def check(self, least_recall, **settings):
        data = self.folder / "data"
        run = simulate(data, **settings)
        result, _ = self.judged(data, run)
        self.assertGreater(result["found"], 50)
        self.assertGreater(result["recall"], least_recall, result)

    def test_wide_windows(self):
        self.check(0.6, acquisition__width_mz=25)

    def test_narrow_windows(self):
        self.check(0.6, acquisition__width_mz=3, acquisition__ms2_seconds=0.02)

    def test_staggered_windows(self):
        self.check(0.6, acquisition__scheme="staggered", acquisition__width_mz=10)

    def test_windows_of_variable_width_that_overlap(self):
        self.check(0.6, acquisition__scheme="variable", acquisition__width_mz=10, acquisition__overlap_mz=1)

    def test_without_ms1_scans(self):
        self.check(0.6, acquisition__has_ms1="false")


class RealLife(SchemeTest):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="overland_")
        cls.addClassCleanup(folder.cleanup)
        cls.data = pathlib.Path(folder.name)
        cls.table = odd_runs.read(simulate(cls.data))
        cls.plain = None

    def changed(self, change, *arguments):
        return odd_runs.write(change(self.table, *arguments), self.folder / f"{change.__name__}.arrow")

    def plain_found(self):
        if RealLife.plain is None:
            RealLife.plain = self.judged(self.data, odd_runs.write(self.table, self.folder / "plain.arrow"))[0]["found"]
        return RealLife.plain

    def check(self, least_share, change, *arguments):
        """At least this share of what the plain run gives is found. Returns what the program said."""
        plain = self.plain_found()
        result, said = self.judged(self.data, self.changed(change, *arguments))
        self.assertGreaterEqual(result["found"], least_share * plain, result)
        return said

    def test_windows_in_another_order_each_cycle(self):
        self.check(0.85, odd_runs.shuffled_windows)

    def test_missing_scans(self):
        self.check(0.85, odd_runs.missing_scans)

    def test_limits_that_differ_in_the_last_digits(self):
        self.check(0.95, odd_runs.jittered_windows)

    def test_empty_scans(self):
        self.check(0.85, odd_runs.with_empty_scans)

    def test_peaks_unsorted_without_intensity_or_beyond_4096(self):
        self.check(0.95, odd_runs.with_untidy_peaks)

    def test_times_in_seconds(self):
        self.check(0.9, odd_runs.in_seconds)

    def test_ms3_sim_data_dependent_and_negative_scans_between_the_cycles(self):
        said = self.check(0.95, odd_runs.with_other_scans)
        self.assertIn("left out as no part of the scheme", said)
        run = rows(self.folder / "out" / "runs.parquet", "MS1.Scans", "MS2.Scans", "Windows", "Scans.Skipped")[0]
        cycles = len(odd_runs.cycles(self.table))
        self.assertEqual(run["Windows"], 10)
        self.assertEqual(run["MS1.Scans"], cycles)
        self.assertGreater(run["Scans.Skipped"], 3 * (cycles - 2))

    def test_gas_phase_fractions(self):
        low = odd_runs.write(odd_runs.between(self.table, 0, 550), self.folder / "low.arrow")
        high = odd_runs.write(odd_runs.between(self.table, 550, 1000), self.folder / "high.arrow")
        plain = self.plain_found()
        result, _ = self.judged(self.data, low, high)
        self.assertGreaterEqual(result["found"], 0.9 * plain)
        for row in rows(self.folder / "out" / "report.parquet", "Run", "Precursor.Mz"):
            if abs(row["Precursor.Mz"] - 550) > 2:  # at the border a part of the isotopes is on either side
                self.assertEqual(row["Run"], "low" if row["Precursor.Mz"] < 550 else "high")

    def test_windows_that_are_visited_once(self):
        done, out = self.search(self.data, self.changed(odd_runs.cycles_only, 150, 1))
        self.check_succeeds(done)
        self.assertIn("hardly ever visited again", done.stderr)
        self.assertTrue((out / "report.parquet").exists())

    def test_very_few_scans(self):
        done, out = self.search(self.data, self.changed(odd_runs.cycles_only, 150, 5))
        self.check_succeeds(done)
        self.assertTrue((out / "report.parquet").exists())

    def quantities(self, column):
        return {row["Precursor.Id"]: row[column] for row in rows(self.folder / "out" / "report.parquet", "Precursor.Id", column) if row[column]}

    def check_same_quantities(self, column, change, least_share=0.97, low=0.95):
        """The quantities of a changed run are those of the plain one, but for what is identified in one of them only."""
        self.judged(self.data, odd_runs.write(self.table, self.folder / "plain.arrow"))
        plain = self.quantities(column)
        said = self.check(least_share, change)
        changed = self.quantities(column)
        ratios = sorted(changed[name] / plain[name] for name in plain.keys() & changed.keys())
        self.assertGreater(len(ratios), 0.85 * len(plain))
        self.assertLess(abs(ratios[len(ratios) // 2] - 1), 0.02)
        self.assertGreater(ratios[len(ratios) // 10], low)
        self.assertLess(ratios[9 * len(ratios) // 10], 1.05)
        return said

    def test_two_compensation_voltages_do_not_mix(self):
        said = self.check_same_quantities("Precursor.Quantity", odd_runs.with_idle_voltage)
        self.assertIn("OVL-RUN-028", said)
        self.assertIn("OVL-RUN-028", (self.folder / "out" / "log.txt").read_text())

    def test_two_collision_energies_do_not_mix(self):
        said = self.check_same_quantities("Precursor.Quantity", odd_runs.with_second_energy, low=0.8)
        self.assertIn("OVL-RUN-031", said)
        run = rows(self.folder / "out" / "runs.parquet", "Scan.Conditions", "Windows")[0]
        self.assertEqual(run, {"Scan.Conditions": "energy 27; energy 54", "Windows": 20})

    def test_voltages_and_energies_at_once_do_not_mix(self):
        # Three of the four conditions hold nothing that the library describes, but candidates by chance.
        said = self.check_same_quantities("Precursor.Quantity", odd_runs.with_voltage_and_energy, 0.88, 0.7)
        self.assertIn("OVL-RUN-028", said)
        self.assertIn("OVL-RUN-031", said)
        conditions = rows(self.folder / "out" / "runs.parquet", "Scan.Conditions")[0]["Scan.Conditions"]
        self.assertEqual(conditions, "-65 V, energy 27; -65 V, energy 54; -45 V, energy 27; -45 V, energy 54")

    def test_energies_that_scatter_change_nothing(self):
        self.judged(self.data, odd_runs.write(self.table, self.folder / "plain.arrow"))
        plain = self.quantities("Precursor.Quantity")
        said = self.check(1, odd_runs.with_jittered_energy)
        self.assertEqual(self.quantities("Precursor.Quantity"), plain)
        self.assertIn("OVL-RUN-030", said)
        self.assertNotIn("Scan.Conditions", pyarrow.parquet.read_schema(self.folder / "out" / "runs.parquet").names)

    def test_energies_without_levels_are_refused(self):
        done, _ = self.search(self.data, self.changed(odd_runs.with_energy_ramp))
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn("OVL-RUN-029", done.stderr)
        self.assertIn("Split the run by collision energy", done.stderr)

    def test_conditions_are_the_same_from_every_format_and_at_every_door(self):
        first = self.changed(odd_runs.with_voltage_and_energy)
        tables, said = {}, {}
        for form in ("mzml", "arrow"):  # mzML of Arrow, and Arrow of that mzML
            done = overland("convert", "--format", form, "--out", self.folder / form, first)
            self.check_succeeds(done)
            first = next((self.folder / form).iterdir())
            said[f"convert to {form}"] = warnings_of(done.stderr)
            done, out = self.search(self.data, first, "--tsv")
            self.check_succeeds(done)
            said[f"search of {form}"] = warnings_of(done.stderr)
            said[f"log of {form}"] = warnings_of((out / "log.txt").read_text())
            tables[form] = {name: (out / name).read_bytes() for name in ("report.tsv", "precursors_wide.tsv", "protein_groups.tsv")}
        self.assertEqual(tables["mzml"], tables["arrow"])
        self.assertGreater(len(tables["mzml"]["report.tsv"]), 10000)
        first = said["convert to mzml"]
        self.assertEqual([text.split(": ")[1] for text in first], ["OVL-RUN-028", "OVL-RUN-031"])
        for door, texts in said.items():
            self.assertEqual(texts, first, door)

    def test_ms1_scans_of_boxes_are_no_zero_points_elsewhere(self):
        self.check_same_quantities("Ms1.Area", odd_runs.with_boxes)

    def test_ms1_scans_of_another_range_are_no_zero_points(self):
        self.check_same_quantities("Ms1.Area", odd_runs.with_split_survey)

    def test_no_ms1_scans(self):
        self.check(0.85, odd_runs.without_ms1)


if __name__ == "__main__":
    unittest.main()
