"""overland config: the file it prints is valid, complete and strictly checked."""
import json
import pathlib
import re
import unittest

from program import ProgramTest, overland

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "data" / "example"


def without_comments(text):
    return json.loads(re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE))


class Config(ProgramTest):
    def test_what_it_prints_can_be_given_back(self):
        first = overland("config", "search")
        self.check_succeeds(first)
        self.assertEqual(first.stderr, "")
        path = self.folder / "search.json"
        path.write_text(first.stdout)
        self.assertEqual(overland("config", "search", "--config", path).stdout, first.stdout)
        path.write_text(json.dumps(without_comments(first.stdout)))
        self.assertEqual(overland("config", "search", "--config", path).stdout, first.stdout)

    def test_each_key_has_its_meaning(self):
        lines = overland("config", "search").stdout.splitlines()
        keys = [i for i, line in enumerate(lines) if re.match(r'\s*"[^"]+": [^{]', line)]
        self.assertGreater(len(keys), 10)
        for i in keys:
            self.assertRegex(lines[i - 1], r"^\s*// .+; .+ \(default .+\)$")

    def test_the_command_line_wins_over_the_file(self):
        path = self.folder / "c.json"
        path.write_text('{"report": {"q_value": 0.05}, "first_pass": {"tolerance_ppm": 12}}')
        done = overland("config", "search", "--set", "report.q_value=0.02", "--config", path, "--set", "search.seed=7")
        self.check_succeeds(done)
        config = without_comments(done.stdout)
        self.assertEqual(config["report"]["q_value"], 0.02)
        self.assertEqual(config["first_pass"]["tolerance_ppm"], 12)
        self.assertEqual(config["search"]["seed"], 7)

    def test_a_search_keeps_what_it_was_told_last(self):
        """default < file < --set < the dedicated option, in the record of the search and in its tables."""
        path, out = self.folder / "c.json", self.folder / "out"
        path.write_text('{"report": {"q_value": 0.05, "html": false}, "search": {"seed": 3}, "score": {"model": "linear"}}')
        done = overland("search", "--quiet", "--library", EXAMPLE / "library.tsv.gz", "--out", out, "--threads", 2, "--config", path,
                        "--set", "search.seed=7", "--set", "report.q_value=0.03", "--report-q", "0.02", "--tsv",
                        *sorted(EXAMPLE.glob("*.mzML.gz")))
        self.check_succeeds(done)
        config = json.loads((out / "config.json").read_text())
        self.assertEqual(config["report"]["q_value"], 0.02)
        self.assertEqual(config["search"]["seed"], 7)
        self.assertEqual(config["score"]["model"], "linear")
        self.assertTrue(config["report"]["tsv"])
        self.assertFalse((out / "report.html").exists())
        lines = (out / "report.tsv").read_text(encoding="utf-8").splitlines()
        place = lines[0].split("\t").index("Q.Value")
        self.assertLessEqual(max(float(line.split("\t")[place]) for line in lines[1:]), 0.02)

    def test_errors_name_the_file_and_what_is_allowed(self):
        path = self.folder / "c.json"
        for text, code, more in (('{"report": {"q_valu": 1}}', "OVL-CFG-001", "report.q_value"),
                                 ('{"report": {"q_value": "low"}}', "OVL-CFG-002", "a number from"),
                                 ('{\n\n"report": }', "OVL-CFG-003", "line 3"),
                                 ("", "OVL-CFG-004", "empty")):
            path.write_text(text)
            self.check_fails(overland("config", "search", "--config", path), 3, code, str(path), more)
        self.check_fails(overland("config", "search", "--config", self.folder / "none"), 3, "OVL-CFG-004")
        self.check_fails(overland("config", "search", "--set", "report.q_value"), 2, "OVL-USE-001")
        self.check_fails(overland("config", "search", "--set", "report.q_value=2"), 3, "OVL-CFG-002")
        for value in ("integrate.loss=cubic", "integrate.huber_delta_factor=0", "integrate.max_half_width=-1"):
            self.check_fails(overland("config", "search", "--set", value), 3, "OVL-CFG-002", value.partition("=")[0])
        self.check_fails(overland("config", "serch"), 2, "OVL-USE-002", "serch")


if __name__ == "__main__":
    unittest.main()
