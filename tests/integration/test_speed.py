"""bench/speed.py and scripts/code-figures judge what they are given, not the machine."""
import importlib.util
import json
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def load_speed():
    spec = importlib.util.spec_from_file_location("speed", ROOT / "bench/speed.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SPEED = load_speed()


def report(**times):
    """As of Google Benchmark: the times of repetitions, in microseconds, and an aggregate that must not count."""
    entries = [{"name": name, "run_name": name, "run_type": "iteration", "cpu_time": time, "time_unit": "us"}
               for name, all_times in times.items() for time in all_times]
    entries += [{"name": f"{name}_mean", "run_name": name, "run_type": "aggregate", "cpu_time": 1e9, "time_unit": "us"} for name in times]
    return {"benchmarks": entries}


class Speed(unittest.TestCase):
    def test_a_machine_of_another_speed_has_the_same_ratios(self):
        slow = SPEED.ratios_of(report(calibration=[200, 210, 900], a=[20, 22, 21], memory_copy=[5, 5, 5]))
        fast = SPEED.ratios_of(report(calibration=[100, 105, 450], a=[10, 11, 10.5], memory_copy=[9, 9, 9]))
        self.assertEqual(slow, fast)
        self.assertEqual(list(slow), ["a"])
        self.assertAlmostEqual(slow["a"], 0.1)

    def test_units_of_time_are_told_apart(self):
        data = report(calibration=[100], a=[1])
        data["benchmarks"].append({"name": "b", "run_type": "iteration", "cpu_time": 1000, "time_unit": "ns"})
        ratios = SPEED.ratios_of(data)
        self.assertAlmostEqual(ratios["a"], ratios["b"])

    def test_failures_and_a_missing_yardstick_stop_it(self):
        broken = report(calibration=[100], a=[1])
        broken["benchmarks"][1].update(error_occurred=True, error_message="nothing was touched")
        for data, text in ((broken, "nothing was touched"), (report(a=[1]), "calibration")):
            with self.assertRaises(SystemExit) as stopped:
                SPEED.ratios_of(data)
            self.assertIn(text, str(stopped.exception))

    def test_the_tolerance_decides(self):
        baseline = {"a": 1.0, "b": 1.0, "c": 1.0, "gone": 1.0}
        lines, bad = SPEED.compare({"a": 1.24, "b": 1.26, "c": 0.5, "new": 1.0}, baseline, 0.25)
        verdicts = {line.split()[0]: line for line in lines[1:]}
        self.assertEqual(bad, 3, lines)
        self.assertTrue(verdicts["a"].endswith("+24 %"))
        self.assertIn("TOO SLOW", verdicts["b"])
        self.assertIn("faster: record anew", verdicts["c"])
        self.assertIn("new: record it", verdicts["new"])
        self.assertIn("gone: record anew", verdicts["gone"])

    def test_the_baseline_of_the_project_is_whole(self):
        if not SPEED.BASELINE.exists():
            self.skipTest("no baseline is recorded")
        baseline = json.loads((ROOT / "bench/baseline.json").read_text(encoding="utf-8"))
        self.assertTrue(0 < baseline["tolerance"] < 1)
        self.assertTrue(baseline["ratios"])
        for name, ratio in baseline["ratios"].items():
            self.assertRegex(name, r"^bench_\w+ \w+(/\d+)*$")
            self.assertGreater(ratio, 0)


class CodeFigures(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="overland_")
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.write("scripts/code-figures", (ROOT / "scripts/code-figures").read_text(encoding="utf-8"))
        self.write("src/base/a.cpp", '#include "base/a.h"\n' + "void f() {\n" + "  g();\n" * 70 + "}\n")
        self.write("src/base/a.h", "void f();\n")
        self.write("src/base/a_example.h", '#include "base/b_example.h"\n')
        self.write("src/base/b_example.h", "int b;\n" * 9)
        self.write("src/base/a_test.cpp", '#include "base/a.h"\n#include "base/a_example.h"\n' + "t();\n" * 28)
        self.write("src/base/deep/c.cpp", "int c;\n" * 401)
        self.write("tests/integration/test_x.py", "x\n" * 20)
        self.write("tests/report_page/x.test.mjs", "x\n" * 5)
        self.write("data/report/page.js", "x\n" * 7)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def run_figures(self, *options):
        done = subprocess.run(["python3", self.root / "scripts/code-figures", *options], capture_output=True, text=True, check=False)
        self.assertEqual(done.stderr, "")
        return done.returncode, {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines()}, done.stdout

    def test_rooms_are_counted_and_fixtures_are_tests(self):
        status, rows, text = self.run_figures()
        self.assertEqual(status, 0)
        self.assertEqual(rows["base"], ["74", "2", "1", "40", "0.54", "1", "0"])
        self.assertEqual(rows["base/deep"], ["401", "1", "0", "0", "0.00", "0", "1"])
        self.assertEqual(rows["all"][:4], ["475", "3", "1", "65"])
        self.assertIn("long functions: src/base/a.cpp:2: 72 lines", text)
        self.assertIn("long files: src/base/deep/c.cpp: 401 lines", text)

    def test_too_few_tests_fail(self):
        self.assertEqual(self.run_figures("--least", "0.1")[0], 0)
        self.assertEqual(self.run_figures("--least", "0.5")[0], 1)


if __name__ == "__main__":
    unittest.main()
